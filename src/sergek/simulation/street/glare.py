"""Stray light in the lens: haloes round lamps, headlights that dazzle, the veil of a low sun.

Light that goes astray falls with the square of the angle to its source, as Stiles and Holladay
found for the eye (CIE 146:2002) and as dust and drops on a camera's glass do too. Only the
picture knows it: what the truth says is where things are.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.street.lighting import Lighting
from sergek.simulation.street.optics import Optics
from sergek.simulation.street.raster import Drawn, Window

__all__ = ["Lens"]

Floats = NDArray[np.float64]
# The halo is worked out on a grid this much coarser than the picture.
_COARSE = 4
# Angle (rad) at which a lamp's light has fallen to half, and the sun's.
_LAMP_RAD, _SUN_RAD = 0.004, 0.2
# Share of the sensor's range in the middle of a halo: a head lamp and a street lamp 30 m away by
# night, the sun. Chosen by eye, as the exposures are.
_HEAD, _LAMP, _SUN = 4.0, 8.0, 0.8
_WARM, _COOL = np.array([0.62, 0.84, 1.0]), np.array([0.94, 0.98, 1.0])  # BGR


class Lens:
    """A posed lens of a scene's light; `dirt` 0 is clean and adds nothing, 1 is bad."""

    def __init__(
        self, optics: Optics, light: Lighting, lamps: Sequence[tuple[float, float, float]],
        dirt: float,
    ) -> None:  # fmt: skip
        self._optics, self._light, self._dirt = optics, light, dirt
        high, wide = -(-optics.height // _COARSE), -(-optics.width // _COARSE)
        y, x = np.mgrid[:high, :wide]
        self._x, self._y = (x + 0.5) * _COARSE, (y + 0.5) * _COARSE
        # By day lamps are lost in the light: what counts is the sensor's exposure.
        self._night = light.exposure / 11.0 * dirt
        self._still = np.zeros((high, wide, 3))
        if dirt and light.sun.max() > 0:
            self._still += self._veil()
        for lamp in lamps if light.lamp_watts and dirt else ():
            self._still += self._halo(np.array(lamp), _LAMP * self._night) * _WARM

    def through(
        self, picture: Image, drawn: Sequence[Drawn] = (), window: Window | None = None
    ) -> Image:
        """The picture (or the `window` of it) with the stray light of lamps and sun."""
        if not self._dirt:
            return picture
        glow = self._still.copy()
        for one in drawn if self._light.headlamps else ():
            for lamp in self._facing(one, drawn):
                glow += self._halo(lamp, _HEAD * self._night) * _COOL
        size = self._optics.width, self._optics.height
        fine = cv2.resize(np.minimum(glow, 1.0).astype(np.float32), size)
        x1, y1, x2, y2 = window or (0, 0, *size)
        base = picture.astype(np.float32)
        mixed: Image = (base + fine[y1:y2, x1:x2] * (255.0 - base)).astype(np.uint8)
        return mixed

    def _veil(self) -> Floats:
        """What the sun, in the picture or beside it, lays over every pixel."""
        middle = self._optics.width / 2, self._optics.height / 2
        rays = np.stack(
            [
                (self._x - middle[0]) / self._optics.focal_px,
                (self._y - middle[1]) / self._optics.focal_px,
                np.ones_like(self._x),
            ],
            axis=-1,
        )
        sun = self._optics.rotation @ self._light.to_sun
        cosine = rays @ sun / np.linalg.norm(rays, axis=-1)
        away = np.arccos(np.clip(cosine, -1, 1))
        # From behind, the housing shades the glass.
        reaches = np.clip((math.pi / 2 - away) / 0.5, 0, 1)
        share = _SUN * self._dirt * reaches / (1 + (away / _SUN_RAD) ** 2)
        colour = self._light.sun[::-1] / self._light.sun.max()
        result: Floats = share[..., None] * colour
        return result

    def _halo(self, lamp: Floats, strength: float) -> Floats:
        """The halo of a lamp (ground metres) in front of the camera, of one colour (h, w, 1)."""
        depth = float(self._optics.depth_m(lamp))
        if depth < 1:
            return np.zeros((1, 1, 1))
        x, y = self._optics.project(lamp)
        square = ((self._x - x) ** 2 + (self._y - y) ** 2) / self._optics.focal_px**2
        share = strength * (30 / depth) ** 2 / (1 + square / _LAMP_RAD**2)
        result: Floats = np.where(share > 0.004, share, 0.0)[..., None]
        return result

    def _facing(self, one: Drawn, drawn: Sequence[Drawn]) -> list[Floats]:
        """The head lamps of a vehicle that shine at the camera and that nobody hides."""
        found = []
        for local in one.vehicle.head_lamps:
            lamp = (one.pose @ np.array([*local, 1.0]))[:3]
            way = self._optics.position_m - lamp
            aimed = float(one.pose[:3, 0] @ way) / float(np.linalg.norm(way))
            if aimed > 0.9 and not any(self._hides(o, lamp) for o in drawn if o is not one):
                found.append(lamp)
        return found

    def _hides(self, other: Drawn, lamp: Floats) -> bool:
        """Whether the box around another vehicle crosses the way from the lamp to the camera."""
        inverse = np.linalg.inv(other.pose)
        start, end = ((inverse @ np.array([*p, 1.0]))[:3] for p in (lamp, self._optics.position_m))
        body = other.vehicle
        half = np.array([body.length_m / 2, body.width_m / 2, body.height_m / 2])
        way = np.where(np.abs(end - start) < 1e-9, 1e-9, end - start)
        ends = np.stack([(-half - start + (0, 0, half[2])) / way,
                         (half - start + (0, 0, half[2])) / way])  # fmt: skip
        return bool(max(ends.min(0).max(), 0.0) < min(ends.max(0).min(), 1.0))
