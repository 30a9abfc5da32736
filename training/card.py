"""Model cards: written at export, so that card and weights never disagree."""

import hashlib
import json
from pathlib import Path

import torch

from sergek.simulation.plates.typefaces import installed
from training.lessons import LESSONS
from training.loop import HELD_OUT

__all__ = ["write_card"]

_WHAT = {
    "plate_reader": (
        "Plate reader",
        "Reads a straightened strip (32 × 160 grey bytes, one line of text) into 40 columns of 37 "
        "calibrated probabilities: no character, 0–9, A–Z. Two-line plates give two strips.",
        "plates of every layout in `traffic/layouts.toml` that we can draw and, one in eight, "
        "texts of no layout",
        "It has only seen drawn letters: the plate standard's own drawing is not published. It "
        "reads Latin letters and digits only. Below about 60 pixels of plate width it mostly "
        "cannot read and is meant to be unsure.",
    ),
    "plate_locator": (
        "Plate locator",
        "Finds plates on a picture of a vehicle (256 × 192 BGR bytes; any size whose sides divide "
        "by 16): a score map and four corners per cell of 4 pixels.",
        "scenes put together from drawn bodies, lamps, grilles, lettering, clutter and plates: two "
        "in three Kazakh, the others in the manner of Europe, the Americas or nobody",
        "Bodies are simple shapes, not vehicles. Plates narrower than 17 pixels in its input are "
        "not found. It finds other plate-like lettering too; the corner finder and the reader sort "
        "that out. Very oblique plates (beyond 55°) were never shown.",
    ),
    "plate_corners": (
        "Corner finder",
        "Looks at the window around a rough place (48 × 128 grey bytes) and gives the chance that "
        "it is a plate and how far each corner is off, in shares of the window.",
        "drawn plates, Kazakh and foreign, with rough places as far off as the locator's; one in "
        "six shows something else",
        "It cannot mend a place that is more than a fifth of the plate's width off.",
    ),
}


def write_card(name: str, run: Path, folder: Path, extra: str = "") -> None:
    """`NAME.md` beside the weights, from the run's curve and the file's digest."""
    title, what, data, limits = _WHAT[name]
    weights = folder / f"{name}.onnx"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    curve = json.loads((run / "curve.json").read_text(encoding="utf-8"))
    keys = [key for key in curve[-1] if key not in {"minutes", "samples", "loss"}]
    step = max(1, len(curve) // 10)
    rows = [curve[i] for i in range(0, len(curve) - 1, step)] + [curve[-1]]
    faces = ", ".join(f.name for f in installed() if f.name not in HELD_OUT)
    head = "| minutes | samples | " + " | ".join(keys) + " |"
    lines = [
        f"| {row['minutes']:.0f} | {row['samples']:.0f} | "
        + " | ".join(f"{row.get(key, float('nan')):.3f}" for key in keys) + " |"
        for row in rows
    ]  # fmt: skip
    verb = name.removeprefix("plate_")
    lesson = LESSONS[verb]
    text = f"""# {title} (`{weights.name}`)

{what}

{weights.stat().st_size / 1e6:.2f} MB, SHA-256 `{digest}`.

## Data
Drawn by `sergek.simulation.plates` only: {data}. No photograph, no footage and no third-party data
was used. Typefaces found at training: {faces}. Never trained on, for judging:
{", ".join(HELD_OUT)}. Seeds in `training/{verb}.py`.

## Licence
Apache-2.0, as the product. Typefaces were used to draw pictures; none is contained.

## Figures
On drawn plates (*rendered*, validation seed, the letters of training unless said otherwise), last
line of the curve below; by width, angle, blur and light, and on real photos, in
`docs/ref/accuracy.md`.{extra}

## Limits
{limits} Nothing here replaces the pilot's own measurement (`docs/ref/accuracy.md`).

## Training
From nothing by `python -m training` (or `python -m training.{verb}`, then `python -m
training.export {verb} runs/{verb}`); PyTorch {torch.__version__.split("+")[0]};
{curve[-1]["samples"]:,.0f} samples, of which {lesson.fresh} in
{lesson.fresh + lesson.repeated} new and the others seen before, in {curve[-1]["minutes"]:.0f}
minutes of wall time on one processor core of two.

{head}
|{"---|" * (2 + len(keys))}
"""
    (folder / f"{name}.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
