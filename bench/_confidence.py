"""Intervals, coverage–error and reliability of readings, as figures and as one picture."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

__all__ = ["ERRORS", "Curve", "Said", "calibration", "interval", "plot_three", "working_points"]

# The shares of wrong readings at which coverage is told.
ERRORS = (0.04, 0.005)

# Confidence said, whether it was right.
Said = tuple[float, bool]
# Where along the axis, and the share there.
Curve = tuple[Sequence[float], Sequence[float]]


def interval(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (1927)."""
    if total == 0:
        return 0.0, 1.0
    z, p = 1.96, hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def _coverage(said: Sequence[Said], total: int) -> list[tuple[float, float, float]]:
    """(coverage of `total`, wrong among the taken, least confidence), the surest first."""
    ranked = sorted(said, key=lambda one: -one[0])
    wrong = np.cumsum([not right for _, right in ranked])
    return [
        (n / total, float(wrong[n - 1]) / n, confidence)
        for n, (confidence, _) in enumerate(ranked, 1)
    ]


def working_points(said: Sequence[Said], total: int) -> list[tuple[float, float, float]]:
    """For each of `ERRORS`: (error, the largest coverage that keeps it, its confidence)."""
    curve = _coverage(said, total)
    found = []
    for error in ERRORS:
        best = max((point for point in curve if point[1] <= error), default=(0.0, 0.0, 1.0))
        found.append((error, best[0], best[2]))
    return found


def calibration(said: Sequence[Said], bins: int = 10) -> tuple[float, Curve]:
    """Expected calibration error (Guo et al. 2017) with bins of equal count, and for each bin the
    confidence said and the share right."""
    ranked = sorted(said)
    meant, was = [], []
    error = 0.0
    for part in np.array_split(np.arange(len(ranked)), bins):
        if len(part):
            meant.append(float(np.mean([ranked[i][0] for i in part])))
            was.append(float(np.mean([ranked[i][1] for i in part])))
            error += len(part) / len(ranked) * abs(meant[-1] - was[-1])
    return error, (meant, was)


def plot_three(
    widths: Mapping[str, Curve],
    covered: Mapping[str, tuple[Sequence[Said], int]],
    said: Mapping[str, Sequence[Said]],
    out: Path,
    title: str,
) -> None:
    """Width–accuracy, coverage–error (readings and of how many) and reliability as one PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(15, 4.6))
    for name, (at, shares) in widths.items():
        axes[0].plot(at, shares, "o-", label=name)
    axes[0].set(xlabel="plate width, px", ylabel="share", title=f"Width {title}")
    for name, (readings, total) in covered.items():
        curve = _coverage(readings, total)
        axes[1].plot([c[0] for c in curve], [100 * c[1] for c in curve], label=name)
    for limit in ERRORS:
        axes[1].axhline(100 * limit, linestyle=":", color="grey")
    axes[1].set(xlabel="coverage", ylabel="wrong among taken, %", title=f"Coverage–error {title}",
                ylim=(0, 11))  # fmt: skip
    axes[2].plot([0, 1], [0, 1], ":", color="grey")
    for name, readings in said.items():
        error, rows = calibration(readings)
        axes[2].plot(*rows, "o-", label=f"{name}, ECE {100 * error:.1f} %")
    axes[2].set(xlabel="confidence said", ylabel="share right", title=f"Reliability {title}")
    for each in axes:
        each.legend()
        each.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(out, dpi=90)
    plt.close(figure)
