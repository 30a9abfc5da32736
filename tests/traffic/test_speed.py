"""Speed against geometry that was written independently."""

import numpy as np
import pytest

from sergek.core.speed import SpeedInputs
from sergek.core.vehicle import VehicleClass
from sergek.testing.passages import Mount, batch_of, drive, survey_of, track_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import Demands, measure, plate_size, verdicts
from sergek.traffic.speed import KMH, evaluate, stack

CAR = plate_size(VehicleClass.CAR, 1)


def simulated(seed, count, speeds, **more):
    """Errors (km/h), U (k = 2) and rejections over several cameras surveyed anew."""
    rng = np.random.default_rng(seed)
    errors, u, reasons = [], [], []
    for _ in range(count):
        mount = Mount(
            height_m=rng.uniform(5.5, 7), tilt_deg=rng.uniform(14, 17), k1=rng.normal(0, 0.02)
        )
        pose = calibrate(*survey_of(mount, rng)).pose
        passages = drive(mount, rng, speeds(rng), bias_px=0.1, **more)
        batch = batch_of(passages, pose, heading_deg=180.0 if more.get("approaching", True) else 0)
        found = evaluate(batch)
        errors.append(found.speed_ms * KMH - passages.speed_at(found.at_s))
        u.append(2 * found.u_ms * KMH)
        reasons += verdicts(batch, found, Demands())
    return np.concatenate(errors), np.concatenate(u), np.array([r is None for r in reasons])


@pytest.mark.parametrize("noise", [0.3, 0.5])
@pytest.mark.parametrize("approaching", [True, False])
def test_stated_intervals_cover_the_truth(noise, approaching):
    """20–140 km/h, plates 0.3–1.2 m high: errors, U, coverage and acceptance as promised."""
    errors, u, accepted = simulated(
        5, 12, lambda rng: rng.uniform(20, 140, 60), noise_px=noise, approaching=approaching
    )
    assert accepted.mean() >= 0.95
    errors, u = np.abs(errors[accepted]), u[accepted]
    assert errors.mean() <= 0.5
    assert errors.max() <= 3.0
    assert u.mean() <= 1.5
    assert (errors <= u).mean() >= 0.95


@pytest.mark.parametrize("acceleration", [-4.0, 2.5])
def test_braking_and_accelerating_do_not_bias_the_speed(acceleration):
    """The speed stated for its own moment is the true one at that moment."""
    errors, _, accepted = simulated(
        9, 4, lambda rng: rng.uniform(60, 120, 60), acceleration_ms2=acceleration
    )
    assert accepted.mean() >= 0.95
    assert abs(errors[accepted].mean()) < 0.3
    assert np.abs(errors[accepted]).max() <= 3.0


def test_a_plate_is_not_taken_to_lie_on_the_road():
    """Under a 6 m camera a plate half a metre up would read 9 % fast; here it does not."""
    mount = Mount(k1=0)
    pose = calibrate(*survey_of(mount)).pose
    passages = drive(
        mount, np.random.default_rng(1), np.full(50, 100.0), noise_px=0.0, plate_height_m=0.5
    )
    found = evaluate(batch_of(passages, pose))
    assert np.allclose(found.height_m, 0.5, atol=0.08)
    assert abs(found.speed_ms.mean() * KMH - 100) < 0.2


def test_one_track_gives_the_same_as_the_batch():
    """Stacking single inputs is the batch."""
    rng = np.random.default_rng(2)
    mount = Mount()
    pose = calibrate(*survey_of(mount, rng)).pose
    passages = drive(mount, rng, np.array([50.0, 90.0]))
    whole = evaluate(batch_of(passages, pose))
    for i in (0, 1):
        track = track_of(passages, i)
        one = SpeedInputs(
            pose=pose,
            times_s=list(track.media_s),
            corners=[[x for corner in c for x in corner] for c in track.corners],
            plate=CAR,
            heading_deg=180.0,
        )
        alone = evaluate(stack([one]))
        assert alone.speed_ms[0] == pytest.approx(whole.speed_ms[i], abs=1e-9)
        assert alone.u_ms[0] == pytest.approx(whole.u_ms[i], abs=1e-9)


def test_a_rolling_shutter_is_taken_into_account():
    """Rows read later see the plate later; told so, the speed is right."""
    mount, rng = Mount(k1=0), np.random.default_rng(4)
    channel, survey = survey_of(mount)
    pose = calibrate(channel, survey).pose
    passages = drive(mount, rng, np.full(20, 90.0), noise_px=0.0)
    rows = passages.corners[..., 1].mean(axis=2) / 1080
    errors = []
    for i in range(20):
        track = track_of(passages, i)
        seen = passages.there[i] > 0
        stamps = passages.times_s[i, seen] - 0.02 * rows[i, seen]
        late = type(track)(
            track.frame_index, tuple(map(float, stamps)), track.arrived_s, track.corners
        )
        told = channel.model_copy(update={"readout_s": 0.02})
        result, _ = measure(late, pose, told, CAR, 180.0)
        naive, _ = measure(late, pose, channel, CAR, 180.0)
        errors.append((result.kmh - 90, naive.kmh - 90))
    told, naive = np.abs(np.mean(errors, axis=0))
    assert told < 0.3
    assert naive > 1.0
