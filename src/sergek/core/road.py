"""A road's defect, as a survey finds it, and what is written of it on paper."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from sergek.core.event import canonical_json, derive_id
from sergek.core.geo import LngLat
from sergek.core.studies import Proved

__all__ = [
    "Commissioner",
    "DefectFound",
    "DefectOnPaper",
    "Light",
    "PaperLanguage",
    "Photo",
    "RoadAct",
    "RoadPrescription",
    "Severity",
    "Side",
    "Subject",
    "SurveyInputs",
    "SurveyRoute",
    "SurveyRoutes",
    "Weather",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
PaperLanguage = Literal["kk", "ru"]
Photo = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Side(StrEnum):
    """Where across the road, seen along growing kilometres or house numbers."""

    LEFT = "left"
    AXIS = "axis"
    RIGHT = "right"
    ACROSS = "across"


class Severity(StrEnum):
    """How soon somebody may come to harm; the surveyor's judgement, not a norm."""

    MINOR = "minor"
    SERIOUS = "serious"
    DANGEROUS = "dangerous"


class Weather(StrEnum):
    """The weather of a survey, as the act names it."""

    CLEAR = "clear"
    OVERCAST = "overcast"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


class Light(StrEnum):
    """The light of a survey."""

    DAY = "day"
    TWILIGHT = "twilight"
    NIGHT_LIT = "night_lit"
    NIGHT_DARK = "night_dark"


class Subject(StrEnum):
    """What the owner of a road is before KoAP 631: the sanction depends on it."""

    PERSON = "person"
    OFFICIAL = "official"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Commissioner(BaseModel):
    """Somebody of the commission; `of` says whom he or she stands for."""

    model_config = _FROZEN

    name: str = Field(min_length=2, max_length=200)
    post: str = Field(default="", max_length=200)
    of: Literal["police", "owner", "contractor", "other"] = "police"


class DefectFound(BaseModel):
    """One defect as the surveyor's phone (or the desk) made it; the id is made there too.

    The same id with the same content is the same defect however often it arrives. `place` is
    WGS 84, `accuracy_m` the receiver's own figure (None: set by hand on the map); sizes are
    whole centimetres; `photos` are SHA-256 digests of JPEG files that were sent before.
    """

    model_config = _FROZEN

    defect_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    act_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    kind: str = Field(pattern=r"^[a-z_]{2,40}$")
    place: LngLat | None = None
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000)
    where: str = Field(default="", max_length=300)
    side: Side | None = None
    length_cm: int | None = Field(default=None, ge=0, le=1_000_000)
    width_cm: int | None = Field(default=None, ge=0, le=100_000)
    depth_cm: int | None = Field(default=None, ge=0, le=10_000)
    severity: Severity = Severity.SERIOUS
    owner_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    note: str = Field(default="", max_length=2_000)
    photos: tuple[Photo, ...] = Field(default=(), max_length=8)
    found_at: AwareDatetime
    found_by: str = Field(min_length=1, max_length=64)

    @model_validator(mode="after")
    def _has_a_place(self) -> "DefectFound":
        if self.place is None and not self.where:
            raise ValueError("a defect needs a point on the map or an address")
        return self

    def digest(self) -> str:
        """One value for one content: what tells a repeat from a different defect."""
        return derive_id("road_defect", canonical_json(self.model_dump(mode="json")).decode())


class DefectOnPaper(BaseModel):
    """A defect as an act or a prescription prints it; the names are of the paper's two languages.

    `photos` are JPEG bytes.
    """

    model_config = _FROZEN

    name: dict[PaperLanguage, str]
    where: str
    place: LngLat | None
    side: Side | None
    size_cm: tuple[int | None, int | None, int | None]
    severity: Severity
    standard: str
    owner: str
    found_at: AwareDatetime
    note: str = ""
    photos: tuple[bytes, ...] = ()


class RoadAct(BaseModel):
    """The act of a survey of streets, as it is printed."""

    model_config = _FROZEN

    number: str
    held_on: date
    city: str
    route: str
    sections: tuple[str, ...]
    weather: Weather
    light: Light
    commission: tuple[Commissioner, ...]
    defects: tuple[DefectOnPaper, ...]
    timezone: str


class RoadPrescription(BaseModel):
    """A prescription to the owner of a road, as it is printed.

    `days` run from the day after service; without `served_on` the paper says so instead of a day.
    `basis` is where the term comes from, in the paper's languages.
    """

    model_config = _FROZEN

    number: str
    act_number: str | None
    issued_on: date
    city: str
    owner: str
    days: int
    basis: dict[PaperLanguage, str]
    served_on: date | None
    due_on: date | None
    article: str
    defects: tuple[DefectOnPaper, ...]
    officer: str
    timezone: str


class SurveyInputs(BaseModel):
    """What a survey's routes are asked for: `crews` on each of `days`, over all streets.

    `one_way` obeys the signs; `main_only` surveys main streets and drives the others only to get
    there.
    """

    model_config = _FROZEN

    crews: int = Field(default=2, ge=1, le=12)
    days: int = Field(default=3, ge=1, le=31)
    one_way: bool = False
    main_only: bool = False
    time_limit_s: float = Field(default=120.0, ge=1, le=3600)
    gap: float = Field(default=0.015, ge=0, le=1)


class SurveyRoute(BaseModel):
    """The drive of one crew on one day, both counted from 1: a closed line from the yard.

    `wrong_turns` are turns that signs forbid and that no order of its drives avoids.
    """

    model_config = _FROZEN

    crew: int
    day: int
    length_m: float
    line: tuple[LngLat, ...]
    wrong_turns: int = 0


class SurveyRoutes(BaseModel):
    """Routes over all streets: metres driven in all and by the longest route, each proved."""

    model_config = _FROZEN

    city: str
    synthetic: bool
    streets_m: float
    total: Proved
    longest: Proved
    left_out: tuple[str, ...]
    routes: tuple[SurveyRoute, ...]
