"""Which looks at a vehicle are kept."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.adapters.video.raw import ArrayFrame
from sergek.core.vehicle import Box
from sergek.edge.looks import Look, LookShelf, look_score, sharpness
from sergek.testing.passages import Mount


def _look(media_s, score):
    return Look(Box(0, 0, 10, 10), media_s, media_s, score)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(1, 100)), max_size=60))
def test_the_shelf_holds_few_looks_apart_and_never_loses_the_best(offers):
    """At most three, at least 0.2 s apart, the best offered look among them."""
    shelf = LookShelf(3, 0.2)
    for media_s, score in offers:
        if shelf.wants(media_s, score, Box(0, 0, 100, 100)):
            shelf.put(_look(media_s, score))
    held = shelf.looks
    assert len(held) <= 3
    times = sorted(look.media_s for look in held)
    assert all(b - a >= 0.2 for a, b in pairwise(times))
    if offers:
        assert held[0].score == max(score for _, score in offers)


def test_nearer_and_sharper_is_better_and_a_cut_vehicle_worse():
    """The order in which a reader should try."""
    near, far = Box(100, 100, 300, 300), Box(100, 100, 160, 160)
    cut = Box(0, 100, 200, 300)
    assert look_score(near, 50, 640, 360) > look_score(far, 50, 640, 360)
    assert look_score(near, 400, 640, 360) > look_score(near, 50, 640, 360)
    assert look_score(near, 50, 640, 360) > look_score(cut, 50, 640, 360)


def test_sharpness_falls_when_the_picture_is_smeared():
    """Motion blur lowers the variance of the Laplacian."""
    rng = np.random.default_rng(1)
    crisp = rng.integers(0, 255, (120, 160, 3)).astype(np.uint8)
    smeared = np.stack([np.roll(crisp, i, axis=1) for i in range(12)]).mean(axis=0)
    box = Box(10, 10, 150, 110)

    def of(picture):
        frame = ArrayFrame(picture.astype(np.uint8), _Packet())
        return sharpness(frame, box, (1.0, 1.0))

    assert of(crisp) > 3 * of(smeared)


class _Packet:
    media_s = 0.0


def test_a_plate_belongs_to_the_vehicle_on_which_it_sits_low():
    """In a queue the box of the car behind reaches over the plate of the one before it."""
    before, behind = Box(100, 100, 200, 200), Box(90, 170, 210, 300)
    plate = Box(135, 180, 165, 190)
    seen = (before, behind)
    assert Look(behind, 0, 0, 1, origin=(0, 0), vehicles=seen).is_anothers(plate)
    assert not Look(before, 0, 0, 1, origin=(0, 0), vehicles=seen).is_anothers(plate)
    # The same plate on a crop that begins elsewhere.
    on_crop = Box(55, 30, 85, 40)
    assert Look(behind, 0, 0, 1, origin=(80, 150), vehicles=seen).is_anothers(on_crop)
    # A part of the same vehicle found a second time takes nothing away.
    part = Box(110, 140, 190, 200)
    assert not Look(before, 0, 0, 1, vehicles=(before, part)).is_anothers(plate)


def test_a_car_on_a_carrier_is_told_from_one_in_a_queue():
    """Boxes of solids seen from a pole, 16 to 30 m away, coming and going: a car on the bed of a
    lorry is carried; cars before it, beside it and 12 m behind it are not, nor is the lorry."""
    mount = Mount(focal_px=1500.0)

    def box(x, y, z, size):
        wide, long, high = size
        solid = np.array([(x + i * wide / 2, y + j * long / 2, z + k * high)
                          for i in (-1, 1) for j in (-1, 1) for k in (0, 1)])  # fmt: skip
        pixels = mount.pixels(solid)
        return Box(*(float(v) for v in (*pixels.min(0), *pixels.max(0))))

    car = (1.8, 4.3, 1.5)
    for y in range(16, 31, 2):
        for along in (1, -1):
            lorry = box(0, y, 0, (2.4, 7.4, 2.6))
            loaded = box(0, y - along, 0.98, car)
            others = [box(0, y - 7.5, 0, car), box(3.5, y, 0, car), box(0, y + 12, 0, car)]
            assert Look(loaded, 0, 0, 1, vehicles=(lorry, loaded, *others)).is_carried
            empty = (lorry, *others)
            assert not any(Look(each, 0, 0, 1, vehicles=empty).is_carried for each in empty)
