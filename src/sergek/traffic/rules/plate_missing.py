"""KoAP 590: no plate, or none that can be read. A note to the officer and nothing more."""

from sergek.core.plate import PlateStatus
from sergek.core.site import Site
from sergek.core.violation import Offence, Route
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse

__all__ = ["judge"]

_OFFENCE = Offence.PLATE_MISSING


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """Seen for long enough where plates are legible, and none was."""
    if facts.plate is not None and facts.plate.status is not PlateStatus.NONE:
        return Cleared(_OFFENCE, "a plate was seen")
    seen = float(facts.times_s[-1] - facts.times_s[0])
    margin = seen - law.thresholds_at(facts.happened_at).plateless_s
    if margin <= 0:
        return Cleared(_OFFENCE, "not seen for long enough")
    at = float(facts.times_s[-1])
    return accuse(facts, law, _OFFENCE, at, (margin, "s"), {"seen_s": seen}, Route.NOTE)
