"""Files written whole or not at all, and there for good when the call returns.

The bytes are written beside the file and synced, the name changes in one step, and then the folder
is synced, without which a power cut may still take the name away (POSIX `fsync(2)`, notes).
"""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

from sergek.core.errors import Unavailable

__all__ = ["keep_secret", "refusal", "write_durably"]


def write_durably(
    path: Path, data: bytes, *, mode: int = 0o666, incoming: Path | None = None
) -> None:
    """The file has these bytes now, or what it had before; `Unavailable` if the disk refuses.

    Folders are made. `mode` is less the process's umask; `incoming` is another folder of the same
    disk in which the bytes wait.
    """
    try:
        with _beside(path, data, mode, incoming or path.parent) as temporary:
            temporary.replace(path)
    except OSError as error:
        raise refusal((incoming or path).parent, error) from error


def keep_secret(path: Path, data: bytes) -> bytes:
    """For the owner's eyes only; what the file holds: these bytes, or those of who came first.

    `Unavailable` if the disk refuses.
    """
    try:
        if not path.exists():
            with (
                _beside(path, data, 0o600, path.parent) as temporary,
                contextlib.suppress(FileExistsError),
            ):
                path.hardlink_to(temporary)
        return path.read_bytes()
    except OSError as error:
        raise refusal(path.parent, error) from error


def refusal(folder: Path, error: OSError) -> Unavailable:
    """Why the folder's disk did not do it, and what to mend."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable(f"The disk under {folder} is full: free some space.")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Unavailable(f"The folder {folder} cannot be used: {reason}.")


@contextlib.contextmanager
def _beside(path: Path, data: bytes, mode: int, folder: Path) -> Iterator[Path]:
    """The bytes in a file of another name, to be given the right one within."""
    folders = [path.parent]
    while not folders[-1].is_dir():
        folders.append(folders[-1].parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{path.name}.{os.getpid()}.{time.monotonic_ns()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
    for changed in folders:
        _sync_folder(changed)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
