"""Detectors from ONNX files: each layout decoded to boxes in the picture's own pixels."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.core.vehicle import Box, VehicleClass
from sergek.testing.onnx_files import constant_network
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings, ModelLayout

SIDE = 64
PICTURE = np.zeros((128, 256, 3), np.uint8)  # four times and twice the network's picture
Inputs = dict[str, tuple[int, tuple[int, ...]]]
IMAGE: Inputs = {"images": (1, (1, 3, SIDE, SIDE))}


def described(
    folder: Path,
    layout: ModelLayout,
    inputs: Inputs,
    outputs: dict[str, NDArray[np.generic]],
    **other: object,
) -> DetectorSettings:
    path = folder / f"{layout}.onnx"
    path.write_bytes(constant_network(inputs, outputs))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    values = {"model": path, "layout": layout, "licence": "Apache-2.0", "sha256": digest}
    return DetectorSettings.model_validate({**values, **other})


def yolox_answer() -> NDArray[np.float32]:
    """A bus in the cell (2, 1) of stride 16: centre (40, 20), 32 × 16 network pixels."""
    rows = np.zeros((1, 64 + 16 + 4, 85), np.float32)
    cell = rows[0, 64 + 1 * 4 + 2]
    cell[:4] = [0.5, 0.25, np.log(2), np.log(1)]
    cell[4], cell[5 + 5] = 0.9, 0.8
    return rows


def test_yolox(tmp_path: Path) -> None:
    """YOLOX: cell offsets, letterbox and objectness are undone."""
    detector = load_detector(described(tmp_path, "yolox", IMAGE, {"output": yolox_answer()}))
    ((found,),) = detector.detect([PICTURE])
    # Letterboxed by a quarter, so four picture pixels per network pixel both ways.
    assert found.vehicle_class is VehicleClass.BUS
    assert found.score == pytest.approx(0.72, abs=1e-5)
    assert found.box.iou(Box(96, 48, 224, 112)) == pytest.approx(1, abs=1e-4)


def test_rfdetr(tmp_path: Path) -> None:
    """RF-DETR: shares of the picture, logits, COCO ids from 1."""
    boxes = np.zeros((1, 300, 4), np.float32)
    logits = np.full((1, 300, 91), -9, np.float32)
    boxes[0, 7] = [0.5, 0.5, 0.25, 0.5]
    logits[0, 7, 3] = 2.0
    outputs = {"dets": boxes, "labels": logits}
    detector = load_detector(described(tmp_path, "rfdetr", IMAGE, outputs))
    ((found,),) = detector.detect([PICTURE])
    assert (found.vehicle_class, found.box) == (VehicleClass.CAR, Box(96, 32, 160, 96))
    assert found.score == pytest.approx(1 / (1 + np.exp(-2)))


def test_dfine(tmp_path: Path) -> None:
    """D-FINE: labels, boxes and scores, with the size asked for as second input."""
    outputs: dict[str, NDArray[np.generic]] = {
        "labels": np.array([[7, 0, 44]], np.int64),
        "boxes": np.array([[[8, 8, 40, 24], [0, 0, 8, 30], [1, 1, 9, 9]]], np.float32),
        "scores": np.array([[0.9, 0.6, 0.8]], np.float32),
    }
    inputs: Inputs = {**IMAGE, "orig_target_sizes": (7, (1, 2))}
    detector = load_detector(described(tmp_path, "dfine", inputs, outputs))
    (found,) = detector.detect([PICTURE])
    assert [d.vehicle_class for d in found] == [VehicleClass.TRUCK, VehicleClass.PERSON]
    assert found[0].box == Box(32, 16, 160, 48)


@pytest.mark.parametrize(("cells", "corner"), [(64 + 16 + 4 + 1, 0.0), (64 + 16 + 4, 4.0)])
def test_nanodet(tmp_path: Path, cells: int, corner: float) -> None:
    """NanoDet-Plus and NanoDet: distances as distributions, cells' corners or middles."""
    rows = np.zeros((1, cells, 80 + 32), np.float32)
    rows[0, 2 * 8 + 3, 2] = 0.7  # stride 8, cell (3, 2), car
    bins = rows[0, 2 * 8 + 3, 80:].reshape(4, 8)
    for side, away in enumerate([1, 2, 3, 1]):
        bins[side, away] = 50.0
    detector = load_detector(described(tmp_path, "nanodet", IMAGE, {"output": rows}))
    ((found,),) = detector.detect([PICTURE])
    x, y = 24 + corner, 16 + corner
    expected = Box((x - 8) * 4, max(0, (y - 16) * 2), (x + 24) * 4, (y + 8) * 2)
    assert found.vehicle_class is VehicleClass.CAR
    assert found.box.iou(expected) == pytest.approx(1, abs=1e-3)


def test_views_and_own_classes(tmp_path: Path) -> None:
    """A view's boxes come back in the whole picture, class numbers as the config says."""
    settings = described(
        tmp_path,
        "yolox",
        IMAGE,
        {"output": yolox_answer()},
        classes={5: "van"},
        views=({"x1": 0.5, "y1": 0.0, "x2": 1.0, "y2": 1.0},),
    )
    ((found,),) = load_detector(settings).detect([PICTURE])
    assert found.vehicle_class is VehicleClass.VAN
    assert found.box.iou(Box(128 + 48, 24, 128 + 112, 56)) > 0.99


def test_another_file_than_stated_is_refused(tmp_path: Path) -> None:
    """A changed file, a missing one and one that is no model are each one sentence."""
    settings = described(tmp_path, "yolox", IMAGE, {"output": yolox_answer()})
    assert isinstance(settings.model, Path)
    settings.model.write_bytes(settings.model.read_bytes() + b"\0")
    with pytest.raises(ConfigError, match="not the file the config means"):
        load_detector(settings)
    settings.model.write_bytes(b"%PDF-1.4")
    digest = hashlib.sha256(b"%PDF-1.4").hexdigest()
    with pytest.raises(ConfigError, match="not a model"):
        load_detector(settings.model_copy(update={"sha256": digest}))
    settings.model.unlink()
    with pytest.raises(ConfigError, match="no detector file"):
        load_detector(settings)


@pytest.mark.parametrize("layout", ["yolox", "nanodet", "rfdetr", "dfine"])
def test_another_layout_than_stated_is_refused(tmp_path: Path, layout: ModelLayout) -> None:
    """A model that answers otherwise is told when it is loaded, not at the first vehicle."""
    outputs: dict[str, NDArray[np.generic]] = {"output": np.zeros((1, 10, 85), np.float32)}
    with pytest.raises(ConfigError, match="not laid out as"):
        load_detector(described(tmp_path, layout, IMAGE, outputs))
