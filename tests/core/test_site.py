"""The site as of a moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sergek.core.errors import ConfigError
from sergek.core.site import Permit, SpeedLimit
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence
from sergek.testing.sites import example_site, with_changes

SUMMER = datetime(2022, 7, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 5000).map(lambda day: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(day))


def limit(kmh=60, start="2015-01-01", end=None, **more):
    return {
        "kmh": kmh,
        "basis": f"act {kmh}",
        "valid_from": date.fromisoformat(start),
        "valid_until": date.fromisoformat(end) if end else None,
        **more,
    }


def test_a_bare_date_begins_at_midnight_in_kazakhstan():
    """2021-06-01 in the file is 18:00 UTC of the day before (UTC+6 at that time)."""
    lane = example_site().lanes[2]
    assert lane.valid_from.astimezone(UTC) == datetime(2021, 5, 31, 18, tzinfo=UTC)


def test_limits_follow_the_moment_of_the_event():
    """The old limit answers for the old moment, the new one from its first instant on."""
    limits = [limit(60, end="2022-06-01"), limit(40, "2022-06-01")]
    site = with_changes(example_site(), limits=limits)
    turn = site.limits[1].valid_from
    before = site.limit_at(datetime(2022, 5, 1, tzinfo=UTC), 1, VehicleClass.CAR)
    assert before is not None
    assert before.kmh == 60
    assert site.limit_at(turn, 1, VehicleClass.CAR).kmh == 40


def test_overlapping_limits_are_named_in_one_sentence():
    """Two limits for everybody at once are refused with both acts."""
    with pytest.raises(ValidationError, match=r"60 km/h \(act 60\) and 40 km/h \(act 40\) overlap"):
        with_changes(example_site(), limits=[limit(60), limit(40, "2022-06-01")])


def test_a_limit_for_lorries_wins_over_the_general_one():
    """The more specific limit holds and is no overlap."""
    site = with_changes(example_site(), limits=[limit(60), limit(50, classes=["truck"])])
    assert site.limit_at(SUMMER, 1, VehicleClass.TRUCK).kmh == 50
    assert site.limit_at(SUMMER, 1, VehicleClass.CAR).kmh == 60


def test_lane_and_class_limits_that_cross_are_refused():
    """Neither of 'lane 1' and 'lorries' is the more specific one."""
    with pytest.raises(ValidationError, match="overlap"):
        with_changes(example_site(), limits=[limit(60, lanes=[1]), limit(50, classes=["truck"])])


@given(MOMENTS)
def test_never_more_than_one_limit_answers(when):
    """Whatever the moment, a void limit holds never and the lawful one always."""
    site = with_changes(
        example_site(), limits=[limit(60), limit(40, "2022-06-01", void="court, 1 March 2023")]
    )
    assert site.limit_at(when, 1, VehicleClass.CAR).kmh == 60


def test_a_permit_holds_for_its_plate_offence_and_time_only():
    """Another plate, another offence or a later day gets no permit."""
    site = example_site()
    assert site.permit_at(SUMMER, "777BUS08", Offence.BUS_LANE) is not None
    assert site.permit_at(SUMMER, "778BUS08", Offence.BUS_LANE) is None
    assert site.permit_at(SUMMER, "777BUS08", Offence.SPEEDING) is None
    assert site.permit_at(datetime(2025, 7, 1, tzinfo=UTC), "777BUS08", Offence.BUS_LANE) is None


def test_a_site_is_in_trial_until_acceptance_and_certificate_exist():
    """Both are needed, as of the moment."""
    site = example_site()
    assert site.in_trial(SUMMER)
    record = {"signed_by": "A. Chief", "signed_at": "2022-06-01T00:00:00+06:00"}
    site = with_changes(site, acceptance=record | {"figures_sha256": "0" * 64})
    assert not site.in_trial(SUMMER)
    assert site.in_trial(datetime(2022, 5, 1, tzinfo=UTC))
    assert site.in_trial(datetime(2023, 3, 1, tzinfo=UTC)), "the certificate has expired"


def test_names_that_point_nowhere_are_refused():
    """A stop line's head must exist."""
    lines = [example_site().lines[0].model_dump() | {"heads": ["gone"]}]
    with pytest.raises(ValidationError, match="'gone', which is not there"):
        with_changes(example_site(), lines=lines)


def test_periods_must_run_forward():
    """An end before its beginning is refused."""
    with pytest.raises(ValidationError, match="valid_until must be later"):
        SpeedLimit.model_validate(limit(60, "2022-01-01", "2021-01-01"))


def test_a_time_of_day_needs_its_offset():
    """A naive time could be anywhere."""
    with pytest.raises(ValidationError, match="timezone"):
        Permit.model_validate(
            {
                "plate": "123ABC08",
                "kind": "bus",
                "offences": ["bus_lane"],
                "basis": "x",
                "valid_from": "2022-01-01T00:00:00",
            }
        )


def test_an_unknown_camera_is_one_sentence():
    """The channel must be in the file."""
    with pytest.raises(ConfigError, match="no channel with camera_id 'other'"):
        example_site().channel("other")
