"""Pictures that leave memory: small enough, and no person recognisable on them."""

from collections.abc import Sequence

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.core.vehicle import Box

__all__ = ["encoded", "masked", "reduced"]

_BLOCKS = 5


def masked(picture: Image, persons: Sequence[Box], origin: tuple[int, int] = (0, 0)) -> Image:
    """A copy with each person coarsened to blocks; boxes in pixels of the whole picture.

    A tenth is added around each box: detectors cut heads.
    """
    height, width = picture.shape[:2]
    result = picture.copy()
    for person in persons:
        room = 0.1 * max(person.width, person.height)
        x1, y1 = int(person.x1 - room) - origin[0], int(person.y1 - room) - origin[1]
        x2, y2 = int(person.x2 + room) - origin[0], int(person.y2 + room) - origin[1]
        x1, y1, x2, y2 = max(0, x1), max(0, y1), min(width, x2), min(height, y2)
        if x2 - x1 < 2 or y2 - y1 < 2:
            continue
        part = result[y1:y2, x1:x2]
        high = max(1, round(_BLOCKS * (y2 - y1) / (x2 - x1)))
        coarse = cv2.resize(part, (_BLOCKS, high), interpolation=cv2.INTER_AREA)
        result[y1:y2, x1:x2] = cv2.resize(coarse, (x2 - x1, y2 - y1), interpolation=0)
    return result


def reduced(picture: Image, max_width: int) -> Image:
    """The picture, no wider than that."""
    height, width = picture.shape[:2]
    if width <= max_width:
        return picture
    size = (max_width, round(height * max_width / width))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def encoded(picture: Image, quality: int = 85) -> bytes:
    """The picture as JPEG."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("an empty picture cannot be encoded")
    return bytes(data)
