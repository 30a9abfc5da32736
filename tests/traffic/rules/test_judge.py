"""The other rules, and all together."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.passage import PassagePlate
from sergek.core.plate import PlateStatus
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence, Route, Violation
from sergek.testing.facts import facts_along
from sergek.testing.sites import example_site, read_plate
from sergek.traffic.law.book import law_book
from sergek.traffic.rules.judge import RULES, judge
from sergek.traffic.rules.record import FactsRecord

LAW, SITE = law_book(), example_site()
QUIET = [(0, -1.7, 50), (3, -1.7, 10)]
CASES = {
    Offence.BUS_LANE: [(0, 5.2, 50), (3, 5.2, 10)],
    Offence.ONCOMING: [(0, -1.7, 10), (3, -1.7, 50)],
    Offence.SOLID_LINE: [(0, -1.7, 50), (1, -1.7, 40), (2, 1.7, 30), (3, 1.7, 24)],
    Offence.STOPPING: [(0, -5.0, 50), (2, -5.0, 30), (20, -5.0, 30)],
    Offence.WRONG_LANE: [(0, -1.7, 40), (2, -1.7, 20), (4, -1.0, 6), (6, 12.0, 0.0)],
}


def accused(facts, site=SITE):
    return {v.offence: v for v in judge(facts, site, LAW) if isinstance(v, Violation)}


def test_an_ordinary_passage_is_cleared_by_every_rule_with_a_reason():
    """Nine rules, nine reasons."""
    verdicts = judge(facts_along(QUIET), SITE, LAW)
    assert [v.offence for v in verdicts] == list(RULES)
    assert all(v.reason for v in verdicts)


@pytest.mark.parametrize("offence", CASES)
def test_each_offence_is_found_alone_with_facts_and_margin(offence):
    """The rule that should speak does, no other."""
    found = accused(facts_along(CASES[offence]))
    assert set(found) == {offence}
    assert found[offence].margin > 0
    assert found[offence].facts


def test_the_oncoming_lane_is_never_an_automatic_fine():
    """It costs the licence: an officer's protocol."""
    assert accused(facts_along(CASES[Offence.ONCOMING]))[Offence.ONCOMING].route is Route.PROTOCOL


def test_a_bus_with_a_permit_may_use_its_lane():
    """And only while the permit holds."""
    bus = facts_along(CASES[Offence.BUS_LANE], plate=read_plate("777BUS08"))
    assert not accused(bus)
    later = replace(bus, happened_at=datetime(2025, 7, 1, tzinfo=UTC))
    assert set(accused(later)) == {Offence.BUS_LANE}


def test_the_bus_lane_begins_on_its_day():
    """Before June 2021 it was no bus lane."""
    facts = facts_along(CASES[Offence.BUS_LANE], happened_at=datetime(2021, 5, 1, tzinfo=UTC))
    assert not accused(facts)


def test_a_short_stop_and_an_exempt_class_are_let_go():
    """Ten seconds are allowed there, and buses stop as long as they need."""
    short = [(0, -5.0, 50), (2, -5.0, 30), (10, -5.0, 30)]
    assert not accused(facts_along(short))
    bus = facts_along(CASES[Offence.STOPPING], vehicle_class=VehicleClass.BUS)
    assert not accused(bus)


def test_a_vehicle_not_watched_all_the_time_was_not_seen_standing():
    """A hole of three seconds in the middle."""
    whole = facts_along(CASES[Offence.STOPPING])
    keep = (whole.times_s < 8) | (whole.times_s > 12.5)
    cut = replace(whole, times_s=whole.times_s[keep], path_m=whole.path_m[keep])
    assert Offence.STOPPING not in accused(cut)


def test_no_case_without_a_plate_surely_read():
    """Unsure is shown, never acted on."""
    unsure = PassagePlate(
        text="123ABC08", raw=(), layout=None, confidence=0.6, status=PlateStatus.UNSURE
    )
    facts = facts_along(CASES[Offence.BUS_LANE], plate=unsure)
    assert not accused(facts)
    verdict = judge(facts, SITE, LAW)[list(RULES).index(Offence.BUS_LANE)]
    assert "not surely read" in verdict.reason


def test_a_missing_plate_is_a_note_only():
    """No prescription, no protocol."""
    found = accused(facts_along(QUIET, plate=None))
    assert {v.route for v in found.values()} == {Route.NOTE}


@given(st.floats(-0.19, 0.19), st.integers(0, 2**32 - 1))
def test_noise_near_a_solid_line_accuses_nobody(x, seed):
    """Driving along the line with a hand's breadth of noise is no crossing."""
    facts = facts_along([(0, x, 50), (3, x, 24)])
    noise = np.random.default_rng(seed).normal(0, 0.05, facts.path_m.shape)
    assert not accused(replace(facts, path_m=facts.path_m + noise))


def test_facts_survive_their_record():
    """Judged again from JSON, a case comes out the same."""
    for offence, way in CASES.items():
        facts = facts_along(way)
        again = FactsRecord.model_validate_json(FactsRecord.of(facts).model_dump_json()).facts()
        assert accused(again)[offence] == accused(facts)[offence]
