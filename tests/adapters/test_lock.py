"""One instance per data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sergek.adapters.processes.lock import FolderLock
from sergek.core.errors import Conflict, Unavailable

HOLD = """
import sys, time
from pathlib import Path
from sergek.adapters.processes.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_second_instance_is_refused_until_the_first_dies(tmp_path: Path) -> None:
    """The second is told who holds the folder; kill -9 of the first frees it."""
    first = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE)
    try:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(Conflict, match=rf"process {first.pid}\b.*{tmp_path}"):
            FolderLock(tmp_path)
    finally:
        first.kill()
        first.wait()
    with FolderLock(tmp_path), pytest.raises(Conflict, match=str(os.getpid())):
        FolderLock(tmp_path)
    FolderLock(tmp_path).close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the way is told in one sentence."""
    (tmp_path / "data").write_text("")
    with pytest.raises(Unavailable, match="data"):
        FolderLock(tmp_path / "data" / "edge")
