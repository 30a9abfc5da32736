"""Pictures that leave memory."""

import cv2
import numpy as np

from sergek.core.vehicle import Box
from sergek.edge.pictures import encoded, masked, reduced


def _texture():
    return np.random.default_rng(3).integers(0, 255, (200, 300, 3)).astype(np.uint8)


def test_a_person_is_coarsened_and_the_rest_untouched():
    """Inside the box five blocks across remain; outside every pixel is the same."""
    picture = _texture()
    done = masked(picture, [Box(100, 50, 140, 150)])
    inside = done[50:150, 100:140]
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) <= 5 * 14
    assert np.array_equal(done[:, :80], picture[:, :80])
    assert np.array_equal(done[:, 160:], picture[:, 160:])


def test_a_mask_follows_the_crop_it_is_drawn_on():
    """Boxes are in pixels of the whole picture."""
    crop = _texture()
    done = masked(crop, [Box(520, 330, 560, 400)], origin=(500, 300))
    assert not np.array_equal(done[30:100, 20:60], crop[30:100, 20:60])
    assert np.array_equal(done[:, 120:], crop[:, 120:])


def test_a_person_outside_the_picture_is_no_trouble():
    """Nothing is drawn, nothing breaks."""
    picture = _texture()
    assert np.array_equal(masked(picture, [Box(-90, -90, -40, -10)]), picture)


def test_overviews_are_reduced_and_small_pictures_kept():
    """Never enlarged."""
    assert reduced(_texture(), 150).shape == (100, 150, 3)
    assert reduced(_texture(), 1280).shape == (200, 300, 3)
    assert cv2.imdecode(np.frombuffer(encoded(_texture()), np.uint8), 1).shape == (200, 300, 3)
