"""Files written whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sergek.adapters.disk.durable import keep_secret, write_durably
from sergek.core.errors import Unavailable


def test_a_file_is_replaced_whole_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    """Folders are made; the second bytes take the place of the first; no temporary file stays."""
    path = tmp_path / "a" / "b" / "acts.json"
    write_durably(path, b"first")
    write_durably(path, b"second", mode=0o600)
    assert path.read_bytes() == b"second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("write", [write_durably, keep_secret])
def test_what_the_disk_refuses_is_one_sentence(tmp_path: Path, write) -> None:
    """A file where the folder should be: said so, and left as it was."""
    (tmp_path / "taken").write_bytes(b"a file")
    with pytest.raises(Unavailable, match=r"taken cannot be used: (Not a directory|File exists)"):
        write(tmp_path / "taken" / "acts.json", b"data")
    assert (tmp_path / "taken").read_bytes() == b"a file"


def test_a_name_that_is_taken_by_a_folder_leaves_no_bytes_behind(tmp_path: Path) -> None:
    """What cannot be renamed is taken away again."""
    (tmp_path / "acts.json" / "in it").mkdir(parents=True)
    with pytest.raises(Unavailable):
        write_durably(tmp_path / "acts.json", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["acts.json"]


def test_of_many_secrets_the_first_stays(tmp_path: Path) -> None:
    """All who make one at the same moment are given the same, and only its owner may read it."""
    path = tmp_path / "key.pem"
    with ThreadPoolExecutor(8) as pool:
        held = set(pool.map(lambda number: keep_secret(path, b"%d" % number), range(8)))
    assert held == {path.read_bytes()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
