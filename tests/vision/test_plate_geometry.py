"""Exact corners from pictures whose true corners are known: drawn plates on plain bodies."""

import cv2
import numpy as np
import pytest

from sergek.core.speed import PlateTrack
from sergek.core.vehicle import VehicleClass
from sergek.simulation.plates.draw import PlateStyle, draw_plate
from sergek.simulation.plates.layouts import form
from sergek.simulation.plates.typefaces import installed
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import measure, plate_size
from sergek.vision.plate_alignment import Patch
from sergek.vision.plate_geometry import sharpened

MOUNT = Mount(k1=0.0, focal_px=4200.0, tilt_deg=15.0)
CHANNEL, SURVEY = survey_of(MOUNT)
POSE = calibrate(CHANNEL, SURVEY).pose
CAR = plate_size(VehicleClass.CAR, 1)
FINE = 4
pytestmark = pytest.mark.skipif(not installed(), reason="apt-get install fonts-dejavu-core")


def painted(corners: np.ndarray, body: int, rng: np.random.Generator) -> Patch:
    """The plate at these corners on a body of one tone, as a sensor gives it: light mixed in each
    pixel, then bent to a tone, then blurred by the codec."""
    style = PlateStyle(typeface=installed()[0])
    face = cv2.cvtColor(draw_plate(form("kz-2012-car"), "123ABC08", style, 1.0).image, 6)
    low = np.floor(corners.min(axis=0)).astype(int) - 30
    size = np.ceil(corners.max(axis=0)).astype(int) + 30 - low
    edge = np.array([(0, 0), (520, 0), (520, 112), (0, 112)], np.float32) - np.float32(0.5)
    onto = cv2.getPerspectiveTransform(edge, ((corners - low) * FINE - 0.5).astype(np.float32))
    wide = tuple(int(v) for v in size * FINE)
    fine = np.full(wide[::-1], body, np.uint8)
    cv2.warpPerspective(face, onto, wide, fine, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    light = (fine / np.float32(255)) ** 2.2
    light = cv2.resize(light, tuple(int(v) for v in size), interpolation=cv2.INTER_AREA)
    seen = cv2.GaussianBlur(255 * light ** (1 / 2.2), (0, 0), 0.7)
    seen = seen + rng.normal(0, 2, seen.shape)
    return Patch(np.clip(seen, 0, 255).astype(np.uint8), (int(low[0]), int(low[1])))


def passage(
    kmh: float, body: int, seed: int, roll_deg: float = 0.0
) -> tuple[PlateTrack, PlateTrack, list[Patch]]:
    """True track, the same as a poor plate finder gives it, and the pictures."""
    rng = np.random.default_rng(seed)
    truth = track_of(drive(MOUNT, rng, np.array([kmh]), noise_px=0.0, plate_height_m=0.55), 0)
    corners = rolled(np.array(truth.corners), np.radians(roll_deg))
    truth = PlateTrack(truth.frame_index, truth.media_s, truth.arrived_s, as_tuples(corners))
    patches = [painted(each, body, rng) for each in corners]
    rough = corners + rng.normal(0, 0.7, corners.shape) + np.array([[1, 0], [4, 0], [4, 0], [1, 0]])
    found = PlateTrack(truth.frame_index, truth.media_s, truth.arrived_s, as_tuples(rough))
    return truth, found, patches


def rolled(corners: np.ndarray, angle: float) -> np.ndarray:
    """Each plate turned about its middle on the picture."""
    middle = corners.mean(axis=1, keepdims=True)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    return middle + (corners - middle) @ turn


def as_tuples(corners: np.ndarray) -> tuple:
    return tuple(tuple(map(tuple, each)) for each in corners.tolist())


@pytest.mark.parametrize(("body", "seed"), [(30, 1), (200, 2), (110, 3)])
def test_corners_three_pixels_off_come_back_to_a_quarter_of_a_pixel(body, seed):
    """On a dark, a white and a grey car: the plate's width is right to a third of a per cent, and
    what is left of the error is the same on every picture."""
    truth, rough, patches = passage(70.0, body, seed)
    found = sharpened(rough, patches, POSE, CAR, 180.0)
    assert found is not None
    where = [truth.frame_index.index(i) for i in found.track.frame_index]
    true = np.array(truth.corners)[where]
    got = np.array(found.track.corners)
    stretch = width(got) / width(true)
    assert abs(stretch.mean() - 1) < 0.003
    assert stretch.std() < 0.0025
    assert np.std(got.mean(axis=1) - true.mean(axis=1), axis=0).max() < 0.1


def test_a_plate_mounted_askew_is_found_as_well():
    """Turned by three degrees either way."""
    for roll_deg in (-3.0, 3.0):
        truth, rough, patches = passage(70.0, 60, 6, roll_deg)
        found = sharpened(rough, patches, POSE, CAR, 180.0)
        assert found is not None
        where = [truth.frame_index.index(i) for i in found.track.frame_index]
        true, got = np.array(truth.corners)[where], np.array(found.track.corners)
        assert abs((width(got) / width(true)).mean() - 1) < 0.005
        assert np.abs(got - true).max() < 1.5


def test_a_speed_from_such_pictures_holds_its_interval():
    """The poor corners alone would be kilometres off; sharpened ones are within ± U."""
    _, rough, patches = passage(90.0, 40, 5)
    found = sharpened(rough, patches, POSE, CAR, 180.0)
    assert found is not None
    speed, _ = measure(found.track, POSE, CHANNEL, CAR, 180.0)
    poor, _ = measure(rough, POSE, CHANNEL, CAR, 180.0)
    assert poor.kmh is None or abs(poor.kmh - 90) > 2
    assert speed.status == "measured"
    assert abs(speed.kmh - 90) <= min(speed.u_kmh, 0.9)


def test_pictures_without_the_plate_give_no_exact_corners():
    """Noise where the plate should be is not aligned to anything."""
    _, rough, patches = passage(70.0, 30, 4)
    rng = np.random.default_rng(0)
    empty = [Patch(rng.integers(90, 110, p.luma.shape, np.uint8), p.origin) for p in patches]
    assert sharpened(rough, empty, POSE, CAR, 180.0) is None


def test_too_few_pictures_give_no_exact_corners():
    """Five are not enough."""
    _, rough, patches = passage(70.0, 30, 4)
    short = PlateTrack(*(getattr(rough, name)[:5] for name in PlateTrack.__slots__))
    assert sharpened(short, patches[:5], POSE, CAR, 180.0) is None


def width(corners: np.ndarray) -> np.ndarray:
    sides = corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3]
    return np.asarray(np.linalg.norm(sides, axis=1))


def test_a_picture_that_shows_nothing_is_left_out_and_spoils_no_other():
    """One picture of even grey, as a broken stream gives it, is dropped and no other with it."""
    _, rough, patches = passage(70.0, 110, 3)
    whole = sharpened(rough, patches, POSE, CAR, 180.0)
    lost = len(patches) // 2
    patches[lost] = Patch(np.full_like(patches[lost].luma, 90), patches[lost].origin)
    found = sharpened(rough, patches, POSE, CAR, 180.0)
    assert whole is not None
    assert found is not None
    others = set(whole.track.frame_index) - {rough.frame_index[lost]}
    assert set(found.track.frame_index) == others
