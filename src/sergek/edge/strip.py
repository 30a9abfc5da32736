"""The signal strip: what a signal head showed before, while and after a vehicle crossed.

One picture: crops of the head from the camera's own pictures, in order of time, each with its
seconds before (−) or after (+) the crossing and a bar in the colour that was recognised.
"""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from sergek.core.frame import Image, RawFrame
from sergek.core.site import Region, SignalHead
from sergek.traffic.rules.verdict import Lamp
from sergek.vision.lamps import LampWatch

__all__ = ["HeadWatch", "Shown", "signal_strip"]

_KEPT_S = 60.0
_EVERY_S = 0.2
# Room around the lamps, so that the housing and what may hide it are seen.
_ROOM = 0.6
_CELLS = 14
_CELL_H, _BAR_H, _TEXT_H, _GAP = 180, 16, 26, 4
_COLOURS = {
    Lamp.RED: (40, 40, 220),
    Lamp.RED_AMBER: (30, 110, 240),
    Lamp.AMBER: (30, 180, 245),
    Lamp.GREEN: (90, 190, 60),
    Lamp.FLASHING: (160, 220, 140),
    Lamp.OFF: (70, 70, 70),
    Lamp.UNKNOWN: (150, 150, 150),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A head on one picture and what it was believed to show then."""

    media_s: float
    crop: Image
    lamp: Lamp


class HeadWatch:
    """One signal head of a camera over a run: its states, and crops of the last minute."""

    def __init__(self, head: SignalHead) -> None:
        regions = [region for region in (head.red, head.amber, head.green) if region is not None]
        x1, y1 = min(r[0] for r in regions), min(r[1] for r in regions)
        x2, y2 = max(r[2] for r in regions), max(r[3] for r in regions)
        room = _ROOM * max(x2 - x1, 4.0)
        self._area = (
            max(0, int(x1 - room)),
            max(0, int(y1 - room)),
            int(x2 + room) + 1,
            int(y2 + room) + 1,
        )
        self.head = head
        self.lamps = LampWatch(_moved(head, self._area[0], self._area[1]))
        self._shown: deque[Shown] = deque()

    def look(self, frame: RawFrame, media_s: float) -> None:
        """Take in a picture; only the head's part of it is converted."""
        crop = frame.crop(*self._area)
        before = self.lamps.shown
        lamp = self.lamps.look(crop, media_s)
        self.lamps.forget(media_s - 3 * _KEPT_S)
        newest = self._shown[-1].media_s if self._shown else float("-inf")
        if lamp is not before or abs(media_s - newest) >= _EVERY_S:
            self._shown.append(Shown(media_s, crop, lamp))
        while media_s - self._shown[0].media_s > _KEPT_S:
            self._shown.popleft()

    def between(self, from_s: float, until_s: float) -> list[Shown]:
        """The crops of that time."""
        return [each for each in list(self._shown) if from_s <= each.media_s <= until_s]


def signal_strip(shown: list[Shown], crossed_s: float, red_since_s: float) -> Image | None:
    """The strip around a crossing: from before the lamp turned red, if that is still kept.

    Half of the cells show the two seconds around the change to red, half those around the
    crossing. None if there is no crop at all.
    """
    if not shown:
        return None
    change = np.linspace(red_since_s - 1.2, red_since_s + 0.8, _CELLS // 2)
    cross = np.linspace(crossed_s - 1.2, crossed_s + 0.8, _CELLS - _CELLS // 2)
    wanted = np.sort(np.concatenate([change, cross]))
    times = np.array([each.media_s for each in shown])
    chosen = sorted({int(np.argmin(np.abs(times - at))) for at in wanted})
    cells = [_cell(shown[i], shown[i].media_s - crossed_s) for i in chosen]
    height = max(cell.shape[0] for cell in cells)
    gap = np.full((height, _GAP, 3), 255, np.uint8)
    row: list[Image] = []
    for cell in cells:
        row += [cell, gap]
    return np.ascontiguousarray(np.concatenate(row[:-1], axis=1))


def _cell(shown: Shown, after_s: float) -> Image:
    height, width = shown.crop.shape[:2]
    wide = max(64, round(width * _CELL_H / max(1, height)))
    head = cv2.resize(shown.crop, (wide, _CELL_H), interpolation=cv2.INTER_CUBIC)
    bar = np.full((_BAR_H, wide, 3), _COLOURS[shown.lamp], np.uint8)
    label = np.full((_TEXT_H, wide, 3), 255, np.uint8)
    text = f"{after_s:+.2f} s"
    cv2.putText(label, text, (3, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (20, 20, 20), 1, cv2.LINE_AA)
    return np.concatenate([np.asarray(head, np.uint8), bar, label], axis=0)


def _moved(head: SignalHead, x: int, y: int) -> SignalHead:
    """The head in the pixels of its crop."""

    def within(region: Region | None) -> Region | None:
        if region is None:
            return None
        x1, y1, x2, y2 = region
        return x1 - x, y1 - y, x2 - x, y2 - y

    lamps = {"red": head.red, "amber": head.amber, "green": head.green}
    return head.model_copy(update={name: within(region) for name, region in lamps.items()})
