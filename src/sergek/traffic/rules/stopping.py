"""KoAP 597: stopping where it is forbidden; the vehicle is seen standing all the time."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import inside_m, standing
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.STOPPING


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """The margin is the seconds beyond those allowed; at least two looks a second are needed."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    caution = law.thresholds_at(facts.happened_at)
    for zone in site.zones:
        if zone.kind != "no_stopping" or not zone.holds(facts.happened_at):
            continue
        if facts.vehicle_class in zone.exempt:
            continue
        _, within = inside_m(zone.polygon_m, facts.path_m)
        if within.sum() < 2:
            continue
        times = facts.times_s[within]
        begun, ended = standing(times, facts.path_m[within], caution.stand_m)
        watched = times[(times >= begun) & (times <= ended)]
        if len(watched) < 2 or np.diff(watched).max() > 0.5:
            continue
        margin = ended - begun - max(zone.longest_s, caution.stand_s)
        if margin > 0:
            used: dict[str, Fact] = {
                "zone": zone.name,
                "stood_from_s": begun,
                "stood_s": ended - begun,
                "allowed_s": zone.longest_s,
                "basis": zone.basis,
            }
            return accuse(facts, law, _OFFENCE, begun, (margin, "s"), used)
    return Cleared(_OFFENCE, "did not stand where it is forbidden")
