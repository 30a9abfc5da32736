"""What a signal head shows, read from the picture. What cannot be told is `UNKNOWN`.

Each lamp has a box. A lit lamp is bright against its own housing (the dark ring around it on the
same picture) and, unless it is overexposed at night, of its colour. Day and night differ by
orders of magnitude, so all comparisons are within one picture.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.core.site import Region, SignalHead
from sergek.traffic.rules.verdict import Lamp, LampChange

__all__ = ["LampWatch", "Lit", "look_at"]

# Brightness (0-255) by which a lit lamp exceeds the unlit ones, and the least it must have.
_BRIGHTER = 40.0
_LEAST = 90.0
# OpenCV's hue (0-179) of each lamp, and the saturation under which a lamp is just white.
_HUES = {"red": ((0, 12), (165, 179)), "amber": ((12, 32),), "green": ((40, 105),)}
_COLOURED = 70
_STEADY_S = 0.12
_FLASH_S = 2.2


@dataclass(frozen=True, slots=True)
class Lit:
    """One lamp on one picture: mean brightness of its brightest tenth, and share of its colour
    among the coloured bright points (None if none is coloured: overexposed)."""

    brightness: float
    colour_share: float | None


def look_at(picture: Image, head: SignalHead) -> Lamp:
    """What the head shows on this one picture; flashing needs `LampWatch`."""
    regions: Mapping[str, Region | None] = {
        "red": head.red,
        "amber": head.amber,
        "green": head.green,
    }
    lamps = {
        name: _lit(picture, region, name) for name, region in regions.items() if region is not None
    }
    if any(lamp is None for lamp in lamps.values()):
        return Lamp.UNKNOWN
    seen = {name: lamp for name, lamp in lamps.items() if lamp is not None}
    darkest = min(lamp.brightness for lamp in seen.values())
    on = {
        name
        for name, lamp in seen.items()
        if lamp.brightness >= _LEAST and lamp.brightness - darkest >= _BRIGHTER
    }
    strange = [n for n in on if (share := seen[n].colour_share) is not None and share < 0.5]
    if strange or len(seen) < 2:
        return Lamp.UNKNOWN
    if not on:
        return Lamp.OFF if max(lamp.brightness for lamp in seen.values()) < _LEAST else Lamp.UNKNOWN
    names = {
        frozenset({"red"}): Lamp.RED,
        frozenset({"red", "amber"}): Lamp.RED_AMBER,
        frozenset({"amber"}): Lamp.AMBER,
        frozenset({"green"}): Lamp.GREEN,
    }
    return names.get(frozenset(on), Lamp.UNKNOWN)


def _lit(picture: Image, region: Region, name: str) -> Lit | None:
    x1, y1, x2, y2 = (round(value) for value in region)
    if x1 < 0 or y1 < 0 or x2 > picture.shape[1] or y2 > picture.shape[0] or x2 - x1 < 3:
        return None
    part = cv2.cvtColor(np.ascontiguousarray(picture[y1:y2, x1:x2]), cv2.COLOR_BGR2HSV)
    hue, saturation, value = (part[..., i].ravel() for i in range(3))
    most = np.argsort(value)[-max(3, len(value) // 10) :]
    bright = value >= max(_LEAST, 0.6 * float(value[most].mean()))
    coloured = bright & (saturation >= _COLOURED)
    share = None
    if coloured.sum() >= max(3, 0.05 * len(value)):
        fits = np.zeros(len(hue), dtype=bool)
        for low, high in _HUES[name]:
            fits |= (hue >= low) & (hue <= high)
        share = float(fits[coloured].mean())
    return Lit(float(value[most].mean()), share)


class LampWatch:
    """Follows one head over time: single odd pictures are ignored, flashing is recognised.

    A state counts once it has been seen for 0.12 s; a lamp that went dark and came back twice
    within 2.2 s is flashing. `changes` is the history that the rules take.
    """

    def __init__(self, head: SignalHead) -> None:
        self._head = head
        self._raw: deque[tuple[float, Lamp]] = deque()
        self._since: tuple[float, Lamp] | None = None
        self.changes: list[LampChange] = []

    @property
    def shown(self) -> Lamp:
        """What the head shows now."""
        return self.changes[-1].lamp if self.changes else Lamp.UNKNOWN

    def look(self, picture: Image, media_s: float) -> Lamp:
        """Take in a picture."""
        return self.take(look_at(picture, self._head), media_s)

    def take(self, lamp: Lamp, media_s: float) -> Lamp:
        """Take in what one picture showed."""
        if not self._raw or self._raw[-1][1] is not lamp:
            self._raw.append((media_s, lamp))
        while len(self._raw) > 1 and media_s - self._raw[1][0] > _FLASH_S:
            self._raw.popleft()
        if self._since is None or self._since[1] is not lamp:
            self._since = (media_s, lamp)
        if self._flashing(media_s):
            self._turn(media_s, Lamp.FLASHING)
        elif lamp is Lamp.UNKNOWN or media_s - self._since[0] >= _STEADY_S:
            self._turn(self._since[0], lamp)
        return self.shown

    def forget(self, before_s: float) -> None:
        """Drop history older than that, but not the state that held then."""
        while len(self.changes) > 1 and self.changes[1].media_s < before_s:
            self.changes.pop(0)

    def _flashing(self, media_s: float) -> bool:
        recent = [lamp for at, lamp in self._raw if media_s - at <= _FLASH_S]
        lit = [lamp for lamp in recent if lamp is not Lamp.OFF]
        return recent.count(Lamp.OFF) >= 2 and len(set(lit)) == 1 and len(lit) >= 2

    def _turn(self, media_s: float, lamp: Lamp) -> None:
        if lamp is not self.shown:
            at = max(media_s, self.changes[-1].media_s) if self.changes else media_s
            self.changes.append(LampChange(self._head.name, at, lamp))
