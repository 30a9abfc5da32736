"""Memory that is free goes back to the system."""

import ctypes
import os
from pathlib import Path

import pytest

from sergek.adapters.processes.memory import give_back_memory

MIB = 1024 * 1024


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_holes_between_what_is_held_are_given_back() -> None:
    """Of 200 MiB in pieces nine in ten are freed, in between: most of them leave the process."""
    pieces = [bytes([1]) * 100_000 for _ in range(2000)]
    kept = pieces[::10]
    pieces.clear()
    before = _resident()
    give_back_memory()
    assert before - _resident() > 100 * MIB
    assert len(kept) == 200
