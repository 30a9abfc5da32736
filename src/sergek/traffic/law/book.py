"""The book of law: articles, fines, terms, each as it stood at a moment."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sergek.core.errors import ConfigError
from sergek.core.period import Period
from sergek.core.site import Words
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence

__all__ = [
    "Band",
    "LawBook",
    "Limitation",
    "Method",
    "Mrp",
    "Provision",
    "Reading",
    "Terms",
    "Thresholds",
    "law_book",
]

P = TypeVar("P", bound="Sourced")


class Sourced(Period):
    """A dated rule with where it was read; `confirmed` False means: check before use.

    `note` is what an officer has to know of it beside its article.
    """

    source: str
    confirmed: bool = True
    note: Words = {}


class Band(Sourced):
    """A band of excess speed and its fine; the last band has no upper end.

    `repeat_of` names the articles whose earlier offence within the year makes this one a repeat.
    """

    article: str
    over_kmh: int
    up_to_kmh: int | None = None
    fine_mrp: int
    repeat_fine_mrp: int
    repeat_article: str | None = None
    repeat_of: tuple[str, ...] = ()


class Provision(Sourced):
    """The article for one offence; without `fine_mrp` no prescription follows, but `sanction`."""

    offence: Offence
    article: str
    fine_mrp: int | None = None
    repeat_fine_mrp: int | None = None
    sanction: Words = {}


class Reading(Sourced):
    """How overlapping words are read, which MRP counts, and how long a repeat is a repeat."""

    band_ends: Literal["lower", "upper"]
    repeat_within_days: int = Field(gt=0)
    mrp_of: Literal["event", "decision"]


class Method(Sourced):
    """A way of measuring that the law allows from a day on."""

    name: str


class Limitation(Sourced):
    """How many months after an offence a person may still be held responsible for it."""

    months: int = Field(gt=0)


class Mrp(Sourced):
    """The monthly calculation index."""

    tenge: int = Field(gt=0)


class Terms(Sourced):
    """Days that run from proper delivery; see `terms.toml`."""

    discount_share: float = Field(gt=0, lt=1)
    discount_days: int
    decided_days: int
    complaint_days: int
    forward_days: int
    higher_body_days: int
    higher_body_extension_days: int
    copy_days: int
    court_days: int
    payment_days: int


class Thresholds(Sourced):
    """What a rule must be sure of before it speaks; see `thresholds.toml`."""

    position_m: float
    red_lead_s: float
    red_run_m: float
    stand_m: float
    stand_s: float
    oncoming_m: float
    bus_lane_m: float
    solid_each_side_m: float
    plateless_s: float
    longest_m: dict[VehicleClass, float]


class LawBook(BaseModel):
    """All entries; every question names the moment it is asked about.

    `ConfigError` where the book has nothing for that moment: nothing may then be issued.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    band: tuple[Band, ...]
    provision: tuple[Provision, ...]
    reading: tuple[Reading, ...]
    method: tuple[Method, ...] = ()
    limitation: tuple[Limitation, ...]
    mrp: tuple[Mrp, ...]
    terms: tuple[Terms, ...]
    thresholds: tuple[Thresholds, ...]

    def reading_at(self, when: datetime) -> Reading:
        """The explicit settings that held."""
        return _the(self.reading, when, "settings for reading the law")

    def mrp_at(self, when: datetime) -> int:
        """Tenge of one MRP."""
        return _the(self.mrp, when, "monthly calculation index (MRP)").tenge

    def limitation_at(self, when: datetime) -> Limitation:
        """How long what happened then may be decided."""
        return _the(self.limitation, when, "term of limitation")

    def terms_at(self, when: datetime) -> Terms:
        """The terms that held."""
        return _the(self.terms, when, "terms of a prescription")

    def thresholds_at(self, when: datetime) -> Thresholds:
        """The rules' caution that held."""
        return _the(self.thresholds, when, "thresholds of the rules")

    def provision_at(self, offence: Offence, when: datetime) -> Provision:
        """The article for an offence other than speeding."""
        entries = [entry for entry in self.provision if entry.offence is offence]
        return _the(entries, when, f"article for {offence}")

    def bands_at(self, when: datetime) -> list[Band]:
        """The bands of excess speed, mildest first."""
        found = sorted((b for b in self.band if b.holds(when)), key=lambda b: b.over_kmh)
        if not found:
            raise ConfigError(f"the law holds no bands for speeding on {when.date()}")
        return found

    def threshold_at(self, when: datetime) -> int:
        """The excess in km/h up to which there is no offence."""
        return self.bands_at(when)[0].over_kmh

    def band_of(self, excess_kmh: float, when: datetime) -> Band | None:
        """The band of an excess, None below the first; ends as `Reading.band_ends` says."""
        lower = self.reading_at(when).band_ends == "lower"
        found = None
        for band in self.bands_at(when):
            if excess_kmh > band.over_kmh or (not lower and excess_kmh == band.over_kmh):
                found = band
        return found

    def allows(self, method: str, when: datetime) -> bool:
        """Whether that way of measuring was lawful then."""
        return any(entry.name == method and entry.holds(when) for entry in self.method)


def _the(entries: Sequence[P], when: datetime, what: str) -> P:
    found = [entry for entry in entries if entry.holds(when)]
    if not found:
        raise ConfigError(f"the law holds no {what} for {when.date()}: add it with its source")
    return found[0]


def _refuse_overlaps(book: LawBook) -> None:
    groups: list[Sequence[Sourced]] = [book.reading, book.mrp, book.terms, book.thresholds]
    groups.append(book.limitation)
    groups += [[p for p in book.provision if p.offence is offence] for offence in Offence]
    groups += [[b for b in book.band if b.over_kmh == at] for at in {b.over_kmh for b in book.band}]
    for group in groups:
        for a, b in combinations(group, 2):
            if a.overlaps(b):
                raise ConfigError(f"the law says two things at once: {a.source} and {b.source}")


@cache
def law_book() -> LawBook:
    """The book that ships with the product; read once."""
    document: dict[str, object] = {}
    folder = resources.files("sergek.traffic.law")
    for name in ("koap.toml", "mrp.toml", "terms.toml", "thresholds.toml"):
        document |= tomllib.loads(folder.joinpath(name).read_text("utf-8"))
    book = LawBook.model_validate(document)
    _refuse_overlaps(book)
    return book
