"""Where lines of text stand on a picture: PP-OCRv6's text detector, run on OpenVINO.

The network gives the probability that a pixel lies in the (shrunk) core of a text line; cores
are outlined and grown back (Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", arXiv:1911.08947; thresholds and growth are those RapidOCR 3.10 ships).
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.vision.networks import Network
from sergek.vision.ocr_weights import DETECTION_FILE, ocr_weights
from sergek.vision.quads import Quad, upright

__all__ = ["TextRegion", "TextRegions"]

_PIXEL_SCORE, _REGION_SCORE, _GROWTH, _LEAST_PX = 0.3, 0.5, 1.6, 3.0
_CELL_PX = 32


class TextRegion(NamedTuple):
    """One line of text: its corners in the picture's pixels, and the network's mean score."""

    quad: Quad
    score: float


class TextRegions:
    """The text detector; safe to call from several threads."""

    def __init__(self, core: ov.Core, threads: int) -> None:
        self._network = Network(core, core.read_model(str(ocr_weights(DETECTION_FILE))), threads)

    def find(self, pictures: Sequence[Image], side_px: int) -> list[list[TextRegion]]:
        """Lines of text per picture, each picture seen with its longer side at `side_px`."""
        seen = [_seen(picture, side_px) for picture in pictures]
        answers = self._network.infer(seen)
        return [
            _regions(answer[0][0, 0], picture.shape[1], picture.shape[0])
            for picture, answer in zip(pictures, answers, strict=True)
        ]


def _seen(picture: Image, side_px: int) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    size = [max(_CELL_PX, round(each * scale / _CELL_PX) * _CELL_PX) for each in (width, height)]
    small = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    planes = small.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1.0
    return np.ascontiguousarray(planes[None])


def _regions(probability: NDArray[np.float32], width: int, height: int) -> list[TextRegion]:
    rows, columns = probability.shape
    mask = cv2.dilate((probability > _PIXEL_SCORE).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[TextRegion] = []
    for outline in outlines:
        centre, (a, b), angle = cv2.minAreaRect(outline)
        if min(a, b) < _LEAST_PX:
            continue
        core = np.asarray(cv2.boxPoints((centre, (a, b), angle)), dtype=np.float32)
        score = _mean_within(probability, core)
        if score < _REGION_SCORE:
            continue
        # Growth by area × ratio / perimeter on each side undoes the training's shrinking.
        more = a * b * _GROWTH / (a + b)
        quad = upright((centre[0], centre[1]), (a + more, b + more), angle)
        found.append(TextRegion(quad * np.array([width / columns, height / rows]), score))
    return sorted(found, key=lambda region: -region.score)


def _mean_within(probability: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = probability[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - low).astype(np.int32)], (1,))
    return float(cv2.mean(part, mask)[0])
