"""What cameras looked like when they were surveyed: a PNG file each, with a note beside it."""

import json
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from sergek.adapters.disk.durable import write_durably
from sergek.core.errors import Corrupt
from sergek.vision.drift import Reference

__all__ = ["DiskReferences"]


class DiskReferences:
    """`vision.drift.DriftReferences` in a folder; `Unavailable` when it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, camera_id: str, survey: str) -> Reference | None:
        """See `DriftReferences.load`; `Corrupt` if the files are not what was written."""
        picture_file, note_file = self._files(camera_id, survey)
        if not note_file.exists() or not picture_file.exists():
            return None
        picture = cv2.imdecode(np.frombuffer(picture_file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        try:
            note = json.loads(note_file.read_text())
            good_at, moved = datetime.fromisoformat(note["last_good_at"]), bool(note["moved"])
        except (ValueError, KeyError, TypeError):
            raise Corrupt(f"{note_file.name} is no note on a camera's reference") from None
        if picture is None:
            raise Corrupt(f"{picture_file.name} is no picture any more")
        return Reference(np.asarray(picture, np.uint8), good_at, moved)

    def keep(self, camera_id: str, survey: str, reference: Reference) -> None:
        """See `DriftReferences.keep`."""
        done, data = cv2.imencode(".png", reference.picture)
        if not done:
            raise Corrupt("an empty picture cannot be a reference")
        write_durably(self._files(camera_id, survey)[0], bytes(data))
        self.note(camera_id, survey, reference.last_good_at, moved=reference.moved)

    def note(self, camera_id: str, survey: str, last_good_at: datetime, *, moved: bool) -> None:
        """See `DriftReferences.note`."""
        text = json.dumps({"last_good_at": last_good_at.isoformat(), "moved": moved})
        write_durably(self._files(camera_id, survey)[1], text.encode())

    def _files(self, camera_id: str, survey: str) -> tuple[Path, Path]:
        stem = self._folder / f"{camera_id}-{survey}"
        return stem.with_suffix(".png"), stem.with_suffix(".json")
