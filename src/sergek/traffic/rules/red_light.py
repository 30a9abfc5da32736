"""KoAP 599: driving through red. The front crossed the stop line on red and drove on."""

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.signals import approach
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.RED_LIGHT


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """The margin is how long the lamp had been red beyond what the lamp's reading may be off."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    caution = law.thresholds_at(facts.happened_at)
    found = approach(facts, site, caution)
    if isinstance(found, str):
        return Cleared(_OFFENCE, found)
    margin = found.crossed_s - found.red_since_s - caution.red_lead_s
    if margin <= 0:
        return Cleared(_OFFENCE, "the lamp had turned red only just before")
    if found.beyond_m - caution.position_m < caution.red_run_m:
        return Cleared(_OFFENCE, "not seen driving on past the line on red")
    used: dict[str, Fact] = {
        "line": found.line.name,
        "head": found.head,
        "lane": found.lane,
        "crossed_s": found.crossed_s,
        "red_since_s": found.red_since_s,
        "red_for_s": found.crossed_s - found.red_since_s,
        "beyond_m": found.beyond_m,
        "front_seen": facts.front,
        "basis": found.line.basis,
    }
    return accuse(facts, law, _OFFENCE, found.crossed_s, (margin, "s"), used)
