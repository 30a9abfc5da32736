"""End to end: a rendered clip in, `sergek watch`'s passages out, held against the clip's truth.

    python -m bench passages

For each clip of `demo/` with a site, and the junction and the school street without one. Every
figure is *rendered*. A vehicle is expected if for a second its body is wholly on the picture, at
least 40 px high and 60 % visible; its plate if it is once wholly in view and 60 px wide.
"""

import json
import os
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

from bench._results import note
from sergek.cli.app import app
from sergek.core.vehicle import Box
from sergek.simulation.truth import TruthEvent, TruthFrame, TruthVehicle, read_truth

_DEMO = Path(__file__).parent.parent / "demo"
_CLIPS = tuple(os.environ.get("SERGEK_BENCH_CLIPS", "avenue junction").split())
_LEAST_HEIGHT_PX, _LEAST_SHARE, _LEAST_PLATE_PX = 40, 0.6, 60


@dataclass
class Expected:
    """A vehicle of the truth: what it is, and how much of it the clip shows."""

    kind: str
    text: str
    seconds_whole: float = 0.0
    plate_px: float = 0.0
    moments: list[float] = field(default_factory=list)
    speeds_kmh: list[float] = field(default_factory=list)

    def speed_kmh(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Its least and greatest speed in a span."""
        inside = [v for t, v in zip(self.moments, self.speeds_kmh, strict=True)
                  if from_s <= t <= to_s] or self.speeds_kmh  # fmt: skip
        return min(inside), max(inside)


def watched(clip: str) -> list[dict[str, Any]]:
    """The passages of a clip as `sergek watch` prints them."""
    site = _DEMO / f"{clip}.site.toml"
    with tempfile.TemporaryDirectory() as folder:
        words = ["watch", str(_DEMO / f"{clip}.mp4"), "--json", "--out", folder]
        words += ["--site", str(site)] if site.exists() else []
        result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def truth_of(
    clip: str,
) -> tuple[dict[int, Expected], dict[int, TruthFrame], list[TruthEvent], float]:
    """Vehicles, pictures and events of a clip, and its pictures a second."""
    header, body = read_truth(_DEMO / f"{clip}.truth.jsonl.gz")
    vehicles: dict[int, Expected] = {}
    frames, events = {}, []
    for line in body:
        if isinstance(line, TruthEvent):
            events.append(line)
            continue
        frames[line.index] = line
        for one in line.vehicles:
            seen = vehicles.setdefault(one.vehicle_id, Expected(one.vehicle_class.value, ""))
            _add(seen, one, line.media_s, 1 / header.fps, header.width, header.height)
    return vehicles, frames, events, header.fps


def _add(
    seen: Expected, one: TruthVehicle, media_s: float, step_s: float, width: int, height: int
) -> None:
    x1, y1, x2, y2 = one.box
    whole = x1 > 1 and y1 > 1 and x2 < width - 1 and y2 < height - 1
    if whole and y2 - y1 >= _LEAST_HEIGHT_PX and one.visible_share >= _LEAST_SHARE:
        seen.seconds_whole += step_s
    seen.moments.append(media_s)
    seen.speeds_kmh.append(one.speed_kmh)
    for plate in one.plates:
        seen.text = plate.text
        corners = np.array(plate.corners)
        if plate.visible_share > 0.98:
            seen.plate_px = max(seen.plate_px, float(np.linalg.norm(corners[1] - corners[0])))


def matched(passage: dict[str, Any], frames: dict[int, TruthFrame], fps: float) -> int | None:
    """The vehicle whose true box overlaps the passage's best picture most; None under IoU 0.3."""
    best = passage["best_frame"]
    x, y, w, h = best["box"]
    frame = frames.get(round(best["media_s"] * fps))
    boxes = {v.vehicle_id: Box(*v.box).iou(Box(x, y, x + w, y + h))
             for v in (frame.vehicles if frame else ())}  # fmt: skip
    nearest = max(boxes, key=lambda k: boxes[k], default=None)
    return nearest if nearest is not None and boxes[nearest] >= 0.3 else None


def _class_right(said: str, true: str) -> bool:
    """The default network knows no van: it calls one a car, a truck or a bus."""
    return said == true or (true == "van" and said in {"car", "truck", "bus"})


def judge(clip: str, passages: list[dict[str, Any]]) -> None:
    """Print and note a clip's figures."""
    vehicles, frames, events, fps = truth_of(clip)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    strange = 0
    for passage in passages:
        vehicle = matched(passage, frames, fps)
        if vehicle is None:
            strange += 1
        else:
            found[vehicle].append(passage)
    expected = [k for k, v in vehicles.items() if v.seconds_whole >= 1]
    caught = [k for k in expected if k in found]
    legible = [k for k in caught if vehicles[k].plate_px >= _LEAST_PLATE_PX]
    classes = sum(_class_right(found[k][0]["class"], vehicles[k].kind) for k in caught)
    exact = sum(any(p["plate"]["text"] == vehicles[k].text for p in found[k]) for k in legible)
    read = [(k, p) for k, ps in found.items() for p in ps if p["plate"]["status"] == "read"]
    wrong = sum(p["plate"]["text"] != vehicles[k].text for k, p in read)
    twice = sum(len(ps) > 1 for ps in found.values())
    print(f"{clip}: captured {len(caught)} of {len(expected)} vehicles, {twice} twice, {strange} "
          f"passages of no vehicle; class {classes} of {len(caught)}; plates exact {exact} of "
          f"{len(legible)}; wrong among read {wrong} of {len(read)}")  # fmt: skip
    missed = [f"{vehicles[k].kind} {vehicles[k].text}" for k in expected if k not in found]
    print(f"  missed: {', '.join(missed) or 'none'}")
    note(f"passages.{clip}.captured", len(caught) / max(1, len(expected)), least=0.95)
    note(f"passages.{clip}.plates_exact", exact / max(1, len(legible)), least=0.95)
    note(f"passages.{clip}.wrong_among_read", wrong / max(1, len(read)), limit=0.005)
    _speeds(clip, found, vehicles)
    _red_lights(clip, found, events)


def _speeds(
    clip: str, found: dict[int, list[dict[str, Any]]], vehicles: dict[int, Expected]
) -> None:
    errors, within = [], 0
    for vehicle, passages in found.items():
        for one in passages:
            speed = one.get("speed") or {}
            if speed.get("status") == "measured":
                low, high = vehicles[vehicle].speed_kmh(one["entered_s"], one["left_s"])
                off = max(low - speed["kmh"], speed["kmh"] - high, 0.0)
                errors.append(off)
                within += off <= speed["u_kmh"]
    if errors:
        print(f"  speeds measured {len(errors)}: error median {np.median(errors):.2f}, most "
              f"{max(errors):.2f} km/h; within ± U {within}")  # fmt: skip
        note(f"passages.{clip}.speed_error_most_kmh", max(errors), limit=2.0)
        note(f"passages.{clip}.speed_within_u", within / len(errors), least=0.95)


def _red_lights(
    clip: str, found: dict[int, list[dict[str, Any]]], events: list[TruthEvent]
) -> None:
    true = {e.vehicle_id for e in events if e.facts.get("on_red")}
    if not true:
        return
    said = {k for k, ps in found.items() for p in ps
            for v in p.get("violations", ()) if "red" in str(v)}  # fmt: skip
    if not (_DEMO / f"{clip}.site.toml").exists():
        print(f"  red light: {len(true)} true; not judged, the clip has no site file")
        return
    print(f"  red light: {len(true & said)} of {len(true)} found, {len(said - true)} false")
    note(f"passages.{clip}.red_light_found", len(true & said) / len(true), least=1.0)
    note(f"passages.{clip}.red_light_false", float(len(said - true)), limit=0)


def run() -> None:
    """Watch and judge each clip."""
    for clip in _CLIPS:
        judge(clip, watched(clip))
