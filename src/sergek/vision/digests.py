"""SHA-256 of model files."""

import hashlib
from functools import lru_cache
from pathlib import Path

__all__ = ["file_sha256"]


@lru_cache(maxsize=16)
def _sha256(path: Path, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; computed once per file and change."""
    return _sha256(path, path.stat().st_mtime_ns)
