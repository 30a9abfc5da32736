"""What the precinct service's empty registers begin with: from the city model."""

from pydantic import BaseModel, ConfigDict

__all__ = ["RegisterStart", "StartAbsence", "StartPerson", "StartRecord", "StartStation"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class StartStation(BaseModel):
    """A station as the city model knows it: where it is, how to reach it, its posts."""

    model_config = _FROZEN

    station_id: str
    name: str
    lng: float
    lat: float
    address: str = ""
    phone: str = ""
    hours: str = ""
    posts: int
    assistants: int


class StartAbsence(BaseModel):
    """Time away, in days from the day of the start; `days_left` None: nobody knows."""

    model_config = _FROZEN

    kind: str
    share: float
    days_ago: int
    days_left: int | None
    note: str = ""


class StartPerson(BaseModel):
    """An inspector of a made-up city; `precincts` are (name, acting)."""

    model_config = _FROZEN

    full_name: str
    rank: str
    station_id: str
    phone: str
    published: bool
    days_in_service: int
    precincts: tuple[tuple[str, bool], ...]
    absences: tuple[StartAbsence, ...]


class StartRecord(BaseModel):
    """Something done in a precinct of a made-up city."""

    model_config = _FROZEN

    precinct: str
    kind: str
    days_ago: int
    counts: dict[str, int]
    text: str = ""


class RegisterStart(BaseModel):
    """What empty registers begin with: stations and today's division; people only if made up."""

    model_config = _FROZEN

    residents: int
    counted_on: str
    source: str
    stations: tuple[StartStation, ...]
    owner: dict[str, str]
    people: tuple[StartPerson, ...]
    records: tuple[StartRecord, ...]
