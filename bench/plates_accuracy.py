"""Our plate locator and reader on drawn scenes of seeds never trained on.

One look a plate, after position rules: our reader alone, and at the end both readers as in use.
`python -m bench plates_accuracy` puts tables and plots into `docs/ref/accuracy.md`.
All figures here are *rendered* (drawn by `simulation.plates`); nothing is a photo. The number of
scenes is `SERGEK_BENCH_PLATES` (default 1500).
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from bench._confidence import Said, calibration, interval, plot_three, working_points
from bench._section import put_section
from sergek.core.frame import Image
from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.core.vehicle import Box
from sergek.simulation.plates.scenes import Scene, scene
from sergek.simulation.plates.typefaces import Typeface, installed
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import layout_book, normalised
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.fused_recogniser import fused
from sergek.vision.kz_recogniser import KzRecogniser
from sergek.vision.plate_peaks import FoundPlate
from sergek.vision.plate_ports import PlateCandidate, Recognition
from sergek.vision.quads import as_corners
from sergek.vision.text_recogniser import TextRecogniser

SEED = 20_220_108
# Typefaces that no training run has seen.
UNSEEN = ("NotoSans-Bold", "LiberationMono-Bold", "strokes-14-1")
WIDTHS = (30, 45, 60, 90, 130, 200)
PAGE = Path("docs/ref/accuracy.md")
DAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One plate of one scene: what was true of it and what became of it."""

    width_px: float
    two_line: bool
    yaw_deg: float
    blur_px: float
    light: float
    unseen: bool
    found: bool
    corner_px: float
    right: bool
    right_given_corners: bool
    confidence: float
    characters: tuple[tuple[float, bool], ...]
    in_use: PlateRead | None
    in_use_right: bool


def share(outcomes: Sequence[Outcome], good: Callable[[Outcome], bool]) -> str:
    """A share with its interval, e.g. `93.1 % (91.0–94.8, n 612)`."""
    hits, total = sum(map(good, outcomes)), len(outcomes)
    if not total:
        return "–"
    low, high = interval(hits, total)
    return f"{100 * hits / total:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n {total})"


def _candidate(corners: NDArray[np.float32]) -> PlateCandidate:
    return PlateCandidate(as_corners(corners), (), 1.0)


def _nearest(
    found: list[FoundPlate], corners: NDArray[np.float32], wide: float
) -> FoundPlate | None:
    """The found plate whose corners are within a fifth of the plate's width on average."""
    best = min(found, key=lambda f: _far(f, corners), default=None)
    return best if best is not None and _far(best, corners) < 0.2 * wide else None


def _far(found: FoundPlate, corners: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(found.corners - corners, axis=1).mean())


class Judge:
    """Runs locator and reader over scenes."""

    def __init__(self) -> None:
        self.locator, self.reader = CornerLocator(), KzRecogniser()
        self.text = TextRecogniser(ov.Core(), 1)
        self.book = layout_book("kz")
        self.false_plates = self.scenes = 0

    def outcomes(self, one: Scene, unseen: bool) -> list[Outcome]:
        """What became of each Kazakh plate of a scene."""
        found = self.locator.find(one.image)
        self.scenes += 1
        matched = 0
        results = []
        for corners, text in zip(one.plates, one.texts, strict=True):
            wide = float(
                np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
            ) / 2  # fmt: skip
            hit = _nearest(found, corners, wide)
            matched += hit is not None
            if text:
                results.append(self._outcome(one, corners, text, wide, hit, unseen))
        self.false_plates += len(found) - matched
        return results

    def _outcome(
        self, one: Scene, corners: NDArray[np.float32], text: str, wide: float,
        hit: FoundPlate | None, unseen: bool,
    ) -> Outcome:  # fmt: skip
        truth = text.replace("/", "")
        wanted = [_candidate(corners)] + ([_candidate(hit.corners)] if hit else [])
        read = self.reader.recognise([(one.image, each) for each in wanted])
        plain = [normalised(r.raw, self.book, DAY).text for r in read]
        mine = read[-1].characters if hit else ()
        aligned = len(mine) == len(truth)
        in_use = self._in_use(wanted[-1:], one.image, read[-1]) if hit else None
        return Outcome(
            width_px=wide,
            two_line="/" in text,
            yaw_deg=abs(one.seen.yaw_deg),
            blur_px=one.seen.blur_px + 0.4 * one.seen.motion_px,
            light=one.seen.light,
            unseen=unseen,
            found=hit is not None,
            corner_px=_far(hit, corners) if hit else math.nan,
            right=bool(hit) and plain[-1] == truth,
            right_given_corners=plain[0] == truth,
            confidence=float(np.prod([c[0][1] for c in mine])) if mine else 0.0,
            characters=tuple(
                (c[0][1], c[0][0] == t) for c, t in zip(mine, truth, strict=True)
            ) if aligned else (),
            in_use=in_use,
            in_use_right=in_use is not None and in_use.text == truth,
        )  # fmt: skip

    def _in_use(self, wanted: list[PlateCandidate], picture: Image, ours: Recognition) -> PlateRead:
        """The verdict on one look of both readers."""
        (other,) = self.text.recognise([(picture, wanted[0])])
        read = fused(ours, other)
        look = PlateLook(
            Box(0, 0, 1, 1), wanted[0].corners, read.raw, read.characters, 1.0, wanted[0].score
        )
        return verdict([look], self.book, DAY)


def collect(count: int) -> tuple[list[Outcome], Judge]:
    """Outcomes of `count` scenes, plates evenly 30 to 200 px wide, a fifth in unseen letters."""
    judge = Judge()
    every = installed()
    seen: tuple[Typeface, ...] = tuple(f for f in every if f.name not in UNSEEN)
    strange = tuple(f for f in every if f.name in UNSEEN)
    outcomes: list[Outcome] = []
    for number in range(count):
        rng = np.random.default_rng((SEED, number))
        zoom = float(np.exp(rng.uniform(np.log(0.75), np.log(2.9))))
        unseen = bool(strange) and number % 5 == 0
        one = scene(rng, strange if unseen else seen, zoom, foreign=0.0)
        outcomes += judge.outcomes(one, unseen)
    return outcomes, judge


def _alone(outcomes: Sequence[Outcome]) -> list[Said]:
    return [(o.confidence, o.right) for o in outcomes if o.found]


def _in_use(outcomes: Sequence[Outcome]) -> list[Said]:
    return [(o.in_use.confidence, o.in_use_right) for o in outcomes if o.in_use is not None]


VOICES = {"our reader alone": _alone, "both readers, as in use": _in_use}


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """The tables as lines of Markdown."""
    lines = ["| plate width, px | found | corner error, median px | read exactly, of found "
             "| read exactly, of all |", "|---|---|---|---|---|"]  # fmt: skip
    for low, high in zip(WIDTHS, (*WIDTHS[1:], 10_000), strict=True):
        part = [o for o in outcomes if low <= o.width_px < high]
        found = [o for o in part if o.found]
        far = float(np.median([o.corner_px for o in found])) if found else math.nan
        lines.append(
            f"| {low}–{high if high < 10_000 else ''} | {share(part, lambda o: o.found)} "
            f"| {far:.2f} | {share(found, lambda o: o.right)} | {share(part, lambda o: o.right)} |"
        )
    lines += ["", "| at ≥ 60 px | found | read exactly, of found |", "|---|---|---|"]
    clear = [o for o in outcomes if o.width_px >= 60]
    groups: list[tuple[str, Callable[[Outcome], bool]]] = [
        ("one line", lambda o: not o.two_line),
        ("two lines", lambda o: o.two_line),
        ("turned < 15°", lambda o: o.yaw_deg < 15),
        ("turned 15–30°", lambda o: 15 <= o.yaw_deg < 30),
        ("turned ≥ 30°", lambda o: o.yaw_deg >= 30),
        ("blur < 0.7 px", lambda o: o.blur_px < 0.7),
        ("blur 0.7–1.5 px", lambda o: 0.7 <= o.blur_px < 1.5),
        ("blur ≥ 1.5 px", lambda o: o.blur_px >= 1.5),
        ("day (light ≥ 0.75)", lambda o: o.light >= 0.75),
        ("dusk (0.45–0.75)", lambda o: 0.45 <= o.light < 0.75),
        ("night (< 0.45)", lambda o: o.light < 0.45),
        ("letters seen in training", lambda o: not o.unseen),
        ("letters never seen", lambda o: o.unseen),
    ]
    for name, belongs in groups:
        part = [o for o in clear if belongs(o)]
        found = [o for o in part if o.found]
        lines.append(
            f"| {name} | {share(part, lambda o: o.found)} | {share(found, lambda o: o.right)} |"
        )
    return lines


def as_in_use(outcomes: Sequence[Outcome]) -> list[str]:
    """What both readers together say of one look, for a Markdown table."""
    lines = ["| both readers, one look | read exactly, of found | `read`, of all "
             "| wrong among `read` | wrong from 0.99 on | calibration error |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    groups: tuple[tuple[str, Callable[[Outcome], bool]], ...] = (
        ("all, ≥ 30 px", lambda o: True),
        ("≥ 60 px", lambda o: o.width_px >= 60),
        ("≥ 60 px, letters never seen", lambda o: o.width_px >= 60 and o.unseen),
    )
    for name, belongs in groups:
        part = [o for o in outcomes if o.width_px >= WIDTHS[0] and belongs(o)]
        found = [(o, o.in_use) for o in part if o.in_use is not None]
        taken = [o.in_use_right for o, read in found if read.status is PlateStatus.READ]
        surest = [o.in_use_right for o, read in found if read.confidence >= 0.99]
        error, _ = calibration(_in_use(part))
        lines.append(
            f"| {name} | {share([o for o, _ in found], lambda o: o.in_use_right)} | "
            f"{100 * len(taken) / max(1, len(part)):.1f} % | "
            f"{taken.count(False)} of {len(taken)} | {surest.count(False)} of {len(surest)} | "
            f"{100 * error:.1f} % |"
        )
    return lines


def plots(outcomes: Sequence[Outcome], out: Path) -> None:
    """Width–accuracy, coverage–error and reliability as PNG."""
    middles, found, right, given = [], [], [], []
    for low in range(30, 200, 15):
        part = [o for o in outcomes if low <= o.width_px < low + 15]
        if len(part) >= 10:
            middles.append(low + 7.5)
            found.append(float(np.mean([o.found for o in part])))
            right.append(float(np.mean([o.right for o in part])))
            given.append(float(np.mean([o.right_given_corners for o in part])))
    clear = [o for o in outcomes if o.width_px >= 60]
    plot_three(
        {"found": (middles, found), "read by ours, true corners": (middles, given),
         "found and read by ours": (middles, right)},
        {f"{name}, ≥ 60 px": (said(clear), len(clear)) for name, said in VOICES.items()},
        {name: said(outcomes) for name, said in VOICES.items()},
        out, "(rendered)",
    )  # fmt: skip


def summary(outcomes: Sequence[Outcome]) -> str:
    """The working points of our reader alone and of both, and the calibration of ours."""
    clear = [o for o in outcomes if o.width_px >= 60]
    sentences = []
    for name, said in VOICES.items():
        points = "; ".join(
            f"{100 * error:g} % wrong at coverage {100 * covered:.0f} % (confidence ≥ {least:.2f})"
            for error, covered, least in working_points(said(clear), len(clear))
        )
        sentences.append(f"{name.capitalize()} at ≥ 60 px: {points}.")
    by_plate, _ = calibration(_alone(outcomes))
    by_character, _ = calibration([pair for o in outcomes for pair in o.characters])
    sentences.append(
        f"Expected calibration error of ours alone: {100 * by_plate:.1f} % per plate, "
        f"{100 * by_character:.1f} % per character."
    )
    return " ".join(sentences)


def run() -> None:
    """Judge, print, and write tables and `plates-drawn.png` to docs/ref."""
    cv2.setNumThreads(1)
    outcomes, judge = collect(int(os.environ.get("SERGEK_BENCH_PLATES", "1500")))
    false = f"False plates: {judge.false_plates / judge.scenes:.2f} a picture."
    lines = [*table(outcomes), "", summary(outcomes), false, "", *as_in_use(outcomes)]
    print("\n".join(lines))
    plots(outcomes, PAGE.with_name("plates-drawn.png"))
    put_section(PAGE, "plates_accuracy", ["", *lines, ""])
