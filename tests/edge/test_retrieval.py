"""Main-stream pictures on demand: decoded from the ring, no more than is worth it."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sergek.adapters.video import open_source
from sergek.core.vehicle import Box, VehicleClass
from sergek.edge.looks import Look, LookShelf
from sergek.edge.retrieval import MainPictures
from sergek.edge.ring import PacketRing
from sergek.edge.vehicles import Vehicle
from sergek.testing.rtsp import write_clip

BOX = Box(100, 40, 220, 140)
AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def pictures(tmp_path: Path) -> MainPictures:
    """Of a ring with four seconds at 25 pictures a second, a key frame each second."""
    source = open_source(str(write_clip(tmp_path / "clip.mp4")), realtime=False)
    ring = PacketRing(60, 1 << 26)
    for packet in source.packets():
        ring.push(dataclasses.replace(packet, arrived_s=packet.index / 25))
    made = MainPictures(ring)
    made.begun(source)
    return made


def _vehicle(*looks: tuple[float, float]) -> Vehicle:
    """One seen at these moments with these scores."""
    shelf = LookShelf(5, 0.1)
    for at_s, score in looks:
        shelf.put(Look(BOX, at_s, at_s, score))
    return Vehicle(1, "r", BOX, 0.0, AT, shelf, BOX, 3.0, AT, VehicleClass.CAR)


def test_the_best_look_and_those_near_it_get_their_pictures(pictures: MainPictures) -> None:
    """Of looks at 1.8, 2.0 and 3.9 s the first two are cut, and the best keeps the whole."""
    vehicle = _vehicle((1.8, 9.0), (2.0, 10.0), (3.9, 5.0))
    pictures.fill(vehicle, 5)
    best, near, far = vehicle.shelf.looks
    assert best.frame is not None
    assert best.crop is not None
    assert near.crop is not None
    assert near.frame is None
    assert far.crop is None


def test_where_one_is_enough_the_cheapest_good_one_is_decoded(pictures: MainPictures) -> None:
    """A look two pictures after a key frame, nearly as good, saves the twenty of the best one."""
    vehicle = _vehicle((1.8, 10.0), (2.08, 9.0), (3.04, 2.0))
    pictures.fill(vehicle, 1)
    (only,) = vehicle.shelf.looks
    assert only.arrived_s == 2.08
    assert only.frame is not None
    assert only.crop is not None
    assert pictures.decoded <= 4


def test_where_no_other_is_nearly_as_good_the_best_is_decoded(pictures: MainPictures) -> None:
    """A poor picture is not taken because it is cheap."""
    vehicle = _vehicle((1.8, 10.0), (2.08, 5.0))
    pictures.fill(vehicle, 1)
    (only,) = vehicle.shelf.looks
    assert only.arrived_s == 1.8
    assert only.crop is not None


def test_a_look_that_left_the_ring_stays_without_a_picture(pictures: MainPictures) -> None:
    """Too late: nothing is decoded, the looks stay as they were."""
    vehicle = _vehicle((30.0, 10.0))
    pictures.fill(vehicle, 1)
    assert pictures.decoded == 0
    assert vehicle.shelf.looks[0].crop is None
