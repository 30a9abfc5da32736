"""How known ONNX detectors want their picture and lay out their answer.

Each layout is what the project of that name exports for COCO:

* `yolox` – Megvii YOLOX (Apache-2.0): one output 1 × N × (5 + classes), box centre and size still
  relative to the cells of strides 8, 16 and 32, objectness and class scores as probabilities;
  picture letterboxed at the top left on grey 114, blue-green-red, 0–255.
* `nanodet` – NanoDet and NanoDet-Plus (Apache-2.0): one output 1 × N × (classes + 4 × bins), class
  probabilities, then the distances to the four sides as distributions over the bins; three
  strides (cells' middles) or, from Plus on, four (cells' corners); squeezed, BGR, normalised.
* `rfdetr` – RF-DETR (Apache-2.0): boxes 1 × N × 4 (centre and size in shares of the picture) and
  logits 1 × N × classes, COCO ids from 1; picture squeezed, RGB, normalised.
* `dfine` – D-FINE (Apache-2.0): labels, boxes in pixels of a size given as second input, and
  scores; COCO classes counted from 0; picture squeezed, RGB, 0–1.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.core.frame import Image
from sergek.core.vehicle import VehicleClass
from sergek.vision.settings import ModelLayout
from sergek.vision.suppression import Boxes

__all__ = ["LAYOUTS", "Answer", "Fitted", "Layout", "nanodet", "yolox"]

_Floats = NDArray[np.float32]

# COCO's own ids (91 names with gaps) and the usual 80 without gaps.
COCO_91: Mapping[int, VehicleClass] = {
    1: VehicleClass.PERSON,
    2: VehicleClass.BICYCLE,
    3: VehicleClass.CAR,
    4: VehicleClass.MOTORCYCLE,
    6: VehicleClass.BUS,
    8: VehicleClass.TRUCK,
}
COCO_80: Mapping[int, VehicleClass] = {
    0: VehicleClass.PERSON,
    1: VehicleClass.BICYCLE,
    2: VehicleClass.CAR,
    3: VehicleClass.MOTORCYCLE,
    5: VehicleClass.BUS,
    7: VehicleClass.TRUCK,
}
_IMAGENET_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_IMAGENET_STD = np.array([58.395, 57.12, 57.375], np.float32)


class Fitted(NamedTuple):
    """A picture as a network takes it (1 × 3 × h × w), and picture pixels per network pixel."""

    planes: _Floats
    scale_x: float
    scale_y: float


class Answer(NamedTuple):
    """What a network said, in its own pixels: N × 4 boxes, N class numbers, N scores."""

    boxes: Boxes
    classes: NDArray[np.intp]
    scores: NDArray[np.float64]


class Layout(NamedTuple):
    """One family of networks: how to fit a picture, decode the outputs, number the classes."""

    fit: Callable[[Image, int, int], Fitted]
    decode: Callable[[Sequence[NDArray[np.generic]], int, int], Answer]
    classes: Mapping[int, VehicleClass]


def _planes(picture: NDArray[np.generic]) -> _Floats:
    return np.ascontiguousarray(picture.astype(np.float32).transpose(2, 0, 1)[None])


def _squeezed(picture: Image, width: int, height: int) -> tuple[Image, float, float]:
    small: Image = np.asarray(cv2.resize(picture, (width, height)), np.uint8)
    return small, picture.shape[1] / width, picture.shape[0] / height


def _fit_yolox(picture: Image, width: int, height: int) -> Fitted:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = max(1, int(picture.shape[1] * scale)), max(1, int(picture.shape[0] * scale))
    room = np.full((height, width, 3), 114, np.uint8)
    room[: size[1], : size[0]] = cv2.resize(picture, size)
    return Fitted(_planes(room), 1 / scale, 1 / scale)


def _fit_nanodet(picture: Image, width: int, height: int) -> Fitted:
    small, sx, sy = _squeezed(picture, width, height)
    return Fitted(_planes((small - _IMAGENET_MEAN[::-1]) / _IMAGENET_STD[::-1]), sx, sy)


def _fit_rfdetr(picture: Image, width: int, height: int) -> Fitted:
    small, sx, sy = _squeezed(picture, width, height)
    return Fitted(_planes((small[..., ::-1] - _IMAGENET_MEAN) / _IMAGENET_STD), sx, sy)


def _fit_dfine(picture: Image, width: int, height: int) -> Fitted:
    small, sx, sy = _squeezed(picture, width, height)
    return Fitted(_planes(small[..., ::-1].astype(np.float32) / 255), sx, sy)


def _cells(width: int, height: int, strides: Sequence[int], middle: float) -> NDArray[np.float64]:
    """N × 3 (x, y, stride) of every cell, finest stride first, row by row."""
    rows = []
    for stride in strides:
        wide, high = -(-width // stride), -(-height // stride)
        y, x = np.mgrid[:high, :wide].reshape(2, -1)
        rows.append(
            np.stack([(x + middle) * stride, (y + middle) * stride, np.full(x.size, stride)], 1)
        )
    cells: NDArray[np.float64] = np.concatenate(rows).astype(np.float64)
    return cells


def _corners(centre: NDArray[np.float64], size: NDArray[np.float64]) -> Boxes:
    return np.concatenate([centre - size / 2, centre + size / 2], axis=1)


def _best(scores: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    kind = scores.argmax(axis=1)
    return kind, np.take_along_axis(scores, kind[:, None], axis=1)[:, 0]


def _rows(outputs: Sequence[NDArray[np.generic]], name: str, expected: int) -> NDArray[np.float64]:
    if not outputs or outputs[0].ndim != 3 or outputs[0].shape[1] != expected:
        shape = outputs[0].shape if outputs else "none"
        raise ConfigError(f"The model's output {shape} is not laid out as {name}.")
    rows: NDArray[np.float64] = outputs[0][0].astype(np.float64)
    return rows


def yolox(outputs: Sequence[NDArray[np.generic]], width: int, height: int) -> Answer:
    """Decode a YOLOX answer for a network picture of that size."""
    cells = _cells(width, height, (8, 16, 32), 0.0)
    rows = _rows(outputs, "yolox", len(cells))
    stride = cells[:, 2:]
    boxes = _corners(rows[:, :2] * stride + cells[:, :2], np.exp(rows[:, 2:4]) * stride)
    kind, score = _best(rows[:, 5:])
    return Answer(boxes, kind, score * rows[:, 4])


def nanodet(outputs: Sequence[NDArray[np.generic]], width: int, height: int) -> Answer:
    """Decode a NanoDet or NanoDet-Plus answer for a network picture of that size."""
    plus = _cells(width, height, (8, 16, 32, 64), 0.0)
    is_plus = bool(outputs) and outputs[0].ndim == 3 and outputs[0].shape[1] == len(plus)
    cells = plus if is_plus else _cells(width, height, (8, 16, 32), 0.5)
    rows = _rows(outputs, "nanodet", len(cells))
    bins = next((b for b in (8, 11, 17) if rows.shape[1] - 4 * b == 80), 8)
    logits = rows[:, -4 * bins :].reshape(-1, 4, bins)
    chances = np.exp(logits - logits.max(axis=2, keepdims=True))
    chances /= chances.sum(axis=2, keepdims=True)
    away = chances @ np.arange(bins) * cells[:, 2:]
    boxes = np.concatenate([cells[:, :2] - away[:, :2], cells[:, :2] + away[:, 2:]], axis=1)
    return Answer(boxes, *_best(rows[:, : -4 * bins]))


def _rfdetr(outputs: Sequence[NDArray[np.generic]], width: int, height: int) -> Answer:
    by_size = {each.shape[-1]: each for each in outputs if each.ndim == 3}
    rows = by_size.pop(4, None)
    if rows is None or not by_size:
        shapes = [each.shape for each in outputs]
        raise ConfigError(f"The model's outputs {shapes} are not laid out as rfdetr.")
    logits = next(iter(by_size.values()))[0].astype(np.float64)
    shares = rows[0].astype(np.float64) * np.array([width, height, width, height])
    kind, score = _best(1 / (1 + np.exp(-logits)))
    return Answer(_corners(shares[:, :2], shares[:, 2:]), kind, score)


def _dfine(outputs: Sequence[NDArray[np.generic]], width: int, height: int) -> Answer:
    boxes = [each for each in outputs if each.ndim == 3 and each.shape[-1] == 4]
    flat = [each for each in outputs if each.ndim == 2]
    labels = [each for each in flat if np.issubdtype(each.dtype, np.integer)]
    scores = [each for each in flat if np.issubdtype(each.dtype, np.floating)]
    if not (len(boxes) == len(labels) == len(scores) == 1):
        shapes = [each.shape for each in outputs]
        raise ConfigError(f"The model's outputs {shapes} are not laid out as dfine.")
    return Answer(
        boxes[0][0].astype(np.float64),
        labels[0][0].astype(np.intp),
        scores[0][0].astype(np.float64),
    )


LAYOUTS: Mapping[ModelLayout, Layout] = {
    "yolox": Layout(_fit_yolox, yolox, COCO_80),
    "nanodet": Layout(_fit_nanodet, nanodet, COCO_80),
    "rfdetr": Layout(_fit_rfdetr, _rfdetr, COCO_91),
    "dfine": Layout(_fit_dfine, _dfine, COCO_80),
}
