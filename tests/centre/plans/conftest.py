"""A planning room over a small made-up town, shared by the module's tests."""

import time

import pytest

from sergek.planning.city.addressbook import save_addresses
from sergek.planning.city.addresses import make_addresses
from sergek.planning.city.store import save_city
from sergek.planning.city.synthetic import make_taraz
from sergek.wiring.planning import PlanningRoom


@pytest.fixture(scope="session")
def town_room(tmp_path_factory):
    """A prepared room; its studies are kept for the whole session."""
    folder = tmp_path_factory.mktemp("plans")
    town = make_taraz(size=14)
    save_city(town, folder / "source")
    save_addresses(make_addresses(town), folder / "source")
    room = PlanningRoom.open(folder / "source", folder / "room")
    room.prepare()
    yield room
    room.close()


@pytest.fixture
def planned(house, town_room):
    """The house with that room."""
    house.planning = town_room
    return house


@pytest.fixture
def settled(town_room):
    """Waits until a study is over; its state."""

    def wait(key):
        end = time.monotonic() + 90
        while town_room.studies.state(key).moving:
            assert time.monotonic() < end
            time.sleep(0.05)
        return town_room.studies.state(key)

    return wait
