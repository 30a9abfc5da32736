"""The rendered street: which vehicles the default detector sees, and passages without pictures.

A vehicle counts if it is at least 40 px high, 60 % visible and not cut; found means IoU ≥ 0.5. The
clips of `demo/` are what a street shows; the showroom drives every kind past as often as any other.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench._results import note
from sergek.core.frame import Image
from sergek.core.ports import Detector
from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.simulation.street.film import Sensor, pictures
from sergek.simulation.street.load import load_scene
from sergek.simulation.street.observe import frame_truth
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.passages import looks_at
from sergek.simulation.street.scene import Light, Sky, Weather
from sergek.simulation.street.showroom import showroom
from sergek.simulation.street.stage import Stage
from sergek.simulation.truth import TruthFrame, TruthVehicle, read_truth
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings

_ROOT = Path(__file__).parent.parent
_EVERY_S = 0.5
_LEAST_HEIGHT_PX = 40
_LEAST_SHARE = 0.6
_HEIGHTS_PX = (40, 60, 90, 140, 2000)
# The showroom's lights, and how many of its cameras see each.
_LIGHTS = (
    (Light(), 3), (Light(sky=Sky.LOW_SUN), 1), (Light(sky=Sky.DUSK), 1), (Light(sky=Sky.NIGHT), 1),
    (Light(weather=Weather.RAIN), 1), (Light(weather=Weather.SNOW), 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A true vehicle on a picture: its kind, height and light, and whether it was found."""

    kind: str
    height_px: float
    light: str
    found: bool


def run() -> None:
    """Measure and note both."""
    _passages()
    detector = load_detector(DetectorSettings())
    clips: list[Shown] = []
    for truth in sorted((_ROOT / "demo").glob("*.truth.jsonl.gz")):
        here = list(_clip(truth, detector))
        print(f"{truth.name}: found {_share(here)}")
        clips += here
    _table(clips, "the clips")
    note("street.detector_recall_iou_0.5", _recall(clips), least=0.90)
    stills = [one for light, cameras in _LIGHTS for one in _stills(light, cameras, detector)]
    _table(stills, "the showroom")
    for name in dict.fromkeys(one.light for one in stills):
        print(f"  {name}: {_share([one for one in stills if one.light == name])}")
    note("street.detector_recall_stills", _recall(stills), least=0.90)


def _recall(shown: Sequence[Shown]) -> float:
    return sum(one.found for one in shown) / max(1, len(shown))


def _share(shown: Sequence[Shown]) -> str:
    hits = sum(one.found for one in shown)
    return f"{hits} of {len(shown)} ({_recall(shown):.0%})" if shown else "–"


def _table(shown: Sequence[Shown], where: str) -> None:
    """Kinds by heights, as Markdown."""
    spans = list(pairwise(_HEIGHTS_PX))
    print(f"| {where} | all | " + " | ".join(f"{a}–{b} px" for a, b in spans[:-1]) + " | higher |")
    print("|---" * (2 + len(spans)) + "|")
    rows: list[tuple[str, Callable[[Shown], bool]]] = [("all", lambda one: True)]
    for kind in sorted({one.kind for one in shown}):
        rows.append((kind, lambda one, kind=kind: one.kind == kind))  # type: ignore[misc]
    for name, belongs in rows:
        part = [one for one in shown if belongs(one)]
        cells = [_share([one for one in part if a <= one.height_px < b]) for a, b in spans]
        print(f"| {name} | {_share(part)} | {' | '.join(cells)} |", flush=True)


def _passages() -> None:
    scene = load_scene(_ROOT / "scenes" / "section.toml")
    rng = np.random.default_rng(1)
    # Processor time of one thread: other work on the machine does not count.
    began = time.process_time()
    count = 0
    for _ in range(40):
        count += len(looks_at(optics_at(scene, 0.0), rng.uniform(20, 140, 50), rng))
    rate = count / (time.process_time() - began)
    print(f"passages without pictures: {rate:.0f} a second of one core")
    note("street.passages_without_pictures_per_s", rate, least=1000)


def _clip(truth: Path, detector: Detector) -> Iterator[Shown]:
    """Vehicles of a clip on a picture every half second."""
    header, body = read_truth(truth)
    frames = {line.index: line for line in body if isinstance(line, TruthFrame)}
    step = max(1, round(_EVERY_S * header.fps))
    video = truth.with_name(truth.name.replace(".truth.jsonl.gz", ".mp4"))
    for index, picture in enumerate(pictures(video)):
        if index % step == 0:
            for vehicle, found in _looked_for(picture, frames[index], detector):
                kind = vehicle.vehicle_class.value
                yield Shown(kind, vehicle.box[3] - vehicle.box[1], "clip", found)


def _stills(light: Light, cameras: int, detector: Detector) -> Iterator[Shown]:
    """Each kind of body as it is drawn now."""
    name = light.sky if light.weather is Weather.CLEAR else light.weather
    for scene in showroom(light, cameras):
        stage = Stage(scene, Path("out"), background="drawn")
        sensor = Sensor(scene)
        kinds = {mover.vehicle_id: mover.body.kind.value for mover in stage.fleet}
        for index in range(scene.frames):
            picture = np.ascontiguousarray(sensor.expose(stage.paint(index), index))
            truth = frame_truth(scene, stage.fleet, index)
            for vehicle, found in _looked_for(picture, truth, detector):
                height = vehicle.box[3] - vehicle.box[1]
                yield Shown(kinds[vehicle.vehicle_id], height, name.value, found)
        stage.close()


def _looked_for(
    picture: Image, truth: TruthFrame, detector: Detector
) -> Iterator[tuple[TruthVehicle, bool]]:
    """The vehicles that count, and whether the detector found each."""
    (detections,) = detector.detect([picture])
    high, wide = picture.shape[:2]
    for vehicle in truth.vehicles:
        if _judged(vehicle, wide, high):
            yield vehicle, _is_found(vehicle, detections)


def _judged(vehicle: TruthVehicle, width: int, height: int) -> bool:
    """Tall enough, mostly visible and not cut by the picture's border."""
    x1, y1, x2, y2 = vehicle.box
    whole = x1 > 1 and y1 > 1 and x2 < width - 1 and y2 < height - 1
    return whole and y2 - y1 >= _LEAST_HEIGHT_PX and vehicle.visible_share >= _LEAST_SHARE


def _is_found(vehicle: TruthVehicle, detections: list[Detection]) -> bool:
    box = Box(*vehicle.box)
    if vehicle.vehicle_class is VehicleClass.MOTORCYCLE and any(
        d.vehicle_class == "motorcycle" and _is_machine(box, d.box) for d in detections
    ):
        return True
    return any(box.iou(d.box) >= 0.5 and d.vehicle_class != "person" for d in detections)


def _is_machine(whole: Box, said: Box) -> bool:
    """Whether a box is that of a motorcycle without its rider, as COCO draws them: two fifths of
    the whole height or more, and mostly inside it."""
    wide = min(whole.x2, said.x2) - max(whole.x1, said.x1)
    high = min(whole.y2, said.y2) - max(whole.y1, said.y1)
    inside = max(wide, 0.0) * max(high, 0.0) / max(said.area, 1.0)
    return inside >= 0.7 and said.y2 - said.y1 >= 0.4 * (whole.y2 - whole.y1)
