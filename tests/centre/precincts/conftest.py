"""Registers filled from a small made-up town."""

import datetime as dt

import pytest

from sergek.centre.precincts.actions import RegisterActions
from sergek.centre.precincts.adopting import adopt_city
from sergek.centre.precincts.divisions import Divisions


@pytest.fixture
def actions(house):
    return RegisterActions(house.engine, house.log, house.evidence, house.clock)


@pytest.fixture
def divisions(house):
    return Divisions(house.engine, house.log, house.evidence, house.clock)


@pytest.fixture
def day(house):
    return house.clock.now().date() + dt.timedelta(hours=5)


@pytest.fixture
def filled(planned, actions, divisions, day):
    """The house with registers adopted from the town."""
    assert adopt_city(planned.planning, actions, divisions, day)
    return planned
