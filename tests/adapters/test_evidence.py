"""Evidence on a disk."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.core.errors import Corrupt, NotFound, Unavailable
from sergek.testing.contracts import EvidenceStoreContract


class TestDiskEvidenceStore(EvidenceStoreContract):
    """The contract on a folder."""

    @pytest.fixture
    def evidence(self, tmp_path: Path) -> DiskEvidenceStore:
        return DiskEvidenceStore(tmp_path / "evidence")


def _only_file(root: Path) -> Path:
    return next(path for path in root.glob("??/??/*") if path.is_file())


def test_changed_bytes_are_corrupt(tmp_path: Path) -> None:
    """A file whose contents no longer match its name is not handed out."""
    store = DiskEvidenceStore(tmp_path)
    key = store.put(b"evidence")
    _only_file(tmp_path).write_bytes(b"evidencE")
    with pytest.raises(Corrupt, match=key):
        store.get(key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "ABC", "0" * 63, "0" * 64 + "\n"])
def test_a_key_is_never_a_path(tmp_path: Path, key: str) -> None:
    """What is not 64 hexadecimal digits is not found, wherever it points."""
    with pytest.raises(NotFound):
        DiskEvidenceStore(tmp_path).get(key)


def test_the_reserve_stays_free(tmp_path: Path) -> None:
    """With less than the reserve free, pictures are refused and nothing is left behind."""
    store = DiskEvidenceStore(tmp_path, reserve_mib=1 << 40)
    with pytest.raises(Unavailable, match="full"):
        store.put(b"picture")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_write_cut_short_leaves_nothing(tmp_path: Path) -> None:
    """A process that may not write the whole file stores no part of it, and says so."""
    script = """
import resource, sys
from pathlib import Path
from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.core.errors import Unavailable
store = DiskEvidenceStore(Path(sys.argv[1]), reserve_mib=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    store.put(b"x" * 100_000)
except Unavailable as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "is full" in done.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_leftovers_of_a_dead_process_are_removed(tmp_path: Path) -> None:
    """Old temporary files go when the store opens; young ones may be another process's."""
    DiskEvidenceStore(tmp_path)
    old, young = tmp_path / "incoming" / "old", tmp_path / "incoming" / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    store = DiskEvidenceStore(tmp_path)
    assert not old.exists()
    assert young.exists()
    assert list(store.keys()) == []
