"""Media of a case as they go into a package: pictures encoded, packets copied into a clip."""

from collections.abc import Sequence
from typing import Literal

import cv2

from sergek.adapters.evidence.package import Media
from sergek.core.errors import Corrupt
from sergek.core.frame import Image

__all__ = ["jpeg", "picture_media"]

Role = Literal["overview_before", "overview_after", "plate", "signal_strip"]
_QUALITY = 92


def jpeg(image: Image, quality: int = _QUALITY) -> bytes:
    """The picture as JPEG, full size."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise Corrupt("an empty picture cannot be sealed")
    return bytes(data)


def picture_media(pictures: Sequence[tuple[Role, Image | bytes]]) -> list[Media]:
    """Pictures in the order given; bytes are a JPEG already."""
    return [
        Media(role, "image/jpeg", image if isinstance(image, bytes) else jpeg(image))
        for role, image in pictures
    ]
