"""Photos from phones, piece by piece: a connection that breaks costs one piece, not the picture."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select

from sergek.centre.people.tables import us_of
from sergek.centre.reading import reading
from sergek.centre.roads.tables import parts
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict
from sergek.core.ports import EvidenceStore

__all__ = ["LARGEST_PHOTO_BYTES", "PhotoUploads"]

LARGEST_PHOTO_BYTES = 8_000_000
_JPEG = b"\xff\xd8\xff"
# Pieces of a photo that nobody finished are thrown away after this.
_FORGOTTEN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PhotoUploads:
    """Takes pieces in order and keeps the whole under its SHA-256 in the evidence store."""

    engine: Engine
    evidence: EvidenceStore
    clock: Clock

    def received(self, digest: str) -> int | None:
        """How many bytes are here so far; None once the photo is whole."""
        if self.evidence.has(digest):
            return None
        wanted = select(parts.c.start, parts.c.size).where(parts.c.digest == digest)
        with reading(self.engine).connect() as connection:
            rows = connection.execute(wanted.order_by(parts.c.start)).all()
        return rows[-1].start + rows[-1].size if rows else 0

    def add(self, digest: str, start: int, total: int, data: bytes) -> int | None:
        """Take the piece that begins at `start`; bytes so far, or None when the photo is whole.

        A piece that came before is nothing; one that leaves a hole is a `Conflict`. The whole is
        refused (`ConfigError`) if it is no JPEG, too large, or not what its digest says.
        """
        if not 0 < total <= LARGEST_PHOTO_BYTES or not data or start + len(data) > total:
            raise ConfigError(f"A photo has at most {LARGEST_PHOTO_BYTES} bytes.")
        if start == 0 and not data.startswith(_JPEG):
            raise ConfigError("Photos are sent as JPEG.")
        have = self.received(digest)
        if have is None:
            return None
        if start > have:
            raise Conflict(f"Go on at byte {have}.")
        if start == have:
            self._keep(digest, start, data)
            have = start + len(data)
        if have < total:
            return have
        self._finish(digest, total)
        return None

    def _keep(self, digest: str, start: int, data: bytes) -> None:
        now = self.clock.now()
        with self.engine.begin() as connection:
            known = select(parts.c.size).where(parts.c.digest == digest, parts.c.start == start)
            if connection.execute(known).first():
                return
            connection.execute(delete(parts).where(parts.c.at_us < us_of(now - _FORGOTTEN)))
            connection.execute(
                insert(parts).values(
                    digest=digest, start=start, size=len(data), at_us=us_of(now), bytes=data
                )
            )

    def _finish(self, digest: str, total: int) -> None:
        wanted = select(parts.c.bytes).where(parts.c.digest == digest).order_by(parts.c.start)
        with reading(self.engine).connect() as connection:
            whole = b"".join(connection.scalars(wanted))
        right = len(whole) == total and hashlib.sha256(whole).hexdigest() == digest
        if right:
            self.evidence.put(whole)
        with self.engine.begin() as connection:
            connection.execute(delete(parts).where(parts.c.digest == digest))
        if not right:
            raise ConfigError("The photo is not the one that its digest names: send it anew.")
