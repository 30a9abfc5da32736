"""A site: one complex on one road, and everything about it that has a date.

A site answers questions only *as of a moment*, the event's: which limit held, which lane was a
bus lane, who had a permit, was the certificate valid. Correcting the file and asking again about
an old moment re-applies the correction backwards. Ground coordinates are metres, x to the right,
y ahead along the road, z up, from a mark that the site chooses; headings are degrees clockwise
from y.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sergek.core.errors import ConfigError
from sergek.core.geo import LngLat
from sergek.core.period import Moment, Period
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence

__all__ = [
    "Acceptance",
    "Certificate",
    "Channel",
    "Device",
    "Distance",
    "Permit",
    "RoadLane",
    "RoadLine",
    "RoadZone",
    "SignalHead",
    "Site",
    "SpeedLimit",
    "Survey",
    "SurveyPoint",
    "Words",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
PointM = tuple[float, float]
Region = tuple[float, float, float, float]
Words = dict[Literal["kk", "ru", "en"], str]
P = TypeVar("P", bound=Period)


class SpeedLimit(Period):
    """A limit with the act it rests on; lanes and classes None mean all of them."""

    kmh: int = Field(gt=0, le=140)
    basis: str = Field(min_length=1)
    lanes: tuple[int, ...] | None = None
    classes: tuple[VehicleClass, ...] | None = None

    @property
    def scope(self) -> tuple[bool, bool]:
        """What it narrows down to: (some lanes, some classes)."""
        return self.lanes is not None, self.classes is not None

    def covers(self, lane: int | None, vehicle_class: VehicleClass) -> bool:
        """Whether it is meant for a vehicle of that class in that lane."""
        if self.lanes is not None and lane not in self.lanes:
            return False
        return self.classes is None or vehicle_class in self.classes

    def rivals(self, other: "SpeedLimit") -> bool:
        """Whether both could hold for one vehicle with neither the more specific one."""
        nested = all(a <= b for a, b in zip(self.scope, other.scope, strict=True)) or all(
            a >= b for a, b in zip(self.scope, other.scope, strict=True)
        )
        if nested and self.scope != other.scope:
            return False
        return (
            self.overlaps(other)
            and _meet(self.lanes, other.lanes)
            and _meet(self.classes, other.classes)
        )


def _meet(one: Iterable[object] | None, other: Iterable[object] | None) -> bool:
    return one is None or other is None or bool(set(one) & set(other))


class Permit(Period):
    """A plate that may do what others may not, e.g. a route bus on a bus lane.

    `entered_at` is when it came into the file: later than `valid_from` means that cases decided
    in between must be looked at again.
    """

    plate: str = Field(pattern=r"^[A-Z0-9]{4,10}$")
    kind: Literal["bus", "taxi", "emergency", "authorised"]
    offences: tuple[Offence, ...] = Field(min_length=1)
    basis: str = Field(min_length=1)
    entered_at: Moment | None = None


class Certificate(Period):
    """The verification certificate of the device; `valid_until` is its expiry.

    The permissible error is `permissible_error_kmh` or that share of the speed, the larger.
    """

    number: str = Field(min_length=1)
    issuer: str = Field(min_length=1)
    valid_until: Moment
    permissible_error_kmh: float = Field(default=2.0, gt=0)
    permissible_error_share: float = Field(default=0.02, ge=0)


class SurveyPoint(BaseModel):
    """A point of the road measured on site and clicked on the picture."""

    model_config = _FROZEN

    name: str
    pixel: tuple[float, float]
    ground_m: tuple[float, float] | tuple[float, float, float]
    sigma_px: float = Field(default=0.5, gt=0)
    sigma_m: float = Field(default=0.01, ge=0)

    @property
    def position_m(self) -> tuple[float, float, float]:
        """The point in space; on the road plane unless a height was given."""
        x, y, *rest = self.ground_m
        return x, y, rest[0] if rest else 0.0


class Distance(BaseModel):
    """A tape or total-station distance between two named points, as a check on the points."""

    model_config = _FROZEN

    between: tuple[str, str]
    metres: float = Field(gt=0)
    sigma_m: float = Field(default=0.02, gt=0)


class Survey(Period):
    """One calibration of a channel: the points, and what is known of the lens.

    Sigmas say how well the lens is known beforehand (k = 1); `focal_px` None means not at all.
    """

    points: tuple[SurveyPoint, ...]
    distances: tuple[Distance, ...] = ()
    focal_px: float | None = Field(default=None, gt=0)
    focal_sigma_px: float = Field(default=50.0, gt=0)
    k1: float = 0.0
    k1_sigma: float = Field(default=0.15, gt=0)
    k2: float = 0.0
    k2_sigma: float = Field(default=0.15, gt=0)
    surveyed_by: str = ""


class Channel(BaseModel):
    """One camera of the complex; sizes are those of its main stream.

    `readout_s` is the time a rolling shutter needs from the first row to the last (0: global).
    `corner_sigma_px` and `corner_bias_px` are what the plate finder's corners are worth there
    (k = 1, scatter and common outward error) as the pilot measured them; None: never measured.
    """

    model_config = _FROZEN

    camera_id: str
    role: Literal["survey", "plate"] = "plate"
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    readout_s: float = Field(default=0.0, ge=0, lt=0.1)
    corner_sigma_px: float | None = Field(default=None, gt=0)
    corner_bias_px: float | None = Field(default=None, ge=0)
    surveys: tuple[Survey, ...] = ()


class RoadLane(Period):
    """A lane on the ground: its outline, which way it runs, what it is for."""

    number: int = Field(ge=1)
    polygon_m: tuple[PointM, ...] = Field(min_length=3)
    heading_deg: float = Field(ge=0, lt=360)
    kind: Literal["general", "bus"] = "general"
    movements: tuple[Literal["left", "straight", "right", "u_turn"], ...] = ()
    basis: str = ""


class RoadLine(Period):
    """A line painted on the road; a stop line names the signal heads that rule it."""

    name: str
    title: Words = {}
    kind: Literal["stop", "solid"]
    points_m: tuple[PointM, ...] = Field(min_length=2)
    heads: tuple[str, ...] = ()
    lanes: tuple[int, ...] | None = None
    basis: str = ""


class RoadZone(Period):
    """An area of the ground: no stopping in it, or the exit that belongs to a movement."""

    name: str
    title: Words = {}
    kind: Literal["no_stopping", "exit"]
    polygon_m: tuple[PointM, ...] = Field(min_length=3)
    longest_s: float = Field(default=0.0, ge=0)
    movement: Literal["left", "straight", "right", "u_turn"] | None = None
    exempt: tuple[VehicleClass, ...] = ()
    basis: str = ""


class SignalHead(BaseModel):
    """A signal head on the picture of one channel: a box (x1, y1, x2, y2) per lamp."""

    model_config = _FROZEN

    name: str
    title: Words = {}
    camera_id: str
    red: Region
    amber: Region | None = None
    green: Region | None = None


class Device(BaseModel):
    """The complex as its papers name it (order 971, annex 1-1)."""

    model_config = _FROZEN

    name: str
    model: str
    serial: str


class Acceptance(BaseModel):
    """The record that ends a site's trial: figures of the pilot, who signed, when."""

    model_config = _FROZEN

    signed_by: str = Field(min_length=1)
    signed_at: Moment
    figures_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Site(BaseModel):
    """One complex with its channels, road, rules and papers; see the module."""

    model_config = _FROZEN

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    name: str
    place: Words
    direction: Words = {}
    location: LngLat
    section: str = ""
    device: Device
    channels: tuple[Channel, ...] = Field(min_length=1)
    lanes: tuple[RoadLane, ...] = ()
    lines: tuple[RoadLine, ...] = ()
    zones: tuple[RoadZone, ...] = ()
    heads: tuple[SignalHead, ...] = ()
    limits: tuple[SpeedLimit, ...] = ()
    permits: tuple[Permit, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    acceptance: Acceptance | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = [*_rival_limits(self), *_twins(self), *_strangers(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def channel(self, camera_id: str) -> Channel:
        """The channel of that camera; `ConfigError` if the site has none."""
        for channel in self.channels:
            if channel.camera_id == camera_id:
                return channel
        raise ConfigError(f"site {self.id} has no channel with camera_id {camera_id!r}")

    def survey_at(self, camera_id: str, when: datetime) -> Survey:
        """The calibration that held; `ConfigError` if the channel was not calibrated then."""
        found = current(self.channel(camera_id).surveys, when)
        if not found:
            raise ConfigError(f"camera {camera_id} of site {self.id} has no survey for {when}")
        return found[-1]

    def limit_at(
        self, when: datetime, lane: int | None, vehicle_class: VehicleClass
    ) -> SpeedLimit | None:
        """The most specific limit that held for that lane and class; None if there was none."""
        fitting = [x for x in current(self.limits, when) if x.covers(lane, vehicle_class)]
        return max(fitting, key=lambda limit: sum(limit.scope), default=None)

    def permit_at(self, when: datetime, plate: str, offence: Offence) -> Permit | None:
        """A permit under which that plate did nothing wrong then."""
        held = current(self.permits, when)
        return next((p for p in held if p.plate == plate and offence in p.offences), None)

    def certificate_at(self, when: datetime) -> Certificate | None:
        """The certificate that was valid then, if any."""
        return next(reversed(current(self.certificates, when)), None)

    def in_trial(self, when: datetime) -> bool:
        """Whether nothing may be issued: no acceptance yet, or no valid certificate."""
        accepted = self.acceptance is not None and self.acceptance.signed_at <= when
        return not accepted or self.certificate_at(when) is None


def current(things: Iterable[P], when: datetime) -> list[P]:
    """Those that hold at that moment, the latest to begin last."""
    return sorted((x for x in things if x.holds(when)), key=lambda x: x.valid_from)


def _rival_limits(site: Site) -> list[str]:
    return [
        f"limits {a.kmh} km/h ({a.basis}) and {b.kmh} km/h ({b.basis}) overlap: end one of them"
        for a, b in combinations(site.limits, 2)
        if a.rivals(b)
    ]


def _twins(site: Site) -> list[str]:
    lanes = [
        f"lane {a.number} is described twice for the same time"
        for a, b in combinations(site.lanes, 2)
        if a.number == b.number and a.overlaps(b)
    ]
    cameras = [channel.camera_id for channel in site.channels]
    return lanes + [f"channel {c} is there twice" for c in set(cameras) if cameras.count(c) > 1]


def _strangers(site: Site) -> list[str]:
    heads = {head.name for head in site.heads}
    cameras = {channel.camera_id for channel in site.channels}
    lanes = {lane.number for lane in site.lanes}
    problems = [
        f"line {line.name} names the signal head {name!r}, which is not there"
        for line in site.lines
        for name in line.heads
        if name not in heads
    ]
    problems += [
        f"signal head {head.name} names the camera {head.camera_id!r}, which is no channel here"
        for head in site.heads
        if head.camera_id not in cameras
    ]
    named = [*(x.lanes for x in site.limits), *(x.lanes for x in site.lines)]
    wanted = {number for some in named for number in some or ()}
    problems += [f"lane {n} is named but not described" for n in sorted(wanted - lanes)]
    return problems
