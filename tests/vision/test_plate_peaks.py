"""Plates from the locator's maps."""

import numpy as np
import pytest

from sergek.vision.plate_peaks import LOCATOR_STRIDE, OFFSET_PX, peaks


def _maps(*plates: tuple[int, int, float]) -> tuple[np.ndarray, np.ndarray]:
    score = np.zeros((48, 64), np.float32)
    offsets = np.zeros((8, 48, 64), np.float32)
    shape = np.array([(-20, -5), (20, -5), (20, 5), (-20, 5)], np.float32)
    for x, y, height in plates:
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                score[y + dy, x + dx] = height * (1 if dx == dy == 0 else 0.6)
                shift = np.array((dx, dy)) * LOCATOR_STRIDE
                offsets[:, y + dy, x + dx] = ((shape - shift) / OFFSET_PX).reshape(8)
    return score, offsets


def test_peaks_give_corners_around_their_cell() -> None:
    """Neighbouring cells agree on the corners, whichever cell speaks."""
    found = peaks(*_maps((30, 20, 0.9)), least=0.3)
    assert len(found) == 1
    assert found[0].score == pytest.approx(0.9)
    centre = np.array((30, 20)) * 4 + 2
    wanted = centre + np.array([(-20, -5), (20, -5), (20, 5), (-20, 5)])
    assert np.allclose(found[0].corners, wanted, atol=1e-3)


def test_of_overlapping_plates_the_better_stays() -> None:
    """Two peaks four cells apart on one plate are one plate; far ones are two."""
    near = peaks(*_maps((30, 20, 0.9), (34, 20, 0.7)), least=0.3)
    assert [round(f.score, 2) for f in near] == [0.9]
    far = peaks(*_maps((20, 20, 0.7), (50, 30, 0.9)), least=0.3)
    assert [round(f.score, 2) for f in far] == [0.9, 0.7]


def test_nothing_is_found_below_the_least_score() -> None:
    """A map of low scores has no plates."""
    assert peaks(*_maps((30, 20, 0.25)), least=0.3) == []
