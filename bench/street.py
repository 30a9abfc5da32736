"""The rendered street: which vehicles the default detector sees, and passages without pictures."""

import time
from collections import Counter
from pathlib import Path

import numpy as np

from bench._results import note
from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.simulation.street.film import Sensor, pictures
from sergek.simulation.street.load import load_scene
from sergek.simulation.street.observe import frame_truth
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.passages import looks_at
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.showroom import showroom
from sergek.simulation.street.stage import Stage
from sergek.simulation.truth import TruthFrame, TruthVehicle, read_truth
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings

_ROOT = Path(__file__).parent.parent
_EVERY_S = 0.5
_LEAST_HEIGHT_PX = 40
_LEAST_SHARE = 0.6


def run() -> None:
    """Measure and note both."""
    _passages()
    _stills()
    found: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for truth in sorted((_ROOT / "demo").glob("*.truth.jsonl.gz")):
        here, there = _clip(truth)
        print(f"{truth.name}: found {sum(here.values())} of {sum(there.values())}")
        found += here
        shown += there
    for kind, count in sorted(shown.items()):
        print(f"  {kind}: {found[kind]} of {count} ({found[kind] / count:.0%})")
    share = sum(found.values()) / max(1, sum(shown.values()))
    note("street.detector_recall_iou_0.5", share, least=0.90)


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


def _clip(truth: Path) -> tuple[Counter[str], Counter[str]]:
    """Vehicles found and shown per class, on a picture every half second."""
    detector = load_detector(DetectorSettings())
    header, body = read_truth(truth)
    frames = {line.index: line for line in body if isinstance(line, TruthFrame)}
    step = max(1, round(_EVERY_S * header.fps))
    found: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    video = truth.with_name(truth.name.replace(".truth.jsonl.gz", ".mp4"))
    for index, picture in enumerate(pictures(video)):
        if index % step:
            continue
        (detections,) = detector.detect([picture])
        for vehicle in frames[index].vehicles:
            if not _judged(vehicle, header.width, header.height):
                continue
            kind = vehicle.vehicle_class.value
            shown[kind] += 1
            found[kind] += _is_found(vehicle, detections)
    return found, shown


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


def _stills() -> None:
    """Each kind of body as it is drawn now, in stills of three cameras, both ways, four places."""
    detector = load_detector(DetectorSettings())
    found: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for kind in VehicleKind:
        for scene in showroom(kind):
            stage = Stage(scene, Path("out"), background="drawn")
            picture = Sensor(scene).expose(stage.paint(0), 0)
            truth = frame_truth(scene, stage.fleet, 0)
            stage.close()
            (detections,) = detector.detect([np.ascontiguousarray(picture)])
            for vehicle in truth.vehicles:
                if _judged(vehicle, scene.video.width, scene.video.height):
                    shown[kind.value] += 1
                    found[kind.value] += _is_found(vehicle, detections)
        print(f"  stills: {kind.value} {found[kind.value]} of {shown[kind.value]}", flush=True)
    share = sum(found.values()) / max(1, sum(shown.values()))
    note("street.detector_recall_stills", share, least=0.90)
