"""How this house reviews, as data: reasons, and when a second reviewer is needed."""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sergek.core.errors import ConfigError
from sergek.core.period import Period
from sergek.core.violation import Offence, Violation
from sergek.traffic.law.book import LawBook

__all__ = ["Practice", "Reason", "SecondLook", "gravity_of", "practice"]

# Without a fine an offence costs the licence: graver than any fine.
_GRAVEST = 100


class Reason(Period):
    """Why a case is rejected or returned; `words` says that it needs a sentence of its own."""

    id: str
    decision: Literal["reject", "return"]
    offences: tuple[Offence, ...] = ()
    words: bool = False
    kk: str
    ru: str
    en: str

    def text(self, language: str) -> str:
        """The reason in that language."""
        return {"kk": self.kk, "ru": self.ru}.get(language, self.en)


class SecondLook(Period):
    """When two reviewers must approve; every condition that is named must hold."""

    id: str
    source: str
    least_fine_mrp: int | None = None
    least_excess_kmh: float | None = None
    offences: tuple[Offence, ...] = ()
    plate_differs: bool = False

    def wanted(self, violation: Violation, fine_mrp: int) -> bool:
        """Whether the case itself asks for it, whatever the plate."""
        excess = violation.facts.get("excess_kmh")
        over = float(excess) if isinstance(excess, int | float) else 0.0
        return (
            not self.plate_differs
            and (self.least_fine_mrp is None or fine_mrp >= self.least_fine_mrp)
            and (self.least_excess_kmh is None or over >= self.least_excess_kmh)
            and (not self.offences or violation.offence in self.offences)
        )


class Practice(BaseModel):
    """All entries; every question names the moment it is asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    second: tuple[SecondLook, ...]
    reason: tuple[Reason, ...]

    def reasons(self, decision: str, offence: Offence, when: datetime) -> list[Reason]:
        """The reasons that may be given, in the order of a page's list."""
        return [
            each
            for each in self.reason
            if each.decision == decision
            and each.holds(when)
            and (not each.offences or offence in each.offences)
        ]

    def second_looks(self, violation: Violation, fine_mrp: int, when: datetime) -> list[str]:
        """Ids of the rules by which the case needs a second reviewer."""
        held = (each for each in self.second if each.holds(when))
        return [each.id for each in held if each.wanted(violation, fine_mrp)]

    def differing_plate_needs_second(self, when: datetime) -> bool:
        """Whether a second reviewer looks where the typed plate is not the machine's."""
        return any(each.plate_differs for each in self.second if each.holds(when))


@cache
def practice() -> Practice:
    """The standing order that ships with the product; read once."""
    text = files("sergek.centre.enforcement").joinpath("practice.toml").read_text("utf-8")
    return Practice.model_validate(tomllib.loads(text))


def gravity_of(violation: Violation, law: LawBook) -> int:
    """The fine in MRP by the law of that day; an offence without a fine is the gravest.

    0 where the law has nothing for that day: nothing can follow from such a case.
    """
    try:
        if violation.offence is Offence.SPEEDING:
            excess = violation.facts.get("excess_kmh")
            over = float(excess) if isinstance(excess, int | float) else 0.0
            band = law.band_of(over, violation.happened_at)
            return band.fine_mrp if band else 0
        fine = law.provision_at(violation.offence, violation.happened_at).fine_mrp
    except ConfigError:
        return 0
    return _GRAVEST if fine is None else fine
