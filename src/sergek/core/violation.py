"""A violation as a rule states it, before any person has looked at it."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sergek.core.event import Event, derive_id

__all__ = [
    "Fact",
    "Offence",
    "Route",
    "Violation",
    "ViolationFound",
    "violation_event",
    "violation_id",
]

Fact = str | float | int | bool | None


class Offence(StrEnum):
    """What the rules look for; the article for each is data of `traffic.law`."""

    SPEEDING = "speeding"
    RED_LIGHT = "red_light"
    STOP_LINE = "stop_line"
    ONCOMING = "oncoming"
    BUS_LANE = "bus_lane"
    SOLID_LINE = "solid_line"
    STOPPING = "stopping"
    WRONG_LANE = "wrong_lane"
    PLATE_MISSING = "plate_missing"


class Route(StrEnum):
    """Where a pending case goes: to a prescription, to an officer's protocol, or a bare note."""

    PRESCRIPTION = "prescription"
    PROTOCOL = "protocol"
    NOTE = "note"


class Violation(BaseModel):
    """One rule's finding on one passage.

    `margin` says by how much it holds, in `margin_unit`; with a margin of zero or less there is
    no violation. `facts` are everything the rule used. `package` is the SHA-256 of the evidence
    package once it is sealed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    offence: Offence
    article: str
    route: Route
    media_s: float
    happened_at: AwareDatetime
    limit_kmh: int | None = None
    margin: float = Field(gt=0, allow_inf_nan=False)
    margin_unit: Literal["km/h", "s", "m"]
    facts: dict[str, Fact]
    package: str | None = None


class ViolationFound(BaseModel):
    """The body of the fact `violation.found`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passage_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    camera_id: str
    site_id: str
    violation: Violation


def violation_id(passage_id: str, offence: Offence) -> str:
    """The id of that passage's case for that offence: the same however often it is found."""
    return derive_id(passage_id, offence, "violation")


def violation_event(passage_id: str, camera_id: str, site_id: str, violation: Violation) -> Event:
    """The fact `violation.found`, about the passage's case.

    Its package (`violation.package`) is stored and forwarded before the fact.
    """
    case_id = violation_id(passage_id, violation.offence)
    return Event(
        event_id=derive_id(case_id, "violation.found"),
        kind="violation.found",
        subject=case_id,
        happened_at=violation.happened_at,
        body=ViolationFound(
            passage_id=passage_id, camera_id=camera_id, site_id=site_id, violation=violation
        ).model_dump(mode="json"),
    )
