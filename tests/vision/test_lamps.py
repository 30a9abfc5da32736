"""Signal heads by day and night; what cannot be told is unknown."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.site import SignalHead
from sergek.traffic.rules.verdict import Lamp
from sergek.vision.lamps import LampWatch, look_at

HEAD = SignalHead(
    name="main", camera_id="c", red=(40, 20, 60, 40), amber=(40, 44, 60, 64), green=(40, 68, 60, 88)
)
COLOURS = {"red": (40, 40, 235), "amber": (30, 170, 250), "green": (150, 225, 60)}
CENTRES = {"red": (50, 30), "amber": (50, 54), "green": (50, 78)}


def picture(*lit, light=0.8, glow=False, cover=None, seed=0):
    """A head before a sky of that light; lit lamps are coloured, overexposed ones white."""
    image = np.full((110, 100, 3), int(255 * light * 0.7), np.uint8)
    cv2.rectangle(
        image, (34, 14), (66, 94), (int(45 * light), int(48 * light), int(45 * light)), -1
    )
    for name, at in CENTRES.items():
        dark = tuple(int(c * 0.22 * light) for c in COLOURS[name])
        cv2.circle(image, at, 9, COLOURS[name] if name in lit else dark, -1)
        if glow and name in lit:
            cv2.circle(image, at, 6, (255, 255, 255), -1)
    if cover is not None:
        x1, y1, x2, y2 = cover
        image[y1:y2, x1:x2] = (150, 150, 150)
    noise = np.random.default_rng(seed).normal(0, 5, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("light", [1.0, 0.4, 0.05])
@pytest.mark.parametrize("glow", [False, True])
@pytest.mark.parametrize(
    ("lit", "lamp"),
    [
        (["red"], Lamp.RED),
        (["amber"], Lamp.AMBER),
        (["green"], Lamp.GREEN),
        (["red", "amber"], Lamp.RED_AMBER),
        ([], Lamp.OFF),
    ],
)
def test_each_state_is_told_by_day_and_night(light, glow, lit, lamp):
    """Coloured or overexposed, noon to midnight."""
    assert look_at(picture(*lit, light=light, glow=glow), HEAD) is lamp


def test_red_and_green_together_are_unknown():
    """A contradiction accuses nobody."""
    assert look_at(picture("red", "green"), HEAD) is Lamp.UNKNOWN


def test_a_bus_before_the_head_makes_it_unknown():
    """Covered wholly or over the red lamp only, it is never red."""
    for cover in [(30, 10, 70, 98), (30, 10, 70, 42)]:
        assert look_at(picture("green", cover=cover), HEAD) is not Lamp.RED
    assert look_at(picture("red", cover=(30, 10, 70, 98)), HEAD) is Lamp.UNKNOWN


def test_a_lamp_outside_the_picture_is_unknown():
    """A wrong region is no state."""
    off = HEAD.model_copy(update={"green": (40, 68, 60, 200)})
    assert look_at(picture("red"), off) is Lamp.UNKNOWN


@given(st.sampled_from(["red", "amber", "green"]), st.floats(0.03, 1.0), st.integers(0, 999))
def test_no_light_ever_turns_one_lamp_into_another(name, light, seed):
    """It is either told rightly or not at all."""
    said = look_at(picture(name, light=light, seed=seed), HEAD)
    assert said in (Lamp(name), Lamp.UNKNOWN)


def test_flashing_green_is_flashing_and_a_single_odd_picture_is_nothing():
    """Half a second on, half a second off; one dark picture between greens."""
    watch = LampWatch(HEAD)
    for i in range(75):
        watch.take(Lamp.OFF if i == 30 else Lamp.GREEN, i / 25)
    assert watch.shown is Lamp.GREEN
    assert len(watch.changes) == 1
    for i in range(75, 150):
        watch.take(Lamp.OFF if (i // 12) % 2 else Lamp.GREEN, i / 25)
    assert watch.shown is Lamp.FLASHING


def test_changes_are_dated_when_they_were_first_seen():
    """Red counts from its first picture, not from when it was believed."""
    watch = LampWatch(HEAD)
    for i in range(50):
        watch.take(Lamp.AMBER if i < 25 else Lamp.RED, i / 25)
    assert [(c.media_s, c.lamp) for c in watch.changes] == [(0.0, Lamp.AMBER), (1.0, Lamp.RED)]


def test_unknown_counts_at_once():
    """Better to lose a case than to carry an old red through a lorry."""
    watch = LampWatch(HEAD)
    for i in range(25):
        watch.take(Lamp.RED, i / 25)
    assert watch.take(Lamp.UNKNOWN, 1.0) is Lamp.UNKNOWN


def test_old_history_is_forgotten_but_not_the_present():
    """The state that held at the limit stays."""
    watch = LampWatch(HEAD)
    for i in range(100):
        watch.take(Lamp.GREEN if i < 50 else Lamp.RED, i / 25)
    watch.forget(3.0)
    assert [c.lamp for c in watch.changes] == [Lamp.RED]
