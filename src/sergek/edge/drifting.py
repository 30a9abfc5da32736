"""Whether a site's camera still looks where it was surveyed, over runs and restarts."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sergek.core.disqualification import Disqualification
from sergek.core.frame import Image, RawFrame
from sergek.core.site import Survey
from sergek.core.speed import Rejection
from sergek.vision.drift import DriftReferences, DriftState, DriftWatch, Reference

__all__ = ["DriftGuard", "MemoryReferences", "survey_key"]

_NOTE_EVERY_S = 30.0
# Within a minute a bump must be noticed: a picture on which none could be is good for no longer.
_GOOD_FOR = timedelta(minutes=1)


class MemoryReferences:
    """References of a recording: they end with the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Reference] = {}

    def load(self, camera_id: str, survey: str) -> Reference | None:
        """See `DriftReferences.load`."""
        return self._kept.get((camera_id, survey))

    def keep(self, camera_id: str, survey: str, reference: Reference) -> None:
        """See `DriftReferences.keep`."""
        self._kept[camera_id, survey] = reference

    def note(self, camera_id: str, survey: str, last_good_at: datetime, *, moved: bool) -> None:
        """See `DriftReferences.note`."""
        known = self._kept[camera_id, survey]
        self._kept[camera_id, survey] = Reference(known.picture, last_good_at, moved)


def survey_key(survey: Survey) -> str:
    """The digest of a calibration: another survey, another key."""
    return hashlib.sha256(survey.model_dump_json().encode()).hexdigest()[:16]


class DriftGuard:
    """One camera's guard; `look` on one thread at a time, `moved` from any.

    The first picture under a survey is the reference, also after a restart. Once the camera was
    found moved it stays so until there is another survey, and `disqualified` is told once.
    """

    def __init__(
        self,
        site_id: str,
        camera_id: str,
        references: DriftReferences,
        disqualified: Callable[[Disqualification], None],
        every_s: float = DriftWatch.every_s,
    ) -> None:
        self._site_id, self._camera_id = site_id, camera_id
        self._references, self._tell = references, disqualified
        self._every_s = every_s
        self._survey: str | None = None
        self._watch: DriftWatch | None = None
        self._checked_s = self._noted_s = float("-inf")
        self._last_good_at: datetime | None = None
        self._moved = threading.Event()

    @property
    def moved(self) -> bool:
        """Whether nothing may be issued until the camera is surveyed anew."""
        return self._moved.is_set()

    @property
    def last_good_at(self) -> datetime | None:
        """When the camera last agreed with its survey's reference."""
        return self._last_good_at

    def fault(self, at: datetime) -> Rejection | None:
        """Why nothing that happened at that moment may be issued: the camera has moved, or in the
        minute before nobody could tell (dark, fog, covered) and since then neither."""
        if self.moved:
            return Rejection.CAMERA_MOVED
        good_at = self._last_good_at
        checked = good_at is not None and at - good_at <= _GOOD_FOR
        return None if checked else Rejection.CAMERA_UNCHECKED

    def due(self, now_s: float) -> bool:
        """Whether a check is due; `now_s` is any clock that runs on."""
        return abs(now_s - self._checked_s) >= self._every_s

    def look(
        self,
        frame: RawFrame,
        survey: Survey,
        busy: Sequence[Sequence[tuple[float, float]]],
        now_s: float,
        at: datetime,
    ) -> None:
        """Check a picture against the survey's reference; `busy` are polygons with traffic."""
        self._checked_s = now_s
        picture = frame.image()
        if self._watch is None or self._survey != survey_key(survey):
            self._begin(picture, survey_key(survey), busy, at)
        if self._watch is None or self._survey is None:
            return
        state = self._watch.check(picture)
        if state is DriftState.MOVED:
            self._disqualify(picture, at)
        elif self._watch.found is DriftState.STEADY and not self.moved:
            self._last_good_at = at
            if now_s - self._noted_s >= _NOTE_EVERY_S:
                self._noted_s = now_s
                self._references.note(self._camera_id, self._survey, at, moved=False)

    def _begin(
        self, picture: Image, key: str, busy: Sequence[Sequence[tuple[float, float]]], at: datetime
    ) -> None:
        known = self._references.load(self._camera_id, key)
        if known is None or known.picture.shape != picture.shape:
            known = Reference(picture, at, moved=False)
            self._references.keep(self._camera_id, key, known)
        self._survey, self._last_good_at = key, known.last_good_at
        self._watch = DriftWatch(known.picture, busy)
        self._moved.clear()
        if known.moved:
            # Told again: the process may have been killed before the fact was durable.
            self._disqualify(picture, at)

    def _disqualify(self, picture: Image, at: datetime) -> None:
        if self.moved or self._survey is None or self._watch is None:
            return
        self._moved.set()
        shift = self._watch.shift(picture)
        good_at = self._last_good_at or at
        self._references.note(self._camera_id, self._survey, good_at, moved=True)
        self._tell(
            Disqualification(
                site_id=self._site_id,
                camera_id=self._camera_id,
                survey=self._survey,
                last_good_at=good_at,
                noticed_at=at,
                shift_px=0.0 if shift is None else round(shift.length_px, 2),
            )
        )
