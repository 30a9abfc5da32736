"""The container: one form for one content."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.adapters.evidence.container import MANIFEST, SIGNATURE, first_strange_byte, pack, unpack
from sergek.core.errors import Corrupt

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)
ITEMS = st.dictionaries(NAMES, st.binary(max_size=60), max_size=5).map(
    lambda items: items | {MANIFEST: b"{}", SIGNATURE: b"s"}
)


@given(ITEMS)
def test_what_is_packed_comes_out_and_any_zip_tool_can_read_it(items):
    """Round trip, and Python's own reader agrees."""
    data = pack(items)
    assert unpack(data) == items
    assert first_strange_byte(data, items) is None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == items


@given(ITEMS, st.data())
def test_any_changed_byte_outside_the_items_is_placed(items, data):
    """Headers, directory and end: no byte is free."""
    whole = bytearray(pack(items))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(bytes(whole))
    except Corrupt:
        return
    assert found != items or first_strange_byte(bytes(whole), found) is not None


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", pack({"a": b"x"})])
def test_other_files_are_no_packages(data):
    """One sentence, no traceback."""
    with pytest.raises(Corrupt, match=r"evidence package|cut off"):
        unpack(data)


def test_names_that_could_leave_a_folder_are_refused():
    """No path ever."""
    with pytest.raises(ValueError, match="no name"):
        pack({"../x": b""})


def test_a_changed_file_is_named_and_no_other_byte_blamed():
    """A checksum cannot tell which byte was changed: the report names the file and no number."""
    items = {MANIFEST: b"{}", SIGNATURE: b"s" * 64, "clip.mp4": bytes(range(200)) * 40}
    data = bytearray(pack(items))
    data[data.index(bytes(range(200))) + 4000] ^= 1
    assert first_strange_byte(bytes(data), unpack(bytes(data))) == "a byte of clip.mp4"
