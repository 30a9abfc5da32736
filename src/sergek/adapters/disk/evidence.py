"""Evidence bytes as files named by their SHA-256."""

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sergek.adapters.disk.durable import refusal, write_durably
from sergek.core.errors import Corrupt, NotFound

__all__ = ["DiskEvidenceStore"]

_KEY = re.compile(r"[0-9a-f]{64}")
_MIB = 1 << 20
# A temporary file older than this was left by a process that died.
_STALE_S = 3600.0


class DiskEvidenceStore:
    """`core.ports.EvidenceStore` under a folder: `ab/cd/abcd…`, whole files or none.

    `reserve_mib` of the disk stay free for the log beside it, so that when the disk fills up
    pictures are refused first and facts can still be written.
    """

    def __init__(self, root: Path, reserve_mib: int = 64) -> None:
        self._root = root
        self._reserve_bytes = reserve_mib * _MIB
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._drop_stale()

    def put(self, data: bytes) -> str:
        """See `core.ports.EvidenceStore.put`; `Unavailable` when the disk is full."""
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        try:
            if path.exists():
                # Young again, so that `older_than` does not take it from its new owner.
                os.utime(path)
                return key
            if shutil.disk_usage(self._root).free < self._reserve_bytes + len(data):
                raise OSError(errno.ENOSPC, "the reserve for the log is reached")
            write_durably(path, data, incoming=self._incoming)
        except OSError as error:
            raise refusal(self._root, error) from error
        return key

    def get(self, key: str) -> bytes:
        """See `core.ports.EvidenceStore.get`."""
        try:
            data = self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("There is no such evidence; it may have expired.") from error
        except OSError as error:
            raise refusal(self._root, error) from error
        if hashlib.sha256(data).hexdigest() != key:
            raise Corrupt(f"The evidence {key} is not what was stored: its digest differs.")
        return data

    def delete(self, key: str) -> None:
        """See `core.ports.EvidenceStore.delete`."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise refusal(self._root, error) from error

    def has(self, key: str) -> bool:
        """See `core.ports.EvidenceStore.has`."""
        return self._path(key).is_file()

    def keys(self) -> Iterator[str]:
        """See `core.ports.EvidenceStore.keys`."""
        for path in self._root.glob("??/??/*"):
            if _KEY.fullmatch(path.name):
                yield path.name

    def older_than(self, before: datetime) -> list[str]:
        """Keys whose bytes were last stored before that time."""
        limit_s = before.timestamp()
        return [key for key in self.keys() if self._stored_s(key) < limit_s]

    def _stored_s(self, key: str) -> float:
        try:
            return self._path(key).stat().st_mtime
        except FileNotFoundError:
            return float("inf")

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound("There is no such evidence: a key is 64 hexadecimal digits.")
        return self._root / key[:2] / key[2:4] / key

    def _drop_stale(self) -> None:
        for path in self._incoming.iterdir():
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink(missing_ok=True)
