"""One row of a metrology table: printed, and noted against the limits on errors and intervals."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from bench._results import note

__all__ = ["head", "row"]

_COLUMNS = (
    ("n", 6),
    ("mean|e|", 9),
    ("max|e|", 8),
    ("over", 6),
    ("U", 7),
    ("cover", 8),
    ("taken", 8),
)


def head() -> None:
    """Print the columns' names: errors in km/h, `over` counts those beyond 3 km/h or 3 %."""
    print(f"{'condition':<20}" + "".join(f"{name:>{wide}}" for name, wide in _COLUMNS))


def row(
    key: str, error_kmh: NDArray[np.float64], u_kmh: NDArray[np.float64],
    true_kmh: NDArray[np.float64], reasons: Counter[str], *, accepted_least: float | None = None,
) -> None:  # fmt: skip
    """Print and note one condition under `key` (`BENCH.CONDITION`): what was accepted, and why
    the rest was not."""
    passages, name = len(error_kmh) + reasons.total(), key.split(".", 1)[1]
    if not len(error_kmh):
        print(f"{name:<20}{passages:6d}  none accepted  {dict(reasons)}")
        return
    size = np.abs(error_kmh)
    over = int((size > np.maximum(3.0, 0.03 * true_kmh)).sum())
    covered, taken = float((size <= u_kmh).mean()), len(size) / passages
    print(
        f"{name:<20}{passages:6d}{size.mean():9.2f}{size.max():8.2f}{over:6d}{u_kmh.mean():7.2f}"
        f"{covered:8.1%}{taken:8.1%}   {dict(reasons) or ''}"
    )
    note(f"{key}.passages", passages)
    note(f"{key}.mean_error_kmh", float(size.mean()), limit=0.5)
    note(f"{key}.largest_error_kmh", float(size.max()))
    note(f"{key}.beyond_3_kmh_or_3_percent", over, limit=0)
    note(f"{key}.mean_u_kmh", float(u_kmh.mean()), limit=1.5)
    note(f"{key}.covered_by_u", covered, least=0.95)
    note(f"{key}.accepted", taken, least=accepted_least)
