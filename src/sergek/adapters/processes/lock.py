"""One instance per data folder."""

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from sergek.core.errors import Conflict, Unavailable

__all__ = ["FolderLock"]


class FolderLock:
    """Holds `folder/lock` while open; the system lets go of it however the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock, or raise `Conflict` naming who holds it."""
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Unavailable(f"The data folder {folder} cannot be used: {why}.") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._handle, 32).decode(errors="replace").strip()
            os.close(self._handle)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise Unavailable(f"The data folder {folder} cannot be locked.") from error
            who = f"process {holder}" if holder.isdigit() else "another process"
            raise Conflict(
                f"Another Sergek ({who}) works on {folder}: stop it, or choose another "
                "[storage] data."
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, str(os.getpid()).encode(), 0)

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
