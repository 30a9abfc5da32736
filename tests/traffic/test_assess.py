"""Plate corners and times in, measurement and violations out."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from sergek.core.speed import Rejection
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence
from sergek.testing.facts import WHEN
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.assess import Assessor, SeenPassage, speed_json, violation_json
from sergek.traffic.rules.verdict import Lamp, LampChange

MOUNT = Mount(k1=0.0)
JUDGED = {"corner_sigma_px": 0.5, "corner_bias_px": 0.1}


def site(corners=JUDGED):
    channel, survey = survey_of(MOUNT, np.random.default_rng(3))
    survey = survey.model_copy(update={"valid_from": datetime(2022, 1, 1, tzinfo=UTC)})
    stop = example_site().lines[0].model_dump() | {"points_m": [[-3.5, 24.0], [7.0, 24.0]]}
    return with_changes(
        example_site(),
        channels=[channel.model_dump() | {"surveys": [survey.model_dump()]} | corners],
        lines=[stop],
    )


ASSESSOR = Assessor(site())


def seen(kmh=100.0, seed=1, **more):
    rng = np.random.default_rng(seed)
    values = {
        "passage_id": "1" * 32,
        "camera_id": "abay-1",
        "vehicle_class": VehicleClass.CAR,
        "track": track_of(drive(MOUNT, rng, np.array([kmh])), 0),
        "happened_at": WHEN,
        "plate": read_plate("123ABC08"),
    }
    return SeenPassage(**(values | more))


def test_a_fast_car_is_measured_and_accused_of_speeding_only():
    """100 km/h at 60: the band of 20 to 40 over, after the guard."""
    found = ASSESSOR.assess(seen())
    assert abs(found.speed.kmh - 100) < 2
    assert [v.offence for v in found.violations] == [Offence.SPEEDING]
    assert found.violations[0].article == "592 ч. 2"
    assert found.facts.front
    assert speed_json(found.speed)["status"] == "measured"
    told = violation_json(found.violations)[0]
    assert told["limit_kmh"] == 60
    assert told["package"] is None


def test_a_plate_finder_that_no_pilot_judged_measures_nothing():
    """Its own card admits corners too vague for 3 km/h: every speed is rejected as uncertain."""
    found = Assessor(site({})).assess(seen())
    assert found.speed.reason is Rejection.UNCERTAIN
    assert found.violations == ()


def test_an_ordinary_car_is_cleared():
    """60 km/h: nine reasons."""
    found = ASSESSOR.assess(seen(60.0))
    assert found.violations == ()
    assert len(found.verdicts) == 9


def test_before_the_survey_nothing_is_measured():
    """A camera that was not calibrated then."""
    found = ASSESSOR.assess(seen(happened_at=datetime(2021, 7, 1, tzinfo=UTC)))
    assert found.speed.reason is Rejection.NOT_CALIBRATED
    assert found.verdicts == ()


@pytest.mark.parametrize("fault", [Rejection.PTS_DRIFT, Rejection.CAMERA_MOVED])
def test_what_the_watchmen_say_stops_the_measurement(fault):
    """A drifting clock stops the speed, a moved camera every rule."""
    found = ASSESSOR.assess(seen(fault=fault))
    assert found.speed.reason is fault
    assert found.violations == ()


def test_driving_on_through_red_is_found_from_the_plate_alone():
    """The stop line is crossed after a second of red."""
    through = seen(50.0)
    red = (LampChange("main", -5.0, Lamp.GREEN), LampChange("main", -1.0, Lamp.RED))
    found = ASSESSOR.assess(replace(through, lamps=red))
    assert [v.offence for v in found.violations] == [Offence.RED_LIGHT]
    dark = (LampChange("main", -5.0, Lamp.UNKNOWN),)
    assert ASSESSOR.assess(replace(through, lamps=dark)).violations == ()


def test_stamps_missing_give_a_reason_and_no_facts():
    """No path without times."""
    one = seen()
    none = (None,) * len(one.track.media_s)
    found = ASSESSOR.assess(replace(one, track=replace(one.track, media_s=none)))
    assert found.speed.status == "rejected"
    assert found.facts is None


def test_a_limit_corrected_later_is_applied_backwards():
    """Judged anew by a file that knows better, the same passage is cleared."""
    limits = [{"kmh": 90, "basis": "act of 1 May 2022", "valid_from": date(2022, 5, 1)}]
    better = Assessor(with_changes(site(), limits=limits))
    assert ASSESSOR.assess(seen()).violations != ()
    assert better.assess(seen()).violations == ()


def test_a_car_on_a_tow_truck_never_gets_a_case():
    """Both plates go 100 km/h, 5 m apart in one lane, one at 0.6 m and one at 1.3 m: the second is
    towed and nothing is told of it. Ten metres farther behind it is a car of its own."""
    truck, car = (
        drive(MOUNT, np.random.default_rng(1), np.array([100.0]), plate_height_m=height, far_m=39.0)
        for height in (0.6, 1.3)
    )

    def along(drive_, after_s=0.0):
        track = track_of(drive_, 0)
        return replace(track, media_s=tuple(t + after_s for t in track.media_s))

    def carried(track):
        assessor = Assessor(site())
        first = assessor.assess(seen(track=along(truck)))
        assert first.violations != ()
        return assessor.assess(seen(track=track))

    found = carried(along(car, 5.0 / (100 / 3.6)))
    assert found.speed.reason is Rejection.TOWED
    assert found.violations == ()
    assert found.facts.fault is Rejection.TOWED
    assert carried(along(car, 15.0 / (100 / 3.6))).violations != ()


def test_the_lane_is_the_sites():
    """A passage carries the number of the site's lane that its plate drove in."""
    found = ASSESSOR.assess(seen())
    lanes = {lane.number for lane in site().lanes}
    assert found.lane in lanes
