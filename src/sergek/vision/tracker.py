"""Boxes become tracks: which box on this picture is which vehicle of the last one.

In the manner of ByteTrack (Zhang et al., arXiv:2110.06864): sure boxes are matched first, then
weak boxes continue what is left, so that a half-hidden vehicle does not begin a new track. All
steps are counted in media time, so irregular and missing pictures are no special case. Nothing
of how a vehicle looks is used, and persons are not tracked at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import lap
import numpy as np
from numpy.typing import NDArray

from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.vision.motion import BoxFilters
from sergek.vision.settings import TrackerSettings
from sergek.vision.suppression import Boxes, iou_matrix, overlap_of_smaller

__all__ = ["TrackState", "Tracker"]

_Index = NDArray[np.intp]

# Least IoU of a sure and of a weak box with the predicted one (ByteTrack's values).
_SURE_IOU, _WEAK_IOU = 0.2, 0.5
# Without overlap a box may still continue a track if its centre is this near, in mean box sizes:
# a new track has no speed yet, and at five pictures a second a vehicle moves its own length.
_NEW_REACH, _KNOWN_REACH = 1.1, 0.5
_YOUNG_HITS = 3
# A box of which so much lies within another's track of like size is no vehicle of its own.
_WITHIN, _ALIKE = 0.65, 0.3
# Step taken where media time stands still or runs backwards.
_SMALL_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class TrackState:
    """One vehicle as of the last picture.

    `box` is the smoothed box in pixels; `detection` what the detector saw on this picture, None
    if hidden. `vehicle_class` is the vote of all boxes, `class_score` its share of the vote.
    Only a `confirmed` track counts. A `finished` track is reported once, with its last box, and
    never again; `seen_s` is the media time at which it was last seen.
    """

    track_id: int
    box: Box
    vehicle_class: VehicleClass
    class_score: float
    confirmed: bool
    finished: bool
    first_s: float
    seen_s: float
    hits: int
    speed_px_s: tuple[float, float]
    detection: Detection | None


@dataclass(slots=True)
class _Track:
    track_id: int
    first_s: float
    seen_s: float
    unseen_s: float = 0.0
    hits: int = 0
    apart: int = 0
    best_score: float = 0.0
    confirmed: bool = False
    votes: dict[VehicleClass, float] = field(default_factory=dict)
    detection: Detection | None = None

    def saw(
        self, detection: Detection, media_s: float, settings: TrackerSettings, *, apart: bool
    ) -> None:
        self.detection, self.seen_s, self.unseen_s = detection, media_s, 0.0
        self.hits += 1
        self.apart += apart
        kind = detection.vehicle_class
        self.votes[kind] = self.votes.get(kind, 0.0) + detection.score
        self.best_score = max(self.best_score, detection.score)
        long_enough = media_s - self.first_s >= settings.confirm_s
        wanted = settings.confirm_hits * (1 if self.best_score >= settings.sure_score else 2)
        self.confirmed |= self.apart >= wanted and long_enough

    def state(self, box: Box, speed: NDArray[np.float64], finished: bool) -> TrackState:
        kind = max(self.votes, key=lambda each: self.votes[each])
        return TrackState(
            track_id=self.track_id,
            box=box,
            vehicle_class=kind,
            class_score=self.votes[kind] / sum(self.votes.values()),
            confirmed=self.confirmed,
            finished=finished,
            first_s=self.first_s,
            seen_s=self.seen_s,
            hits=self.hits,
            speed_px_s=(float(speed[0]), float(speed[1])),
            detection=self.detection,
        )


class Tracker:
    """The tracks of one run of one camera; ids count from 1 and are never used again."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._filters = BoxFilters()
        self._tracks: list[_Track] = []
        self._next_id = 1
        self._last_s: float | None = None

    def update(self, detections: Sequence[Detection], media_s: float) -> list[TrackState]:
        """Take one picture's detections; every live track, then those that finished now."""
        vehicles = [d for d in detections if d.vehicle_class is not VehicleClass.PERSON]
        boxes = _boxes(vehicles)
        scores = np.array([d.score for d in vehicles])
        self._advance(media_s)
        sure = np.flatnonzero(scores >= self._settings.high_score)
        weak = np.flatnonzero(
            (scores < self._settings.high_score) & (scores >= self._settings.low_score)
        )
        rows, picks, left = self._matched(boxes, sure, weak)
        if rows.size:
            self._filters.correct(rows, boxes[picks])
        apart = self._apart()
        for row, pick in zip(rows, picks, strict=True):
            self._tracks[row].saw(vehicles[pick], media_s, self._settings, apart=bool(apart[row]))
        self._begin([vehicles[i] for i in left], media_s)
        return self._report()

    def pause(self, media_s: float) -> None:
        """Nothing on the picture moved up to `media_s`: no track ages, and all stand still."""
        self._filters.rest()
        self._last_s = media_s

    def finish(self) -> list[TrackState]:
        """The run is over: every live track as finished; the tracker is then empty."""
        states = self._states(finished=True)
        self._tracks = []
        self._filters = BoxFilters()
        return states

    def _advance(self, media_s: float) -> None:
        step_s = media_s - self._last_s if self._last_s is not None else 0.0
        if step_s <= 0:
            step_s = _SMALL_STEP_S
        self._last_s = media_s
        seen = np.array([track.unseen_s == 0 for track in self._tracks], dtype=bool)
        self._filters.predict(min(step_s, self._settings.max_step_s), seen)
        for track in self._tracks:
            track.unseen_s += step_s
            track.detection = None

    def _matched(self, boxes: Boxes, sure: _Index, weak: _Index) -> tuple[_Index, _Index, _Index]:
        """Rows of tracks, the detections that continue them, and the sure ones left over."""
        predicted = self._filters.boxes
        free = np.arange(len(predicted))
        known = np.array([t.hits >= _YOUNG_HITS for t in self._tracks], dtype=bool)
        rows, picks = [], []
        overlap = iou_matrix(predicted, boxes)
        for wanted, least in ((sure, _SURE_IOU), (weak, _WEAK_IOU)):
            row, pick = _assigned(1 - overlap[np.ix_(free, wanted)], 1 - least)
            rows.append(free[row])
            picks.append(wanted[pick])
            free = np.delete(free, row)
            if wanted is sure:
                sure = np.delete(sure, pick)
                reach = np.where(known[free], _KNOWN_REACH, _NEW_REACH)
                row, pick = _assigned(_distance(predicted[free], boxes[sure]) / reach[:, None], 1.0)
                rows.append(free[row])
                picks.append(sure[pick])
                free, sure = np.delete(free, row), np.delete(sure, pick)
        return np.concatenate(rows), np.concatenate(picks), sure

    def _apart(self) -> NDArray[np.bool_]:
        """Which tracks do not lie within a counted one of like size.

        A near vehicle that the picture's edge cuts is often seen twice, whole and in part. The
        second box has a track, so that it does not pull at the first one's, but does not count.
        """
        boxes = self._filters.boxes
        counted = np.array([track.confirmed for track in self._tracks], dtype=bool)
        if counted.all() or not counted.any():
            return np.ones(len(boxes), dtype=bool)
        others = boxes[counted]
        within = overlap_of_smaller(boxes, others) > _WITHIN
        return np.asarray(counted | ~(within & _alike(boxes, others)).any(axis=1), dtype=bool)

    def _begin(self, detections: Sequence[Detection], media_s: float) -> None:
        """New tracks, except where a box mostly covers a vehicle that was just seen."""
        strong = [d for d in detections if d.score >= self._settings.new_score]
        current = _boxes([t.detection for t in self._tracks if t.detection is not None])
        for detection in strong:
            box = _boxes([detection])
            if len(current) and _is_double(box, current):
                continue
            current = np.concatenate([current, box])
            self._filters.add(box)
            track = _Track(self._next_id, first_s=media_s, seen_s=media_s)
            self._next_id += 1
            track.saw(detection, media_s, self._settings, apart=True)
            self._tracks.append(track)

    def _report(self) -> list[TrackState]:
        limits = self._settings
        over = np.array(
            [
                track.unseen_s > (limits.lost_s if track.confirmed else limits.unconfirmed_lost_s)
                for track in self._tracks
            ],
            dtype=bool,
        )
        states = self._states(finished=False)
        ended = self._states(finished=True)
        self._tracks = [track for track, gone in zip(self._tracks, over, strict=True) if not gone]
        self._filters.keep(~over)
        return [s for s, gone in zip(states, over, strict=True) if not gone] + [
            s for s, gone in zip(ended, over, strict=True) if gone
        ]

    def _states(self, finished: bool) -> list[TrackState]:
        return [
            track.state(Box(*map(float, box)), speed, finished)
            for track, box, speed in zip(
                self._tracks, self._filters.boxes, self._filters.speeds, strict=True
            )
        ]


def _boxes(detections: Sequence[Detection]) -> Boxes:
    return np.array(
        [(d.box.x1, d.box.y1, d.box.x2, d.box.y2) for d in detections], dtype=np.float64
    ).reshape(-1, 4)


def _assigned(cost: NDArray[np.float64], limit: float) -> tuple[_Index, _Index]:
    """Rows and columns of the cheapest assignment with no pair dearer than the limit."""
    if cost.size == 0:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    _, column_of, _ = lap.lapjv(np.minimum(cost, 1e6), extend_cost=True, cost_limit=limit)
    rows = np.flatnonzero(column_of >= 0)
    return rows, np.asarray(column_of[rows], dtype=np.intp)


def _distance(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Distance of centres in mean box sizes; endless where sizes differ more than twofold."""
    centre_a, centre_b = (a[:, :2] + a[:, 2:]) / 2, (b[:, :2] + b[:, 2:]) / 2
    size_a, size_b = (a[:, 2:] - a[:, :2]).mean(axis=1), (b[:, 2:] - b[:, :2]).mean(axis=1)
    away = np.linalg.norm(centre_a[:, None] - centre_b[None], axis=2)
    apart = away / np.maximum((size_a[:, None] + size_b[None]) / 2, 1.0)
    ratio = size_a[:, None] / np.maximum(size_b[None], 1.0)
    return np.where((ratio > 0.5) & (ratio < 2.0), apart, 1e6)


def _is_double(box: Boxes, others: Boxes) -> bool:
    nested = overlap_of_smaller(box, others)[0] > 0.8
    return bool(np.any((iou_matrix(box, others)[0] > 0.5) | (nested & _alike(box, others)[0])))


def _alike(a: Boxes, b: Boxes) -> NDArray[np.bool_]:
    """Whether the smaller of two boxes has at least three tenths of the larger's area."""
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    smaller = np.minimum(area_a[:, None], area_b)
    return np.asarray(smaller > _ALIKE * np.maximum(area_a[:, None], area_b), dtype=bool)
