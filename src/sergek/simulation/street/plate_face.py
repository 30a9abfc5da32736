"""The picture on a vehicle's plate: drawn by `simulation.plates`, seeded by its text."""

import zlib
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.simulation.plates.draw import draw_plate, random_style
from sergek.simulation.plates.layouts import form
from sergek.simulation.plates.typefaces import installed

__all__ = ["plate_face"]


def plate_face(lines: str, layout: str, dirt: float = 0.0) -> NDArray[np.uint8]:
    """The plate as RGB, rows from the top; `ConfigError` if no typeface is installed."""
    faces = installed()
    if not faces:
        raise ConfigError("No typeface for plates: apt-get install fonts-dejavu-core.")
    rng = np.random.default_rng(zlib.crc32(f"{lines} {layout}".encode()))
    style = replace(
        random_style(rng, faces), ground=(240, 244, 244), ink=(14, 12, 12), marks=True,
        marks_right=False, letter_share=0.76, fill=0.86,
    )  # fmt: skip
    flat = draw_plate(form(layout), lines, style, px_per_mm=2.0)
    picture = flat.image[..., ::-1].astype(np.float32)
    if dirt > 0:
        high, wide = picture.shape[:2]
        blot = cv2.resize(rng.random((6, 18)).astype(np.float32), (wide, high), interpolation=2)
        cover = np.clip((blot[..., None] - 0.25) * dirt * 0.9, 0, 0.8)
        picture = picture * (1 - cover) + np.array([112.0, 102, 90]) * cover
    return np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
