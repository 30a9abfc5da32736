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

from sergek.core.errors import Corrupt, NotFound, SergekError, Unavailable

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
            self._write(path, data)
        except OSError as error:
            raise self._refused(error) from error
        return key

    def get(self, key: str) -> bytes:
        """See `core.ports.EvidenceStore.get`."""
        try:
            data = self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("There is no such evidence; it may have expired.") from error
        except OSError as error:
            raise self._refused(error) from error
        if hashlib.sha256(data).hexdigest() != key:
            raise Corrupt(f"The evidence {key} is not what was stored: its digest differs.")
        return data

    def delete(self, key: str) -> None:
        """See `core.ports.EvidenceStore.delete`."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise self._refused(error) from error

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

    def _write(self, path: Path, data: bytes) -> None:
        folders = [path.parent]
        if not path.parent.is_dir():
            folders += [path.parent.parent, self._root]
            path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._incoming / f"{path.name}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        # The names too must survive a power cut: the file's and those of new folders.
        for folder in folders:
            _sync_folder(folder)

    def _drop_stale(self) -> None:
        for path in self._incoming.iterdir():
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> SergekError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return Unavailable(f"The disk under {self._root} is full: free some space.")
        reason = os.strerror(error.errno) if error.errno else str(error)
        return Unavailable(f"The folder {self._root} cannot be used: {reason}.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
