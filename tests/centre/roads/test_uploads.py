"""Photos that arrive in pieces."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sergek.centre.roads.uploads import PhotoUploads
from sergek.core.errors import ConfigError, Conflict


@pytest.fixture
def uploads(house):
    return PhotoUploads(house.engine, house.evidence, house.clock)


def digest(data):
    return hashlib.sha256(data).hexdigest()


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(min_size=1, max_size=60), repeats=st.lists(st.booleans(), min_size=64))
def test_pieces_with_repeats_make_the_whole(uploads, house, data, repeats):
    """A piece sent twice is nothing; the photo is whole exactly once all of it is here."""
    whole = b"\xff\xd8\xff" + data
    key, at = digest(whole), uploads.received(digest(whole))
    while at is not None:
        piece = whole[at : at + 7]
        after = uploads.add(key, at, len(whole), piece)
        if repeats[at]:
            uploads.add(key, at, len(whole), piece)
        at = after
    assert house.evidence.get(key) == whole
    assert uploads.received(key) is None


def test_a_hole_is_refused_and_the_place_to_go_on_is_told(uploads):
    """Two pieces of different ends do not make a photo."""
    key = digest(b"x")
    uploads.add(key, 0, 100, b"\xff\xd8\xff" + b"a" * 7)
    with pytest.raises(Conflict, match="byte 10"):
        uploads.add(key, 50, 100, b"b" * 10)
    assert uploads.received(key) == 10


def test_what_is_no_jpeg_or_not_its_digest_is_refused_and_forgotten(uploads, house):
    """The store keeps nothing that was not announced."""
    with pytest.raises(ConfigError):
        uploads.add("a" * 64, 0, 4, b"GIF8")
    with pytest.raises(ConfigError, match="digest"):
        uploads.add("a" * 64, 0, 4, b"\xff\xd8\xff\x00")
    assert uploads.received("a" * 64) == 0
    assert not list(house.evidence.keys())
