"""Did a measure help? Before–after with regression to the mean taken out.

Sites are treated because they had many accidents, and would have had fewer next year anyway.
The empirical Bayes estimate draws the count before towards the mean of like sites (E. Hauer,
"Observational Before–After Studies in Road Safety", 1997).
"""

import datetime as dt
import math
from dataclasses import dataclass

from sergek.core.errors import ConfigError
from sergek.planning.hotspots.definition import Break

__all__ = ["Effect", "before_after"]


@dataclass(frozen=True, slots=True)
class Effect:
    """`ratio` < 1 means fewer accidents than without the measure; 95 % interval; warnings.

    `naive` is after / before per year, which regression to the mean flatters.
    """

    expected: float
    observed: int
    ratio: float
    low: float
    high: float
    naive: float
    warnings: tuple[str, ...]


def before_after(
    before: list[int],
    after: list[int],
    reference_before: list[int],
    reference_after: list[int],
    years_before: float,
    years_after: float,
    breaks: tuple[Break, ...] = (),
    period: tuple[dt.date, dt.date] | None = None,
) -> Effect:
    """Compare treated sites with what like, untreated sites foretell.

    All lists hold accidents per site. The reference sites give the mean, the overdispersion
    (method of moments, negative binomial) and the trend, which also carries a break in the
    statistics if it touched all sites alike. `ConfigError` if the reference says nothing.
    """
    if len(before) != len(after) or not before:
        raise ConfigError("each treated site needs a count before and one after")
    if len(reference_before) < 10 or sum(reference_before) == 0:
        raise ConfigError("at least ten like sites with accidents are needed as a reference")
    if years_before <= 0 or years_after <= 0:
        raise ConfigError("both periods must be longer than nothing")
    count = len(reference_before)
    mean = sum(reference_before) / count
    variance = sum((x - mean) ** 2 for x in reference_before) / (count - 1)
    trend = sum(reference_after) / sum(reference_before)
    # Var = μ + μ²/k; weight of the mean: 1 / (1 + μ/k).
    extra = max(variance - mean, 0.0) / mean if mean > 0 else 0.0
    weight = 1.0 / (1.0 + extra)
    estimate = [weight * mean + (1 - weight) * x for x in before]
    expected = sum(estimate) * trend
    if expected <= 0:
        raise ConfigError("no accident would be expected without the measure; nothing to compare")
    spread = sum((1 - weight) * e for e in estimate) * trend * trend
    spread += expected * expected * (1 / max(sum(reference_after), 1) + 1 / sum(reference_before))
    observed = sum(after)
    relative = spread / (expected * expected)
    ratio = (observed / expected) / (1 + relative)
    error = ratio * math.sqrt(1 / max(observed, 1) + relative) / (1 + relative)
    naive = (observed / years_after) / max(sum(before) / years_before, 1e-12)
    warnings = tuple(
        f"the statistics changed on {one.on}: {one.source}"
        for one in breaks
        if period and period[0] < one.on <= period[1]
    )
    return Effect(
        expected,
        observed,
        ratio,
        max(0.0, ratio - 1.96 * error),
        ratio + 1.96 * error,
        naive,
        warnings,
    )
