"""What posts change for callers: calls, travel and visits played through event by event."""

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from sergek.core.errors import ConfigError
from sergek.planning.arrays import FloatArray

__all__ = ["Interval", "Service", "simulate_service"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over independent replications with its 95 % confidence interval (Student's t)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Service:
    """Minutes from call to arrival, share arriving within the target, share of time busy."""

    minutes: Interval
    in_time: Interval
    busy: Interval


def simulate_service(
    calls_per_day: FloatArray,
    inspectors: FloatArray,
    travel_min: FloatArray,
    *,
    on_scene_min: float = 35.0,
    visits_per_day: float = 3.0,
    visit_min: float = 25.0,
    shift_share: float = 0.35,
    target_min: float = 20.0,
    days: int = 10,
    replications: int = 12,
    seed: int = 1,
) -> Service:
    """Play each station as a queue of its inspectors on shift.

    Calls are Poisson, work on the scene and planned visits (`visits_per_day` per inspector)
    exponential; a visit is not broken off for a call. `shift_share` of the inspectors is on duty
    at once (at least one). Equal seeds give equal calls, so that two staffings are compared on
    the same days (common random numbers; A. M. Law, "Simulation Modeling and Analysis", ch. 11).
    """
    if days <= 0 or replications < 2:
        raise ConfigError("at least one day and two replications are needed for an interval")
    rows = []
    for number in range(replications):
        waits: list[float] = []
        busy_min, paid_min = 0.0, 0.0
        for station, rate in enumerate(calls_per_day):
            rng = np.random.default_rng((seed, number, station))
            crew = crew_of(float(inspectors[station]) * shift_share, number)
            visits = visits_per_day * crew
            jobs = day_jobs(rng, float(rate), visits, days, on_scene_min, visit_min)
            used = serve(jobs, crew, float(travel_min[station]), waits)
            busy_min += min(used, crew * days * 1440.0)
            paid_min += crew * days * 1440.0
        if not waits:
            raise ConfigError(
                "no block has calls to play through; give calls_per_year of the blocks"
            )
        arrived = np.array(waits)
        rows.append((arrived.mean(), float((arrived <= target_min).mean()), busy_min / paid_min))
    table = np.array(rows)
    return Service(*(interval(table[:, column]) for column in range(3)))


def crew_of(mean: float, number: int) -> int:
    """A whole crew for a replication, at least one; over replications it comes to the mean.

    The golden ratio's multiples fill 0…1 evenly, so that a twentieth of a post counts too.
    """
    whole = int(mean)
    more = (0.5 + number * 0.618_033_988_75) % 1.0 < mean - whole
    return max(1, whole + more)


def day_jobs(
    rng: np.random.Generator,
    calls: float,
    visits: float,
    days: int,
    on_scene_min: float,
    visit_min: float,
) -> list[tuple[float, float, bool]]:
    """(minute, minutes of work, is a call) in order; calls are drawn before visits."""
    span = days * 1440.0
    jobs = []
    for rate, work, is_call in ((calls, on_scene_min, True), (visits, visit_min, False)):
        count = int(rng.poisson(rate * days))
        moments = np.sort(rng.uniform(0, span, count))
        minutes = rng.exponential(work, count)
        jobs += [
            (float(moment), float(spent), is_call)
            for moment, spent in zip(moments, minutes, strict=True)
        ]
    return sorted(jobs)


def serve(
    jobs: list[tuple[float, float, bool]], crew: int, travel_min: float, waits: list[float]
) -> float:
    """First come, first served by the first free inspector; minutes worked, call waits appended."""
    free = [0.0] * crew
    worked = 0.0
    for moment, minutes, is_call in jobs:
        start = max(moment, heapq.heappop(free))
        spent = minutes + travel_min
        heapq.heappush(free, start + spent)
        worked += spent
        if is_call:
            waits.append(start + travel_min - moment)
    return worked


def interval(samples: FloatArray) -> Interval:
    """Mean ± t·s/√n."""
    mean, count = float(samples.mean()), len(samples)
    half = float(student.ppf(0.975, count - 1) * samples.std(ddof=1) / np.sqrt(count))
    return Interval(mean, mean - half, mean + half)
