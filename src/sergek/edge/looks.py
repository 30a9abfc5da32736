"""Which pictures of a vehicle are worth a reader's time: the sharpest and nearest, some apart."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from sergek.core.frame import Image, RawFrame
from sergek.core.vehicle import Box

__all__ = ["Look", "LookShelf", "TrackShelf", "look_score", "sharpness"]

# A vehicle that the picture's edge cuts shows its plate half or not at all.
_CUT_SHARE = 0.3
_EDGE_SHARE = 0.01
# A crop costs up to a millisecond: a nearing vehicle is not cut out anew for every step.
_WORTH = 1.05
# By this share of a box a plate must sit lower on another vehicle to be that one's.
_LOWER = 0.3
# Shares of its own size by which a carried vehicle's box may stick out of its carrier's, and by
# which at least it must end above it; how wide it is against the carrier, being as near.
_ASIDE, _RAISED, _AS_WIDE = 0.1, 0.3, 0.55
# A measured vehicle is looked at again when it has come this much of its own size further.
_STEP, _STANDING_S, _DEAR = 0.02, 1.0, 3


@dataclass(slots=True)
class Look:
    """One picture of one vehicle: `box` in main-stream pixels.

    `frame` is the whole main-stream picture while it is still held, `crop` the vehicle with a
    margin, its corner at `origin`; both are None while the picture lies undecoded in the ring.
    `persons` are the boxes to mask on this picture, `vehicles` those of all vehicles on it.
    """

    box: Box
    media_s: float
    arrived_s: float
    score: float
    index: int = 0
    frame: RawFrame | None = None
    crop: Image | None = None
    origin: tuple[int, int] = (0, 0)
    persons: tuple[Box, ...] = ()
    vehicles: tuple[Box, ...] = ()
    read: bool = field(default=False, compare=False)

    def cut(self, frame: RawFrame, margin: float) -> None:
        """Take the vehicle out of a picture of the main stream."""
        dx, dy = self.box.width * margin, self.box.height * margin
        x1, y1 = max(0, int(self.box.x1 - dx)), max(0, int(self.box.y1 - dy))
        self.crop = frame.crop(x1, y1, int(self.box.x2 + dx), int(self.box.y2 + dy))
        self.origin = (x1, y1)

    def is_anothers(self, plate: Box) -> bool:
        """Whether a plate, placed on the crop, is rather that of another vehicle.

        In a queue the box of the nearer vehicle reaches over the plate of the one before it. A
        plate sits low on its own vehicle: whose box has it much lower, that one bears it.
        """
        x, y = plate.centre
        x, y = x + self.origin[0], y + self.origin[1]
        own = (y - self.box.y1) / self.box.height
        return any(
            each.x1 <= x <= each.x2
            and each.y1 <= y <= each.y2
            and (y - each.y1) / each.height > own + _LOWER
            for each in self.vehicles
        )

    @property
    def is_carried(self) -> bool:
        """Whether the vehicle stands on or hangs behind another one: within the other's box from
        left to right and above its middle, its wheels well over where the other meets the road."""
        own = self.box
        return any(
            each.x1 - _ASIDE * own.width <= own.x1
            and own.x2 <= each.x2 + _ASIDE * own.width
            and each.y1 - _ASIDE * own.height <= own.y1
            and own.y2 < each.y2 - _RAISED * own.height
            and own.width > _AS_WIDE * each.width
            for each in self.vehicles
        )


def sharpness(frame: RawFrame, box: Box, scale: tuple[float, float]) -> float:
    """Variance of the Laplacian of the vehicle's brightness, on at most 200 samples across.

    `box` is in main-stream pixels, `scale` turns them into the frame's own.
    """
    part = box.scaled(*scale).clipped(frame.width, frame.height)
    x1, y1, x2, y2 = int(part.x1), int(part.y1), int(part.x2), int(part.y2)
    if x2 - x1 < 8 or y2 - y1 < 8:
        return 0.0
    luma = frame.luma()[y1:y2, x1:x2]
    step = max(1, (x2 - x1) // 200)
    samples = np.ascontiguousarray(luma[::step, ::step])
    _, deviation = cv2.meanStdDev(cv2.Laplacian(samples, cv2.CV_16S))
    return float(deviation[0, 0]) ** 2


def look_score(box: Box, sharp: float, width: int, height: int) -> float:
    """Near before sharp: plates need pixels first; a box cut by the edge counts less."""
    room = _EDGE_SHARE * height
    cut = box.x1 <= room or box.y1 <= room or box.x2 >= width - room or box.y2 >= height - room
    near = box.area**0.5
    return float(near * (1 + sharp) ** 0.15 * (_CUT_SHARE if cut else 1.0))


class LookShelf:
    """The best few looks at one vehicle, at least `gap_s` apart."""

    def __init__(self, places: int, gap_s: float) -> None:
        self._places = places
        self._gap_s = gap_s
        self._looks: list[Look] = []

    @property
    def looks(self) -> list[Look]:
        """Best first."""
        return sorted(self._looks, key=lambda look: -look.score)

    @property
    def best(self) -> Look | None:
        """The best look, or None before the first."""
        return max(self._looks, key=lambda look: look.score, default=None)

    def wants(self, media_s: float, score: float, box: Box) -> bool:
        """Whether such a look would be kept: ask before paying for the crop."""
        near = [look for look in self._looks if abs(look.media_s - media_s) < self._gap_s]
        if near:
            return all(score > look.score for look in near)
        if len(self._looks) < self._places:
            return True
        return score > _WORTH * min(look.score for look in self._looks)

    def put(self, look: Look) -> None:
        """Keep a look that `wants` accepted; the worst leaves."""
        self._looks = [
            held for held in self._looks if abs(held.media_s - look.media_s) >= self._gap_s
        ]
        self._looks.append(look)
        while len(self._looks) > self._places:
            self._looks.remove(self._least())
        # Only the best look keeps the whole picture: it becomes the overview.
        best = self.best
        for held in self._looks:
            if held is not best:
                held.frame = None

    def keep_only(self, look: Look) -> None:
        """All others leave: nobody will pay for their pictures."""
        self._looks = [look]

    def _least(self) -> Look:
        return min(self._looks, key=lambda each: each.score)


class TrackShelf(LookShelf):
    """Looks spread over a vehicle's whole way, for measuring: a step of the way apart.

    A vehicle that stands adds one a second. When the places are used up, the look leaves
    without which the widest remaining step is the smallest; the best three, which tell the text,
    never leave.
    """

    def wants(self, media_s: float, score: float, box: Box) -> bool:
        """Whether the vehicle has come a step further, or a second has gone by."""
        last = max(self._looks, key=lambda look: look.media_s, default=None)
        if last is None or media_s - last.media_s >= _STANDING_S:
            return True
        return _step(last.box, box) >= _STEP

    def _least(self) -> Look:
        ordered = sorted(self._looks, key=lambda look: look.media_s)
        dear = sorted(ordered, key=lambda look: -look.score)[:_DEAR]
        inner = [
            (_step(before.box, after.box), look.media_s, look)
            for before, look, after in zip(ordered, ordered[1:], ordered[2:], strict=False)
            if all(look is not each for each in dear)
        ]
        return min(inner, key=lambda each: each[:2])[2] if inner else super()._least()


def _step(one: Box, other: Box) -> float:
    """How far a box went, in its own sizes."""
    (x1, y1), (x2, y2) = one.centre, other.centre
    size = max(1.0, float((one.area * other.area) ** 0.25))
    away = float(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5) / size
    return float(max(away, abs(other.width - one.width) / size))
