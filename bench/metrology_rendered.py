"""The metrology table from pictures: rendered, filmed, compressed, found, sharpened, measured.

`python -m bench metrology_rendered` measures every kept reel (`python -m bench._passage_reels`
renders them), prints the table and draws `docs/ref/metrology-rendered.png`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from bench._passage_reels import CONDITIONS, kept_reels
from bench._rendered_passages import measured_reel
from bench._results import note

__all__ = ["run"]

Array = NDArray[np.float64]
PICTURE = Path(__file__).parent.parent / "docs" / "ref" / "metrology-rendered.png"


def run() -> None:
    """Measure the kept reels, print the table, draw the histogram."""
    told([row for reel in kept_reels() for row in measured_reel(*reel)])


def told(rows: list[dict[str, Any]]) -> None:
    """Print and note the table of these passages and draw it."""
    print(
        f"{'condition':<10}{'n':>5}{'mean|e|':>9}{'max|e|':>8}{'over':>6}{'U':>7}{'cover':>8}"
        f"{'taken':>8}"
    )
    for condition in CONDITIONS:
        mine = [row for row in rows if row["condition"] == condition]
        if mine:
            _line(condition, mine)
    _draw(rows)


def _accepted(rows: list[dict[str, Any]]) -> tuple[Array, Array, Array]:
    good = [row for row in rows if row["status"] == "measured"]
    true, kmh, u = (np.array([row[k] for row in good]) for k in ("true_kmh", "kmh", "u_kmh"))
    return kmh - true, u, true


def _line(condition: str, rows: list[dict[str, Any]]) -> None:
    error, u, true = _accepted(rows)
    reasons = Counter(row["reason"] for row in rows if row["status"] != "measured")
    size = np.abs(error)
    if not len(size):
        print(f"{condition:<10}{len(rows):5d}  none accepted  {dict(reasons)}")
        return
    over = int((size > np.maximum(3.0, 0.03 * true)).sum())
    covered, taken = float((size <= u).mean()), len(size) / len(rows)
    print(
        f"{condition:<10}{len(rows):5d}{size.mean():9.2f}{size.max():8.2f}{over:6d}{u.mean():7.2f}"
        f"{covered:8.1%}{taken:8.1%}   {dict(reasons) or ''}"
    )
    name = f"speed from rendered pictures, {condition}"
    note(f"{name}: mean error, km/h", float(size.mean()), limit=0.5)
    note(f"{name}: largest error, km/h", float(size.max()))
    note(f"{name}: beyond 3 km/h or 3 %", over, limit=0)
    note(f"{name}: mean U (k = 2), km/h", float(u.mean()), limit=1.5)
    note(f"{name}: covered by U", covered, least=0.95)
    note(f"{name}: accepted", taken, least=0.95 if condition == "day" else None)


def _draw(rows: list[dict[str, Any]]) -> None:
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for condition, colour in zip(
        CONDITIONS, ("#2a6f97", "#e09f3e", "#22223b", "#6a994e"), strict=True
    ):
        error, _, true = _accepted([row for row in rows if row["condition"] == condition])
        if len(error):
            bins = np.arange(-3, 3.01, 0.1)
            left.hist(error, bins=bins, histtype="step", color=colour, label=condition)
            right.scatter(true, error, s=5, alpha=0.6, color=colour)
    error, u, true = _accepted(rows)
    order = np.argsort(true)
    for sign in (1, -1):
        right.plot(true[order], sign * u[order], ".", color="#c1121f", ms=1)
    left.set(xlabel="error, km/h", ylabel="passages", title="rendered pictures against truth")
    left.legend()
    right.set(xlabel="true speed, km/h", ylabel="error, km/h", title="errors and stated ± U (red)")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=100)
    plt.close(figure)
