"""Our plate locator on drawn scenes; its figures are in docs/ref/accuracy.md."""

import numpy as np

from sergek.simulation.plates.scenes import scene
from sergek.simulation.plates.typefaces import installed
from sergek.vision.corner_locator import CornerLocator


def test_it_finds_the_plates_of_clear_scenes() -> None:
    """Of plates at least 60 px wide on easy scenes nine in ten are found, corners included."""
    locator = CornerLocator()
    rng = np.random.default_rng(41)
    errors, missed = [], 0
    while len(errors) + missed < 60:
        one = scene(rng, installed(), zoom=1.6, hard=0.3)
        candidates = locator.locate([one.image])[0]
        for corners in one.plates:
            wide = np.linalg.norm(corners[1] - corners[0])
            if wide < 60:
                continue
            far = [np.linalg.norm(np.array(c.corners) - corners, axis=1).mean() for c in candidates]
            if far and min(far) < 0.15 * wide:
                errors.append(min(far) / wide)
            else:
                missed += 1
    assert missed <= 6
    assert np.median(errors) < 0.05


def test_an_empty_picture_has_no_plate() -> None:
    """Grey, black and noise hold none; tiny pictures do not break it."""
    locator = CornerLocator()
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (240, 320, 3)).astype(np.uint8)
    grey, tiny = np.full((200, 300, 3), 128, np.uint8), np.zeros((2, 3, 3), np.uint8)
    assert locator.locate([grey, tiny, noise]) == [[], [], []]


def test_square_plates_come_with_their_lines() -> None:
    """A two-line plate's candidate names the corners of both lines."""
    locator = CornerLocator()
    rng = np.random.default_rng(43)
    split = plates = 0
    while plates < 20:
        one = scene(rng, installed(), zoom=1.6, hard=0.2, foreign=0.0)
        if len(one.texts) == 1 and "/" in one.texts[0]:
            plates += 1
            split += any(len(c.lines) == 2 for c in locator.locate([one.image])[0])
    assert split >= 14
