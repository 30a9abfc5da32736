"""KoAP 592: speeding. Decided on v − G, never on v.

G is the larger of U at k = 5 and the device's permissible error: at k = 2 one passage in forty
exactly at the threshold would be a false fine, at k = 5 one in three and a half million.
"""

import numpy as np

from sergek.core.site import Certificate, Site
from sergek.core.speed import SpeedMeasurement
from sergek.core.violation import Offence, Route, Violation
from sergek.traffic.law.book import LawBook
from sergek.traffic.rules.verdict import Cleared, PassageFacts, Verdict, excused, lane_at

__all__ = ["guard_kmh", "judge"]

_OFFENCE = Offence.SPEEDING
_COVERAGE = 5.0
# Without a certificate nothing can be issued; a trial still wants to see what would be.
_TRIAL_ERROR_KMH = 2.0
_TRIAL_ERROR_SHARE = 0.02


def guard_kmh(speed: SpeedMeasurement, certificate: Certificate | None) -> float:
    """G: what is taken off the speed before it is held against the limit."""
    if speed.kmh is None or speed.u_kmh is None:
        raise ValueError("a rejected measurement has no guard band")
    least = certificate.permissible_error_kmh if certificate else _TRIAL_ERROR_KMH
    share = certificate.permissible_error_share if certificate else _TRIAL_ERROR_SHARE
    return max(speed.u_kmh / 2 * _COVERAGE, least, share * speed.kmh)


def judge(facts: PassageFacts, site: Site, law: LawBook) -> Verdict:
    """A violation if v − G exceeds limit + statutory threshold, as of the passage's time."""
    speed = facts.speed
    if speed is None or speed.kmh is None or speed.media_s is None:
        reason = "not measured" if speed is None else f"rejected: {speed.reason}"
        return Cleared(_OFFENCE, reason)
    when = facts.wall(speed.media_s)
    excuse = excused(facts, site, _OFFENCE, when)
    if excuse is not None:
        return excuse
    middle = facts.path_m[int(np.argmin(np.abs(facts.times_s - speed.media_s)))]
    lane = lane_at(site, when, middle)
    limit = site.limit_at(when, lane, facts.vehicle_class)
    if limit is None:
        return Cleared(_OFFENCE, f"the site names no limit for {when.date()}")
    certificate = site.certificate_at(when)
    guard = guard_kmh(speed, certificate)
    excess = speed.kmh - guard - limit.kmh
    band = law.band_of(excess, when)
    margin = excess - law.threshold_at(when)
    if band is None or margin <= 0:
        return Cleared(_OFFENCE, f"{speed.kmh:.1f} - {guard:.1f} km/h stays within {limit.kmh}")
    return Violation(
        offence=_OFFENCE,
        article=band.article,
        route=Route.PRESCRIPTION,
        media_s=speed.media_s,
        happened_at=when,
        limit_kmh=limit.kmh,
        margin=margin,
        margin_unit="km/h",
        facts={
            "speed_kmh": speed.kmh,
            "u_kmh": speed.u_kmh,
            "second_kmh": speed.second_kmh,
            "guard_kmh": guard,
            "decided_on_kmh": speed.kmh - guard,
            "excess_kmh": excess,
            "threshold_kmh": law.threshold_at(when),
            "band_over_kmh": band.over_kmh,
            "lane": lane,
            "limit_basis": limit.basis,
            "certificate": certificate.number if certificate else None,
            "trial": site.in_trial(when),
        },
    )
