"""All rules on one passage."""

from collections.abc import Callable

from sergek.core.site import Site
from sergek.core.violation import Offence, Route, Violation
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules import (
    bus_lane,
    oncoming,
    plate_missing,
    red_light,
    solid_line,
    speeding,
    stop_line,
    stopping,
    wrong_lane,
)
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict

__all__ = ["RULES", "judge"]

RULES: dict[Offence, Callable[[PassageFacts, Site, LawBook], Verdict]] = {
    Offence.SPEEDING: speeding.judge,
    Offence.RED_LIGHT: red_light.judge,
    Offence.STOP_LINE: stop_line.judge,
    Offence.ONCOMING: oncoming.judge,
    Offence.BUS_LANE: bus_lane.judge,
    Offence.SOLID_LINE: solid_line.judge,
    Offence.STOPPING: stopping.judge,
    Offence.WRONG_LANE: wrong_lane.judge,
    Offence.PLATE_MISSING: plate_missing.judge,
}


def judge(facts: PassageFacts, site: Site, law: LawBook) -> list[Verdict]:
    """One verdict per rule, in the order of `RULES`; no case without a plate surely read.

    Every violation says when the camera was last seen to stand as it was surveyed."""
    verdicts: list[Verdict] = []
    for offence, rule in RULES.items():
        verdict = rule(facts, site, law)
        if isinstance(verdict, Violation) and facts.checked_at is not None:
            checked = {"camera_checked_at": facts.checked_at.isoformat(timespec="seconds")}
            verdict = verdict.model_copy(update={"facts": verdict.facts | checked})
        accuses = isinstance(verdict, Violation) and verdict.route is not Route.NOTE
        if accuses and facts.plate_text is None:
            verdict = Cleared(offence, "the plate was not surely read")
        verdicts.append(verdict)
    return verdicts
