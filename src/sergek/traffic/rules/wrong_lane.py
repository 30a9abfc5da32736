"""KoAP 601: leaving a junction by a way that the lane at the stop line does not allow."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import crossing_s, depth_m, inside_m
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused, lane_at

__all__ = ["judge"]

_OFFENCE = Offence.WRONG_LANE


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """The margin is how deep inside its lane the vehicle crossed the stop line."""
    when = facts.happened_at
    excuse = excused(facts, site, _OFFENCE, when)
    if excuse is not None:
        return excuse
    caution = law.thresholds_at(when)
    exits = [z for z in site.zones if z.kind == "exit" and z.holds(when)]
    for line in site.lines:
        met = crossing_s(line.points_m, facts.times_s, facts.path_m)
        if line.kind != "stop" or not line.holds(when) or met is None:
            continue
        at = int(np.argmin(np.abs(facts.times_s - met[0])))
        number = lane_at(site, when, facts.path_m[at])
        lane = next((x for x in site.lanes if x.number == number and x.holds(when)), None)
        taken = [
            z.movement for z in exits if inside_m(z.polygon_m, facts.path_m)[0] > caution.stand_m
        ]
        if lane is None or not lane.movements or len(taken) != 1 or taken[0] in lane.movements:
            continue
        margin = depth_m(lane.polygon_m, facts.path_m[at]) - caution.position_m
        if margin > 0:
            used: dict[str, Fact] = {
                "lane": lane.number,
                "allowed": ", ".join(lane.movements),
                "taken": taken[0],
                "line": line.name,
                "basis": lane.basis,
            }
            return accuse(facts, law, _OFFENCE, met[0], (margin, "m"), used)
    return Cleared(_OFFENCE, "left the junction as its lane allows, or was not seen leaving")
