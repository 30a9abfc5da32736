"""What goes into a study and what comes out: values, bounds, gaps, reasons."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Complex",
    "CurvePoint",
    "DivisionInputs",
    "DivisionPlan",
    "Effect",
    "Hire",
    "HotSpot",
    "HotSpotInputs",
    "HotSpotPlan",
    "Interval",
    "Measures",
    "Precinct",
    "Proved",
    "Sensitivity",
    "Service",
    "SitingInputs",
    "SitingPlan",
    "StaffingInputs",
    "StaffingPlan",
    "StationPosts",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Proved(BaseModel):
    """The value of a plan and the best that any plan could have; `gap` = |value−bound|/|value|."""

    model_config = _FROZEN

    value: float
    bound: float
    gap: float
    optimal: bool
    seconds: float


class SitingInputs(BaseModel):
    """What a person decides before cameras are placed; money in million tenge."""

    model_config = _FROZEN

    budget_mln: float | None = Field(default=None, gt=0, le=1_000_000)
    months: int = Field(default=12, ge=1, le=60)
    risk_share: float = Field(default=0.5, ge=0, le=1)
    time_limit_s: float = Field(default=160.0, ge=1, le=3600)


class HotSpotInputs(BaseModel):
    """How many throws against chance; more make small p-values sharper."""

    model_config = _FROZEN

    throws: int = Field(default=199, ge=19, le=9999)


class StaffingInputs(BaseModel):
    """New posts to give out, growth of the population, the norm (None: the one in force)."""

    model_config = _FROZEN

    posts: int = Field(default=12, ge=0, le=500)
    growth: float = Field(default=0.0, gt=-0.9, le=3)
    norm: int | None = Field(default=None, gt=0, le=1_000_000)
    call_share: float = Field(default=0.3, ge=0, le=1)


class DivisionInputs(BaseModel):
    """How precincts are drawn: how many, from today's or anew, minutes from a station."""

    model_config = _FROZEN

    count: int | None = Field(default=None, ge=1, le=2000)
    start: Literal["today", "fresh"] = "today"
    minutes: float = Field(default=10.0, gt=0, le=120)
    call_share: float = Field(default=0.3, ge=0, le=1)
    time_limit_s: float = Field(default=120.0, ge=1, le=3600)
    gap: float = Field(default=0.03, ge=0, le=1)


class Complex(BaseModel):
    """A complex (АПК) in a plan; `points` are lost without it, or gained by adding it."""

    model_config = _FROZEN

    id: str
    kind: str
    lng: float
    lat: float
    channels: int
    cost_kzt_k: float
    power: bool
    fibre: bool
    must: bool
    chosen: bool
    month: int | None
    points: float
    why: dict[str, str]


class CurvePoint(BaseModel):
    """The best plan for one budget (thousand tenge), proved; `chosen` are its complexes."""

    model_config = _FROZEN

    budget_kzt_k: float
    value: float
    bound: float
    chosen: tuple[str, ...]


class Sensitivity(BaseModel):
    """What changes if accidents weigh more or less: worth, and complexes in common."""

    model_config = _FROZEN

    risk_share: float
    value: float
    in_common: int


class SitingPlan(BaseModel):
    """Which complexes return within a budget, when, and what other budgets would bring."""

    model_config = _FROZEN

    city: str
    synthetic: bool
    budget_kzt_k: float
    cost_kzt_k: float
    all_cost_kzt_k: float
    proof: Proved
    months_proof: Proved
    complexes: tuple[Complex, ...]
    standing: tuple[tuple[float, float], ...]
    curve: tuple[CurvePoint, ...]
    sensitivity: tuple[Sensitivity, ...]


class HotSpot(BaseModel):
    """A gathering of accidents; `p_value` says how often chance alone makes one as large."""

    model_config = _FROZEN

    number: int
    lng: float
    lat: float
    street: str
    accidents: int
    rule: str
    first: str
    last: str
    p_value: float
    crosses_break: bool
    by_year: dict[str, int]


class Effect(BaseModel):
    """Accidents at the spots of one period in the next: how much of the fall is regression."""

    model_config = _FROZEN

    sites: int
    before: int
    observed: int
    expected: float
    naive: float
    ratio: float
    low: float
    high: float
    warnings: tuple[str, ...]


class HotSpotPlan(BaseModel):
    """All hot spots by the definition in force, worst first."""

    model_config = _FROZEN

    city: str
    synthetic: bool
    definition: str
    definition_source: str
    same_kind: int
    any_kind: int
    months: int
    length_m: float
    injured_only: bool
    throws: int
    accidents: int
    by_year: dict[str, int]
    notes: tuple[str, ...]
    left_out: int
    spots: tuple[HotSpot, ...]
    regression: Effect | None


class Interval(BaseModel):
    """A mean with its 95 % confidence interval."""

    model_config = _FROZEN

    mean: float
    low: float
    high: float


class Service(BaseModel):
    """What callers notice: minutes to arrival, share in time, share of time busy."""

    model_config = _FROZEN

    minutes: Interval
    in_time: Interval
    busy: Interval


class StationPosts(BaseModel):
    """A station's residents (weighted), posts now, planned, and by the norm."""

    model_config = _FROZEN

    station: str
    name: str
    lng: float
    lat: float
    load: float
    working_share: float
    posts: int
    planned: int
    needed: int


class Hire(BaseModel):
    """One post: its turn, its station, the city's largest load before and after."""

    model_config = _FROZEN

    turn: int
    station: str
    before: float
    after: float


class StaffingPlan(BaseModel):
    """Where new posts go, in which order, and what callers notice before and after."""

    model_config = _FROZEN

    city: str
    synthetic: bool
    norm: int
    norm_met_at: int | None
    posts_for_norm: int
    proof: Proved
    stations: tuple[StationPosts, ...]
    hires: tuple[Hire, ...]
    before: Service
    after: Service


class Precinct(BaseModel):
    """One precinct of a division: residents, weighted load, station, km² of nothing else."""

    model_config = _FROZEN

    name: str
    residents: int
    load: float
    blocks: int
    station: str


class Measures(BaseModel):
    """A division measured: the largest load against its bound, and everything wrong with it.

    `moved` are residents whose precinct is another than today's; `service` plays its calls and
    visits through, one inspector a precinct (None where the city has no stations or no calls).
    """

    model_config = _FROZEN

    precincts: tuple[Precinct, ...]
    largest: Proved
    mean: float
    moved: int
    border_km: float
    problems: tuple[str, ...]
    service: Service | None = None


class DivisionPlan(BaseModel):
    """A division that a study drew: precinct by block, its measures, three proofs."""

    model_config = _FROZEN

    city: str
    synthetic: bool
    owner: dict[str, str]
    measures: Measures
    distance: Proved
    moved: Proved
