"""Overlap between boxes, and one box per object."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Boxes", "iou_matrix", "overlap_of_smaller", "suppressed"]

# N × 4 boxes (x1, y1, x2, y2).
Boxes = NDArray[np.float64]


def _shared(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    size = np.clip(bottom_right - top_left, 0, None)
    area: NDArray[np.float64] = size[..., 0] * size[..., 1]
    return area


def _area(boxes: Boxes) -> NDArray[np.float64]:
    area: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area


def iou_matrix(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union of every box of `a` (rows) with every box of `b` (columns)."""
    shared = _shared(a, b)
    union = _area(a)[:, None] + _area(b)[None, :] - shared
    return shared / np.maximum(union, 1e-9)


def overlap_of_smaller(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over the smaller of the two boxes: 1 when one lies within the other."""
    smaller = np.minimum(_area(a)[:, None], _area(b)[None, :])
    return _shared(a, b) / np.maximum(smaller, 1e-9)


def _covers(boxes: Boxes, max_overlap: float) -> NDArray[np.bool_]:
    shared, area = _shared(boxes, boxes), np.maximum(_area(boxes), 1e-9)
    smaller, larger = np.minimum(area[:, None], area), np.maximum(area[:, None], area)
    nested = (shared > 0.9 * smaller) & (smaller > 0.4 * larger)
    overlaps: NDArray[np.bool_] = shared > max_overlap * (smaller + larger - shared)
    return overlaps | nested


def suppressed(boxes: Boxes, scores: NDArray[np.float64], max_overlap: float) -> NDArray[np.intp]:
    """Indices of the boxes to keep, best score first: greedy non-maximum suppression.

    A box goes when a better one overlaps it by more than `max_overlap` (IoU), or when nine
    tenths of one lie within the other and they differ less than 2.5-fold in area: two boxes of
    one vehicle, as when a network names a van both car and truck. A car that stands before a
    lorry is much smaller than it and stays.
    """
    order = np.argsort(-scores, kind="stable")
    if order.size < 2:
        return order
    ordered = boxes[order]
    covers = _covers(ordered, max_overlap)
    kept = np.ones(order.size, dtype=bool)
    for i in range(order.size - 1):
        if kept[i]:
            kept[i + 1 :] &= ~covers[i, i + 1 :]
    return order[kept]
