"""Vehicle-like pictures for the locator."""

import numpy as np

from sergek.simulation.plates.distractors import KINDS, distract
from sergek.simulation.plates.scenes import scene
from sergek.simulation.plates.typefaces import installed


def test_scenes_hold_none_one_or_two_plates_inside() -> None:
    """Truth corners lie on the picture, clockwise from the top left."""
    rng = np.random.default_rng(21)
    counts = []
    for _ in range(60):
        one = scene(rng, installed())
        counts.append(len(one.plates))
        assert one.image.shape == (192, 256, 3)
        for corners in one.plates:
            assert corners.min() > -5
            assert corners[:, 0].max() < 261
            a, b = corners[1] - corners[0], corners[3] - corners[0]
            assert a[0] * b[1] - a[1] * b[0] > 0
    assert {0, 1} <= set(counts) <= {0, 1, 2}


def test_a_scene_keeps_its_seed() -> None:
    """The same seed gives the same picture and corners."""
    a, b = (scene(np.random.default_rng(9), installed()) for _ in range(2))
    assert np.array_equal(a.image, b.image)
    assert np.array_equal(a.plates, b.plates)


def test_every_distractor_changes_the_picture() -> None:
    """Badges, stickers, grilles, signs, bus numbers, lights and blanks leave a mark."""
    for kind in KINDS:
        picture = np.full((60, 120, 3), 128, np.uint8)
        assert (
            distract(picture, (10, 10, 90, 40), np.random.default_rng(2), installed(), kind) == kind
        )
        assert (picture != 128).any()
