"""Tracks become v ± U, or one reason."""

import numpy as np
import pytest

from sergek.core.speed import PlateTrack, Rejection
from sergek.core.vehicle import VehicleClass
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import measure, measurement_of, plate_size, towed

MOUNT = Mount(k1=0.0)
CHANNEL, SURVEY = survey_of(MOUNT)
POSE = calibrate(CHANNEL, SURVEY).pose
CAR = plate_size(VehicleClass.CAR, 1)


def track(seed=1, kmh=80.0, **more):
    rng = np.random.default_rng(seed)
    return track_of(drive(MOUNT, rng, np.array([kmh]), **more), 0)


def changed(one, **changes):
    fields = {name: getattr(one, name) for name in PlateTrack.__slots__}
    return PlateTrack(**(fields | changes))


def moved(one, dx=0.0, dy=0.0, where=slice(None)):
    corners = np.array(one.corners)
    corners[where] += [dx, dy]
    return changed(one, corners=tuple(tuple(map(tuple, c)) for c in corners.tolist()))


def verdict(one, **more):
    return measure(one, POSE, CHANNEL, CAR, 180.0, **more)[0]


def test_a_good_track_is_measured_and_can_be_computed_again():
    """The inputs alone give the same speed and uncertainty."""
    result, inputs = measure(track(), POSE, CHANNEL, CAR, 180.0)
    assert result.status == "measured"
    assert abs(result.kmh - 80) < result.u_kmh
    assert measurement_of(type(inputs).model_validate_json(inputs.model_dump_json())) == result


def test_few_pictures_give_no_speed():
    """Five are not enough."""
    one = track()
    short = PlateTrack(*(getattr(one, name)[:5] for name in PlateTrack.__slots__))
    assert verdict(short).reason is Rejection.TOO_FEW_FRAMES


def test_missing_stamps_give_no_speed():
    """No clock, no speed."""
    one = track()
    assert verdict(changed(one, media_s=(None,) * len(one.media_s))).reason is Rejection.PTS_MISSING


def test_a_lane_change_gives_no_speed():
    """Two and a half metres sideways within the zone."""
    one = track()
    count = len(one.corners)
    corners = np.array(one.corners)
    corners[:, :, 0] += np.linspace(0, 260, count)[:, None]
    slid = changed(one, corners=tuple(tuple(map(tuple, c)) for c in corners.tolist()))
    assert verdict(slid).reason is Rejection.LANE_CHANGE


def test_two_vehicles_merged_into_one_track_give_no_speed():
    """The second half belongs to a car 3 m behind."""
    one = track(noise_px=0.2)
    half = len(one.corners) // 2
    other = track(noise_px=0.2, far_m=37.0, near_m=18.0)
    merged = changed(one, corners=one.corners[:half] + other.corners[half : len(one.corners)])
    assert verdict(merged).status == "rejected"


def test_a_reflection_in_the_wet_road_gives_no_speed():
    """A plate below the road is no plate."""
    assert verdict(track(plate_height_m=-0.6)).reason is Rejection.HEIGHT_IMPLAUSIBLE


def test_a_plate_on_a_carrier_gives_no_speed():
    """Nor one as high as a car on a truck."""
    assert verdict(track(plate_height_m=1.8)).reason is Rejection.HEIGHT_IMPLAUSIBLE


def test_a_foreign_plate_of_another_shape_gives_no_speed():
    """305 × 152 mm taken for 520 × 112 would read 70 % fast."""
    assert verdict(track(plate_mm=(305.0, 152.0))).reason is Rejection.PLATE_SHAPE
    assert measure(track(), POSE, CHANNEL, None, 180.0)[0].reason is Rejection.PLATE_SIZE_UNKNOWN


@pytest.mark.parametrize("pixels", [-60, 60])
def test_a_tilted_camera_makes_the_methods_disagree(pixels):
    """The picture shifted by 60 px (1.1°): place and size tell different speeds."""
    reasons = {verdict(moved(track(seed, 120.0), dy=pixels)).status for seed in range(8)}
    assert reasons == {"rejected"}


def test_one_stray_picture_is_left_out_not_averaged_in():
    """A corner set 20 px off is dropped and the speed stays right."""
    one = moved(track(noise_px=0.3), dy=20.0, where=slice(9, 10))
    result, inputs = measure(one, POSE, CHANNEL, CAR, 180.0)
    assert result.status == "measured"
    assert len(inputs.times_s) < len(one.corners)
    assert abs(result.kmh - 80) < result.u_kmh


def test_a_towed_vehicle_is_told_from_a_queue():
    """Same speed, 6 m apart in a lane: towed only if one plate stands far higher."""
    low, _ = measure(track(plate_height_m=0.5), POSE, CHANNEL, CAR, 180.0)
    high, _ = measure(track(plate_height_m=1.2), POSE, CHANNEL, CAR, 180.0)
    here, there = np.array([0.0, 20.0]), np.array([0.0, 26.0])
    assert towed((high, here), [(low, there)])
    assert not towed((low, here), [(low, there)])
    assert not towed((high, here), [(low, there + np.array([0, 20]))])
    assert not towed((high, here), [(low, there + np.array([3.5, 0]))])
