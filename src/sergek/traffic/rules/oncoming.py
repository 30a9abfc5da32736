"""KoAP 596 part 3: driving in the oncoming lane. Never a prescription: it costs the licence."""

import numpy as np

from sergek.core.site import Site
from sergek.core.violation import Fact, Offence, Route
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.ground import inside_m
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, accuse, excused

__all__ = ["judge"]

_OFFENCE = Offence.ONCOMING


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """Metres driven against a lane's direction; goes to an officer's protocol."""
    excuse = excused(facts, site, _OFFENCE, facts.happened_at)
    if excuse is not None:
        return excuse
    needed = law.thresholds_at(facts.happened_at).oncoming_m
    way = facts.path_m[-1] - facts.path_m[0]
    heading = np.degrees(np.arctan2(way[0], way[1]))
    for lane in site.lanes:
        turned = abs((heading - lane.heading_deg + 180) % 360 - 180)
        if not lane.holds(facts.happened_at) or turned < 135:
            continue
        driven, within = inside_m(lane.polygon_m, facts.path_m)
        if driven > needed:
            at = float(facts.times_s[int(np.argmax(within))])
            used: dict[str, Fact] = {
                "lane": lane.number,
                "driven_m": driven,
                "heading_deg": float(heading),
            }
            return accuse(facts, law, _OFFENCE, at, (driven - needed, "m"), used, Route.PROTOCOL)
    return Cleared(_OFFENCE, "did not drive against a lane's direction")
