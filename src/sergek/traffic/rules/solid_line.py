"""KoAP 601: crossing a solid line. The vehicle was surely on either side of it."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import crossing_s, offsets_m
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.SOLID_LINE


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """The margin is how far the smaller of the two sides exceeds what is needed."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    needed = law.thresholds_at(facts.happened_at).solid_each_side_m
    for line in site.lines:
        if line.kind != "solid" or not line.holds(facts.happened_at):
            continue
        met = crossing_s(line.points_m, facts.times_s, facts.path_m)
        if met is None:
            continue
        offset = offsets_m(line.points_m, facts.path_m)
        left, right = float(-np.nanmin(offset)), float(np.nanmax(offset))
        margin = min(left, right) - needed
        if margin > 0:
            used: dict[str, Fact] = {
                "line": line.name,
                "left_m": left,
                "right_m": right,
                "basis": line.basis,
            }
            return accuse(facts, law, _OFFENCE, met[0], (margin, "m"), used)
    return Cleared(_OFFENCE, "no solid line surely crossed")
