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

from bench._metrology_table import head, row
from bench._passage_reels import CONDITIONS, kept_reels
from bench._rendered_passages import measured_reel

__all__ = ["run"]

Array = NDArray[np.float64]
PICTURE = Path(__file__).parent.parent / "docs" / "ref" / "metrology-rendered.png"


def run() -> None:
    """Measure the kept reels, print the table, draw the histogram."""
    told([each for reel in kept_reels() for each in measured_reel(*reel)])


def told(rows: list[dict[str, Any]]) -> None:
    """Print and note the table of these passages and draw it."""
    head()
    for condition in CONDITIONS:
        mine = [each for each in rows if each["condition"] == condition]
        reasons = Counter(str(each["reason"]) for each in mine if each["status"] != "measured")
        least = 0.95 if condition == "day" else None
        row(f"metrology_rendered.{condition}", *_accepted(mine), reasons, accepted_least=least)
    _draw(rows)


def _accepted(rows: list[dict[str, Any]]) -> tuple[Array, Array, Array]:
    good = [each for each in rows if each["status"] == "measured"]
    true, kmh, u = (np.array([each[k] for each in good]) for k in ("true_kmh", "kmh", "u_kmh"))
    return kmh - true, u, true


def _draw(rows: list[dict[str, Any]]) -> None:
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for condition, colour in zip(
        CONDITIONS, ("#2a6f97", "#e09f3e", "#22223b", "#6a994e"), strict=True
    ):
        error, _, true = _accepted([each for each in rows if each["condition"] == condition])
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
