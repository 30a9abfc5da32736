"""The metrology table from pictures: rendered, filmed, compressed, found, sharpened, measured.

`python -m bench metrology_rendered` renders what is not yet there (`out/metrology`, about two
minutes of a core per reel; `SERGEK_BENCH_REELS` says how many reels per condition), prints the
table and draws `docs/ref/metrology-rendered.png`. Seeds begin at 5000; none of them was looked at
while anything was being tuned.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from bench._rendered_passages import CONDITIONS, reel
from bench._results import note

__all__ = ["run"]

Array = NDArray[np.float64]
ROOT = Path(__file__).parent.parent
KEPT = ROOT / "out" / "metrology"
PICTURE = ROOT / "docs" / "ref" / "metrology-rendered.png"
FIRST_SEED, REELS = 5000, 9


def run() -> None:
    """Render what is missing, print the table, draw the histogram."""
    wanted = int(os.environ.get("SERGEK_BENCH_REELS", REELS))
    rows = [
        row for seed in range(wanted) for c in CONDITIONS for row in _reel(c, FIRST_SEED + seed)
    ]
    told(rows)


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


def _reel(condition: str, seed: int) -> list[dict[str, Any]]:
    path = KEPT / f"{condition}-{seed}.json"
    if not path.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        rows = reel(condition, seed, KEPT)
        half = path.with_suffix(".part")
        half.write_text(json.dumps(rows))
        half.replace(path)
    found: list[dict[str, Any]] = json.loads(path.read_text())
    return found


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
