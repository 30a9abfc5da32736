"""Red light and stop line."""

from dataclasses import replace

import pytest

from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Route, Violation
from sergek.testing.facts import facts_along
from sergek.testing.sites import example_site
from sergek.traffic.law.book import law_book
from sergek.traffic.rules import red_light, stop_line
from sergek.traffic.rules.verdict import Lamp, LampChange

LAW, SITE = law_book(), example_site()
# the stop line is at y = 20, traffic comes down from y = 40
THROUGH = [(0, -1.7, 40), (2, -1.7, 20), (4, -1.7, 0)]
STANDS = [(0, -1.7, 40), (2, -1.7, 20), (2.2, -1.7, 18.5), (7, -1.7, 18.5)]


def lamps(*changes):
    return tuple(LampChange("main", at, lamp) for at, lamp in changes)


RED = lamps((0.0, Lamp.GREEN), (0.5, Lamp.AMBER), (1.0, Lamp.RED))


def test_driving_through_red_is_found_with_its_margin():
    """Red since 1.0, crossed at 2.0: a second of red less the half that lamps may be off."""
    found = red_light.judge(facts_along(THROUGH, lamps=RED), SITE, LAW)
    assert isinstance(found, Violation)
    assert (found.article, found.route) == ("599", Route.PRESCRIPTION)
    assert found.margin == pytest.approx(0.5, abs=0.01)
    assert found.media_s == pytest.approx(2.0, abs=0.01)
    assert found.facts["red_for_s"] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("lamp", [Lamp.GREEN, Lamp.AMBER, Lamp.FLASHING, Lamp.OFF, Lamp.UNKNOWN])
def test_no_other_lamp_accuses(lamp):
    """Neither amber nor flashing nor an occluded head."""
    found = red_light.judge(facts_along(THROUGH, lamps=lamps((0.0, lamp))), SITE, LAW)
    assert not isinstance(found, Violation)


def test_red_occluded_at_the_crossing_accuses_nobody():
    """What cannot be seen when it counts is unknown."""
    seen = (*RED, LampChange("main", 1.9, Lamp.UNKNOWN))
    assert not isinstance(red_light.judge(facts_along(THROUGH, lamps=seen), SITE, LAW), Violation)


def test_red_that_began_just_before_the_line_is_let_go():
    """Less than half a second."""
    seen = lamps((0.0, Lamp.AMBER), (1.7, Lamp.RED))
    found = red_light.judge(facts_along(THROUGH, lamps=seen), SITE, LAW)
    assert "only just before" in found.reason


def test_turning_green_while_crossing_the_line_is_let_go():
    """Not seen driving on for five metres on red."""
    seen = (*RED, LampChange("main", 2.2, Lamp.GREEN))
    assert "on past the line" in red_light.judge(facts_along(THROUGH, lamps=seen), SITE, LAW).reason


def test_a_rear_plate_counts_from_when_the_longest_such_vehicle_could_have_crossed():
    """A car's rear 5.5 m before the line: its front may have passed half a second earlier."""
    seen = facts_along(THROUGH, lamps=RED, front=False)
    early = lamps((0.0, Lamp.GREEN), (0.2, Lamp.RED))
    assert not isinstance(red_light.judge(seen, SITE, LAW), Violation)
    found = red_light.judge(replace(seen, lamps=early), SITE, LAW)
    assert isinstance(found, Violation)
    assert found.media_s == pytest.approx(1.44, abs=0.05)
    bus = replace(seen, lamps=early, vehicle_class=VehicleClass.BUS)
    assert not isinstance(red_light.judge(bus, SITE, LAW), Violation)


def test_standing_beyond_the_line_is_the_stop_line_not_the_red_light():
    """A metre and a half beyond for five seconds."""
    seen = facts_along(STANDS, lamps=RED)
    assert not isinstance(red_light.judge(seen, SITE, LAW), Violation)
    found = stop_line.judge(seen, SITE, LAW)
    assert isinstance(found, Violation)
    assert found.article == "601"
    assert 0.8 < found.margin <= 1.2


def test_standing_on_the_line_is_let_go():
    """Two hand-breadths beyond are within what the position may be off."""
    way = [(0, -1.7, 40), (2, -1.7, 20), (2.2, -1.7, 19.8), (7, -1.7, 19.8)]
    assert "too close" in stop_line.judge(facts_along(way, lamps=RED), SITE, LAW).reason


def test_driving_on_is_no_stop_line_case():
    """The two offences never come together."""
    found = stop_line.judge(facts_along(THROUGH, lamps=RED), SITE, LAW)
    assert "did not stand" in found.reason
