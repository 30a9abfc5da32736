"""KoAP 601: standing beyond the stop line on red."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import offsets_m, standing
from sergek.traffic.rules.signals import approach
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.STOP_LINE


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """Crossed on red, did not drive on, and stood; the margin is how far beyond the line."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    caution = law.thresholds_at(facts.happened_at)
    found = approach(facts, site, caution)
    if isinstance(found, str):
        return Cleared(_OFFENCE, found)
    if found.crossed_s - found.red_since_s <= caution.red_lead_s:
        return Cleared(_OFFENCE, "the lamp had turned red only just before")
    after = (facts.times_s >= found.crossed_s) & (facts.times_s <= found.red_until_s)
    if not facts.front or not after.any():
        return Cleared(_OFFENCE, "the front was not seen beyond the line")
    begun, ended = standing(facts.times_s[after], facts.path_m[after], caution.stand_m)
    if ended - begun < caution.stand_s:
        return Cleared(_OFFENCE, "the vehicle did not stand beyond the line")
    stood = (facts.times_s >= begun) & (facts.times_s <= ended)
    offset = np.abs(offsets_m(found.line.points_m, facts.path_m[stood]))
    beyond = float(np.nanmin(offset)) if np.isfinite(offset).any() else 0.0
    margin = beyond - caution.position_m
    if margin <= 0:
        return Cleared(_OFFENCE, "too close to the line to be sure")
    used: dict[str, Fact] = {
        "line": found.line.name,
        "head": found.head,
        "lane": found.lane,
        "stood_from_s": begun,
        "stood_until_s": ended,
        "beyond_m": beyond,
        "red_since_s": found.red_since_s,
        "basis": found.line.basis,
    }
    return accuse(facts, law, _OFFENCE, begun, (margin, "m"), used)
