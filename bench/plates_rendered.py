"""Locator and readers on a street rendered by the other renderer (moderngl), with its truth.

`python -m bench plates_rendered` reads `demo/section.mp4` and its truth; `SERGEK_BENCH_CLIP` names
another clip (`…truth.jsonl.gz` beside `….mp4`). Every figure is *rendered*. The plates' faces are
drawn by `simulation.plates` in the typefaces of this machine; body, light, perspective, motion and
compression are the street's.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import av
import cv2
import numpy as np
import openvino as ov

from bench._confidence import interval
from sergek.core.frame import Image
from sergek.core.plate import PlateLook, PlateStatus
from sergek.core.vehicle import Box
from sergek.simulation.truth import TruthFrame, TruthPlate, TruthVehicle, read_truth
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import layout_book
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.fused_recogniser import FusedRecogniser
from sergek.vision.kz_recogniser import KzRecogniser
from sergek.vision.plate_ports import PlateCandidate, PlateRecogniser, Recognition
from sergek.vision.text_recogniser import TextRecogniser

WIDTHS = (30, 45, 60, 90, 130)
DAY = date(2026, 6, 1)
OUT = Path("docs/ref")


@dataclass(frozen=True, slots=True)
class Seen:
    """A true plate on one picture: its vehicle's crop, and where the locator found it."""

    vehicle_id: int
    truth: str
    width_px: float
    crop: Image
    found: PlateCandidate | None
    corner_px: float


def views(clip: Path, locator: CornerLocator, every: int) -> list[Seen]:
    """Each wholly visible plate at least 30 px wide on every n-th picture."""
    header, lines = read_truth(clip)
    frames = {line.index: line for line in lines if isinstance(line, TruthFrame)}
    video = clip.with_name(clip.name.split(".")[0] + ".mp4")
    found = []
    with av.open(str(video)) as source:
        for index, frame in enumerate(source.decode(video=0)):
            if index % every or index not in frames:
                continue
            picture = frame.to_ndarray(format="bgr24")
            for vehicle in frames[index].vehicles:
                for plate in vehicle.plates:
                    one = _seen(np.asarray(picture, np.uint8), vehicle, plate, locator)
                    if one is not None:
                        found.append(one)
    print(f"{header.scene}: {header.width} × {header.height}, {len(found)} views of plates")
    return found


def _seen(
    picture: Image, vehicle: TruthVehicle, plate: TruthPlate, locator: CornerLocator
) -> Seen | None:
    corners = np.array(plate.corners)
    wide = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3]))
    if plate.visible_share < 0.98 or wide / 2 < WIDTHS[0]:
        return None
    grow = 0.03 * (vehicle.box[2] - vehicle.box[0])
    box = Box(vehicle.box[0] - grow, vehicle.box[1] - grow, vehicle.box[2] + grow,
              vehicle.box[3] + grow).clipped(picture.shape[1], picture.shape[0])  # fmt: skip
    x, y = int(box.x1), int(box.y1)
    crop = np.ascontiguousarray(picture[y : int(box.y2), x : int(box.x2)])
    if min(crop.shape[:2]) < 24:
        return None
    errors = [
        (float(np.linalg.norm(np.array(c.corners) - (corners - (x, y)), axis=1).mean()), c)
        for c in locator.locate([crop])[0]
    ]
    error, best = min(errors, key=lambda pair: pair[0], default=(np.inf, None))
    hit = best if error < 0.2 * wide / 2 else None
    text = plate.text.replace("/", "").replace("\n", "")
    return Seen(vehicle.vehicle_id, text, wide / 2, crop, hit, error)


def _look(place: PlateCandidate, read: Recognition) -> PlateLook:
    return PlateLook(Box(0, 0, 1, 1), place.corners, read.raw, read.characters, 1.0, place.score)


def share(hits: int, total: int) -> str:
    """A share with its 95 % interval."""
    low, high = interval(hits, total)
    return f"{100 * hits / max(1, total):.1f} % ({100 * low:.0f}–{100 * high:.0f}, n {total})"


def judged(seen: list[Seen], reader: PlateRecogniser) -> dict[str, str]:
    """Exact per look and per vehicle (verdict over its 5 widest looks), after position rules."""
    book = layout_book("kz")
    figures: dict[str, str] = {}
    looks: dict[int, list[tuple[Seen, PlateLook]]] = defaultdict(list)
    started = time.process_time()
    for one in seen:
        if one.found is not None:
            (read,) = reader.recognise([(one.crop, one.found)])
            looks[one.vehicle_id].append((one, _look(one.found, read)))
    figures["ms a look"] = f"{1000 * (time.process_time() - started) / max(1, len(seen)):.1f}"
    every = [pair for pairs in looks.values() for pair in pairs]
    for low, high in zip(WIDTHS, (*WIDTHS[1:], 10_000), strict=True):
        part = [(s, verdict([k], book, DAY)) for s, k in every if low <= s.width_px < high]
        if part:
            read_now = [(s, v) for s, v in part if v.status is PlateStatus.READ]
            figures[f"look {low}+ exact"] = share(
                sum(v.text == s.truth for s, v in part), len(part)
            )
            wrong = sum(v.text != s.truth for s, v in read_now)
            figures[f"look {low}+ wrong among read"] = share(wrong, len(read_now))
    for name, least in (("60 px", 60), ("45 px", 45)):
        figures[f"vehicle ever ≥ {name}"] = _vehicles(looks, least, lambda v: True)
        figures[f"vehicle ever ≥ {name}, of read"] = _vehicles(
            looks, least, lambda v: v is PlateStatus.READ
        )
    return figures


def _vehicles(
    looks: dict[int, list[tuple[Seen, PlateLook]]],
    least: float,
    wanted: Callable[[PlateStatus], bool],
) -> str:
    """Exact per vehicle, of those whose plate was that wide on some picture."""
    right = total = 0
    for pairs in looks.values():
        if max(s.width_px for s, _ in pairs) < least:
            continue
        best = sorted(pairs, key=lambda pair: -pair[0].width_px)[:5]
        read = verdict([look for _, look in best], layout_book("kz"), DAY)
        if wanted(read.status):
            total += 1
            right += read.text == best[0][0].truth
    return share(right, total)


def run() -> None:
    """Print the table and write `plates-rendered.json` to docs/ref."""
    cv2.setNumThreads(1)
    clip = Path(os.environ.get("SERGEK_BENCH_CLIP", "demo/section.truth.jsonl.gz"))
    seen = views(clip, CornerLocator(), every=3)
    located = {}
    for low, high in zip(WIDTHS, (*WIDTHS[1:], 10_000), strict=True):
        part = [s for s in seen if low <= s.width_px < high]
        hits = [s.corner_px for s in part if s.found]
        if part:
            middle = f"{np.median(hits):.2f}" if hits else "–"
            located[f"{low}+"] = f"found {share(len(hits), len(part))}, corner {middle} px"
            print(f"{low}+ px: {located[f'{low}+']}")
    ours, text = KzRecogniser(), TextRecogniser(ov.Core(), 1)
    figures: dict[str, dict[str, str]] = {"located": located}
    for reader in (text, ours, FusedRecogniser(ours, text)):
        figures[reader.name] = judged(seen, reader)
        print(reader.name)
        for key, value in figures[reader.name].items():
            print(f"   {key}: {value}")
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / f"plates-rendered-{clip.name.split('.')[0]}.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
