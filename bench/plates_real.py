"""Our plate locator on real photos it was never trained on: recall at IoU 0.3.

`SERGEK_SHARED=… python -m bench plates_real` needs the shared test data (European and American
cars with plate boxes, Ukrainian ones with texts only, plates of Argentina and others cut out).
Nothing is trained on these photos and no threshold was chosen by them. Every figure here is *real*.
"""

import csv
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import cv2
import numpy as np
import openvino as ov

from bench._confidence import interval
from sergek.core.frame import Image
from sergek.core.vehicle import Box, VehicleClass
from sergek.traffic.plates import plain
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.detector import load_detector
from sergek.vision.kz_recogniser import KzRecogniser
from sergek.vision.plate_ports import PlateRecogniser
from sergek.vision.settings import DetectorSettings
from sergek.vision.text_recogniser import TextRecogniser

SETS = ("openalpr_eu", "openalpr_us")
# Plates that came cut out: Argentina's, by day and by night, and one of each of a dozen countries.
CROPS = ("argentina_crops", "cis_samples")
OUT = Path("docs/ref")

Find = Callable[[Image], list[tuple[float, Box]]]


def _box(corners: Sequence[Sequence[float]], shift: tuple[float, float] = (0, 0)) -> Box:
    points = np.array(corners) + shift
    low, high = points.min(0), points.max(0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def whole(locator: CornerLocator) -> Find:
    """Looks at the photo as it is."""
    return lambda image: [(c.score, _box(c.corners)) for c in locator.locate([image])[0]]


def by_vehicle(locator: CornerLocator) -> Find:
    """Looks at each vehicle that the default detector finds, as the edge does."""
    detector = load_detector(DetectorSettings())

    def find(image: Image) -> list[tuple[float, Box]]:
        found = []
        for one in detector.detect([image])[0]:
            if one.vehicle_class in (VehicleClass.PERSON, VehicleClass.BICYCLE):
                continue
            box = one.box.clipped(image.shape[1], image.shape[0])
            x, y = int(box.x1), int(box.y1)
            crop = image[y : int(box.y2) + 1, x : int(box.x2) + 1]
            if min(crop.shape[:2]) > 20:
                seen = locator.locate([np.ascontiguousarray(crop)])[0]
                found += [(c.score, _box(c.corners, (x, y))) for c in seen]
        return found

    return find


def labelled(folder: Path) -> Iterator[tuple[Image, Box]]:
    """Photos of cars and the box of their plate."""
    for row in csv.DictReader((folder / "truth.csv").open(encoding="utf-8")):
        x, y, w, h = (float(row[key]) for key in ("x", "y", "w", "h"))
        yield np.asarray(cv2.imread(str(folder / row["image"])), np.uint8), Box(x, y, x + w, y + h)


def on_plain(folder: Path) -> Iterator[tuple[Image, Box]]:
    """Real plates that came cut out, each on a plain ground of its own mean colour, darkened."""
    for row in csv.DictReader((folder / "truth.csv").open(encoding="utf-8")):
        crop = np.asarray(cv2.imread(str(folder / row["image"])), np.uint8)
        high, wide = crop.shape[:2]
        ground = np.full((4 * high + wide, 3 * wide, 3), crop.mean(axis=(0, 1)) * 0.5, np.uint8)
        y, x = (ground.shape[0] - high) // 2, wide
        ground[y : y + high, x : x + wide] = crop
        yield ground, Box(x, y, x + wide, y + high)


def judged(photos: Iterable[tuple[Image, Box]], find: Find) -> dict[str, float | str]:
    """Recall at IoU 0.3 and 0.5, and places per photo that are no labelled plate."""
    best, false = [], 0
    for image, truth in photos:
        shares = [box.iou(truth) for _, box in find(image)]
        best.append(max(shares, default=0.0))
        false += sum(s < 0.3 for s in shares)
    hits = sum(b >= 0.3 for b in best)
    low, high = interval(hits, len(best))
    return {
        "photos": len(best),
        "recall_iou_0.3": hits / len(best),
        "interval": f"{100 * low:.0f}–{100 * high:.0f} %",
        "recall_iou_0.5": sum(b >= 0.5 for b in best) / len(best),
        "false_per_photo": false / len(best),
    }


def found_by_text(folder: Path, locator: CornerLocator) -> dict[str, float | str]:
    """Photos without boxes: the plate counts as found where one place reads as the truth, one
    character missing or wrong at most."""
    reader = TextRecogniser(ov.Core(), 1)
    rows = list(csv.DictReader((folder / "truth.csv").open(encoding="utf-8")))
    hits = exact = 0
    for row in rows:
        image = np.asarray(cv2.imread(str(folder / row["image"])), np.uint8)
        places = locator.locate([image])[0]
        read = [plain(each.raw)[0] for each in reader.recognise([(image, c) for c in places])]
        shares = [SequenceMatcher(None, text, row["text"]).ratio() for text in read]
        hits += max(shares, default=0.0) >= 1 - 1.5 / len(row["text"])
        exact += row["text"] in read
    low, high = interval(hits, len(rows))
    return {
        "photos": len(rows),
        "found": hits / len(rows),
        "interval": f"{100 * low:.0f}–{100 * high:.0f} %",
        "read_exactly": exact / len(rows),
    }


def reading(folder: Path, locator: CornerLocator) -> dict[str, float]:
    """Texts read exactly, without any layout, at the corners of the labelled plate."""
    readers: dict[str, PlateRecogniser] = {
        "ours": KzRecogniser(),
        "pp-ocrv6": TextRecogniser(ov.Core(), 1),
    }
    right = dict.fromkeys(readers, 0)
    texts = [row["text"] for row in csv.DictReader((folder / "truth.csv").open(encoding="utf-8"))]
    for text, (image, truth) in zip(texts, labelled(folder), strict=True):
        places = [c for c in locator.locate([image])[0] if _box(c.corners).iou(truth) >= 0.3]
        for name, reader in readers.items() if places else ():
            (read,) = reader.recognise([(image, places[0])])
            right[name] += plain(read.raw)[0] == text
    return {name: count / len(texts) for name, count in right.items()}


def milliseconds(folder: Path, locator: CornerLocator) -> float:
    """Processor time of the locator a picture fitted into 400 × 300, as a vehicle's crop is."""
    images = [cv2.imread(str(path)) for path in sorted(folder.glob("*.jpg"))[:40]]
    crops = [np.asarray(cv2.resize(image, (400, 300)), np.uint8) for image in images]  # type: ignore[arg-type]
    start = time.process_time()
    locator.locate(crops)
    return 1000 * (time.process_time() - start) / len(crops)


def run() -> None:
    """Print the figures and write `plates-real.json` to docs/ref."""
    root = Path(os.environ.get("SERGEK_SHARED", "../shared")) / "data" / "plates"
    if not root.is_dir():
        print(f"no photos at {root}: set SERGEK_SHARED")
        return
    cv2.setNumThreads(1)
    locator = CornerLocator()
    figures: dict[str, dict[str, float | str]] = {}
    for name in SETS:
        for way, find in (("whole photo", whole(locator)), ("by vehicle", by_vehicle(locator))):
            figures[f"{name}, {way}"] = judged(labelled(root / name), find)
            print(name, way, figures[f"{name}, {way}"])
    for name in CROPS:
        figures[f"{name}, on a plain ground"] = judged(on_plain(root / name), whole(locator))
        print(name, figures[f"{name}, on a plain ground"])
    figures["ukraine_cars, by text"] = found_by_text(root / "ukraine_cars", locator)
    print("ukraine_cars", figures["ukraine_cars, by text"])
    figures["openalpr_eu, read exactly"] = dict(reading(root / "openalpr_eu", locator))
    print("read exactly", figures["openalpr_eu, read exactly"])
    print(f"locator {milliseconds(root / 'openalpr_eu', locator):.1f} ms a crop (limit 8)")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "plates-real.json").write_text(
        json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8"
    )
