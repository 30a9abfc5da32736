"""KoAP 601: driving on a bus lane without a permit that was valid then."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import inside_m
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.BUS_LANE


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """Metres driven within the bus lane beyond those that turning into a yard may need."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    needed = law.thresholds_at(facts.happened_at).bus_lane_m
    for lane in site.lanes:
        if lane.kind != "bus" or not lane.holds(facts.happened_at):
            continue
        driven, within = inside_m(lane.polygon_m, facts.path_m)
        if driven > needed:
            at = float(facts.times_s[int(np.argmax(within))])
            used: dict[str, Fact] = {"lane": lane.number, "driven_m": driven, "basis": lane.basis}
            return accuse(facts, law, _OFFENCE, at, (driven - needed, "m"), used)
    return Cleared(_OFFENCE, "did not drive along a bus lane")
