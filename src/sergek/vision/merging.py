"""Boxes from several looks at one picture become one detection per road user."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.vision.suppression import Boxes, suppressed
from sergek.vision.views import Part

__all__ = ["RawBoxes", "merged"]

# People and two-wheelers come in crowds, around which networks draw a box of the same class.
_IN_CROWDS = (VehicleClass.PERSON, VehicleClass.MOTORCYCLE, VehicleClass.BICYCLE)
# So many of a crowd are seen one by one too, each on at most this share of its box, which is no
# upright figure's.
_CROWD, _MEMBER_SHARE, _LEAST_SHAPE = 3, 0.25, 0.8


class RawBoxes(NamedTuple):
    """What a network says of one part of a picture, in that part's pixels.

    `boxes` N × 4, `classes` and `scores` N.
    """

    boxes: Boxes
    classes: list[VehicleClass]
    scores: NDArray[np.float64]


def merged(
    found: Sequence[tuple[Part, RawBoxes]], size: tuple[int, int], max_overlap: float
) -> list[Detection]:
    """One detection per road user from the answers for all parts of a picture of (w, h).

    Boxes that touch a side where their part was cut are half vehicles and go; persons and
    vehicles are suppressed apart, because a rider and the motorcycle are both there. A box around
    a crowd is nobody's and goes: masked as one person it would hide half of a street.
    """
    boxes: list[Boxes] = []
    scores: list[NDArray[np.float64]] = []
    classes: list[VehicleClass] = []
    for part, raw in found:
        whole = _whole(part, raw.boxes)
        boxes.append(raw.boxes[whole] + np.array([part.x1, part.y1, part.x1, part.y1]))
        scores.append(raw.scores[whole])
        classes.extend(raw.classes[i] for i in np.flatnonzero(whole))
    if not classes:
        return []
    all_boxes = np.clip(np.concatenate(boxes), 0, np.array([*size, *size]))
    all_scores = np.concatenate(scores)
    is_person = np.array([kind is VehicleClass.PERSON for kind in classes])
    has_area = (all_boxes[:, 2:] - all_boxes[:, :2] >= 1).all(axis=1)
    kept: list[int] = []
    for group in (~is_person & has_area, is_person & has_area):
        index = np.flatnonzero(group)
        kept.extend(index[suppressed(all_boxes[index], all_scores[index], max_overlap)])
    for kind in _IN_CROWDS:
        alike = np.array([i for i in kept if classes[i] is kind], dtype=int)
        around = set(alike[_around_crowds(all_boxes[alike])].tolist())
        kept = [i for i in kept if i not in around]
    kept.sort(key=lambda i: -float(all_scores[i]))
    return [
        Detection(Box(*map(float, all_boxes[i])), classes[i], float(min(all_scores[i], 1.0)))
        for i in kept
    ]


def _around_crowds(boxes: Boxes) -> NDArray[np.bool_]:
    """Which of these boxes of one class hold at least three of the others."""
    if len(boxes) <= _CROWD:
        return np.zeros(len(boxes), dtype=bool)
    size = boxes[:, 2:] - boxes[:, :2]
    middle, area = boxes[:, :2] + size / 2, size.prod(axis=1)
    inside = (middle[None] > boxes[:, None, :2]).all(axis=2)
    inside &= (middle[None] < boxes[:, None, 2:]).all(axis=2)
    inside &= area[None] <= _MEMBER_SHARE * area[:, None]
    wide = size[:, 0] >= _LEAST_SHAPE * size[:, 1]
    return np.asarray(wide & (inside.sum(axis=1) >= _CROWD), bool)


def _whole(part: Part, boxes: Boxes) -> NDArray[np.bool_]:
    near = 0.01 * (part.x2 - part.x1)
    kept = np.ones(len(boxes), dtype=bool)
    if part.cut_left:
        kept &= boxes[:, 0] > near
    if part.cut_right:
        kept &= boxes[:, 2] < part.x2 - part.x1 - near
    return kept
