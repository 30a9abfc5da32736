"""Tables and plots of plates read on the rendered street; every figure is *rendered*."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench._confidence import Said, interval, plot_three

__all__ = ["Judged", "plot", "said", "share", "tables"]

_WIDTHS = (30, 45, 60, 90, 110, 400)
_DAY = {"day"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A look or a vehicle (its widest look): what was true of it and what was read.

    `confidence` is 0 and `read` false where nothing was found; `read` is the status."""

    width_px: float
    two_line: bool
    layout: str
    light: str
    turned_deg: float
    blur_px: float
    found: bool
    corner_px: float
    right: bool
    confidence: float
    read: bool


def share(part: Sequence[Judged], good: Callable[[Judged], bool]) -> str:
    """A share with Wilson's 95 % interval."""
    hits, total = sum(map(good, part)), len(part)
    if not total:
        return "–"
    low, high = interval(hits, total)
    return f"{100 * hits / total:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n {total})"


def _wrong(part: Sequence[Judged]) -> str:
    read = [one for one in part if one.read]
    return f"{sum(not one.right for one in read)} of {len(read)}"


def _span(low: int, high: int) -> str:
    return f"≥ {low}" if high >= 400 else f"{low}–{high}"


def _median(values: Sequence[float]) -> str:
    return f"{np.median(values):.2f}, {np.quantile(values, 0.95):.1f}" if len(values) else "–"


def tables(looks: Sequence[Judged], vehicles: Sequence[Judged]) -> list[str]:
    """The tables as lines of Markdown."""
    spans = list(pairwise(_WIDTHS))
    lines = [
        "| one look: plate width, px | found | corner error, px: median, 95 % | read exactly, of "
        "all | wrong among `read` |",
        "|---|---|---|---|---|",
    ]
    for low, high in spans:
        part = [one for one in looks if low <= one.width_px < high]
        errors = [one.corner_px for one in part if one.found]
        lines.append(
            f"| {_span(low, high)} | {share(part, lambda o: o.found)} | {_median(errors)} | "
            f"{share(part, lambda o: o.right)} | {_wrong(part)} |"
        )
    lines += ["", "| vehicles: widest look, px | by day: exact | night, dusk, low sun, rain, snow: "
              "exact | all: `read` | wrong among `read` |", "|---|---|---|---|---|"]  # fmt: skip
    for low, high in spans:
        part = [one for one in vehicles if low <= one.width_px < high]
        day = [one for one in part if one.light in _DAY]
        other = [one for one in part if one.light not in _DAY]
        lines.append(
            f"| {_span(low, high)} | {share(day, lambda o: o.right)} | "
            f"{share(other, lambda o: o.right)} | {share(part, lambda o: o.read)} | "
            f"{_wrong(part)} |"
        )
    clear = [one for one in looks if one.width_px >= 60]
    lines += ["", "| one look at ≥ 60 px | found | read exactly, of all | wrong among `read` |",
              "|---|---|---|---|"]  # fmt: skip
    for name, belongs in _groups(clear):
        part = [one for one in clear if belongs(one)]
        lines.append(
            f"| {name} | {share(part, lambda o: o.found)} | {share(part, lambda o: o.right)} | "
            f"{_wrong(part)} |"
        )
    return lines


def _groups(looks: Sequence[Judged]) -> list[tuple[str, Callable[[Judged], bool]]]:
    groups: list[tuple[str, Callable[[Judged], bool]]] = [
        ("one line", lambda o: not o.two_line),
        ("two lines", lambda o: o.two_line),
        ("turned < 10°", lambda o: o.turned_deg < 10),
        ("turned 10–20°", lambda o: 10 <= o.turned_deg < 20),
        ("turned ≥ 20°", lambda o: o.turned_deg >= 20),
        ("moved < 1 px in the exposure", lambda o: o.blur_px < 1),
        ("moved 1–2 px", lambda o: 1 <= o.blur_px < 2),
        ("moved ≥ 2 px", lambda o: o.blur_px >= 2),
    ]
    for light in sorted({one.light for one in looks}):
        groups.append((light, lambda o, light=light: o.light == light))  # type: ignore[misc]
    for layout in sorted({one.layout for one in looks}):
        groups.append((f"`{layout}`", lambda o, layout=layout: o.layout == layout))  # type: ignore[misc]
    return groups


def said(judged: Sequence[Judged]) -> list[Said]:
    """Confidence, and whether it was right, of all that were found."""
    return [(one.confidence, one.right) for one in judged if one.found]


def plot(looks: Sequence[Judged], vehicles: Sequence[Judged], out: Path, title: str) -> None:
    """Width–accuracy, coverage–error and reliability as one PNG."""
    middles, found, right = [], [], []
    for low in range(30, 160, 10):
        part = [o for o in looks if low <= o.width_px < low + 10]
        if len(part) >= 10:
            middles.append(low + 5)
            found.append(float(np.mean([o.found for o in part])))
            right.append(float(np.mean([o.right for o in part])))
    covered = {}
    for least in (30, 60):
        part = [o for o in looks if o.width_px >= least]
        covered[f"≥ {least} px"] = said(part), len(part)
    widths = {"found": (middles, found), "found and read exactly": (middles, right)}
    reliable = {"all looks": said(looks), "all vehicles": said(vehicles)}
    plot_three(widths, covered, reliable, out, title)
