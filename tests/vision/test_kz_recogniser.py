"""Our plate reader on drawn plates; its figures are in docs/ref/accuracy.md."""

import numpy as np
import pytest

from sergek.simulation.plates.layouts import FORMS
from sergek.simulation.plates.photograph import Conditions
from sergek.simulation.plates.strip_samples import plate_picture
from sergek.simulation.plates.typefaces import installed
from sergek.vision.kz_recogniser import ALPHABET, KzRecogniser, best_path
from sergek.vision.plate_ports import PlateCandidate
from sergek.vision.quads import as_corners


def _columns(*runs: tuple[str, int, float]) -> np.ndarray:
    rows = []
    for character, length, chance in runs:
        kind = ALPHABET.index(character) + 1 if character else 0
        for _ in range(length):
            row = np.full(37, (1 - chance) / 36, np.float32)
            row[kind] = chance
            rows.append(row)
    return np.stack(rows)


def test_runs_of_one_class_are_one_character() -> None:
    """A gap between equal characters keeps them apart; alternatives add up to at most one."""
    gap = ("", 1, 0.9)
    read = best_path(_columns(gap, ("7", 3, 0.8), gap, ("7", 2, 0.7), gap, ("B", 1, 0.6)))
    assert [c[0][0] for c in read] == ["7", "7", "B"]
    assert [round(c[0][1], 2) for c in read] == [0.8, 0.7, 0.6]
    assert all(sum(p for _, p in c) <= 1.0001 for c in read)
    assert best_path(_columns(("", 5, 0.9))) == ()


def test_columns_that_change_their_mind_are_one_character() -> None:
    """A bar read half as 1 and half as I is one character with both as alternatives; two wide
    characters that touch stay two."""
    (bar,) = best_path(_columns(("", 3, 0.9), ("1", 2, 0.9), ("I", 1, 0.9), ("", 3, 0.9)))
    assert [c for c, _ in bar[:2]] == ["1", "I"]
    assert 0.5 < bar[0][1] < 0.7
    two = best_path(_columns(("M", 3, 0.9), ("W", 3, 0.9)))
    assert [c[0][0] for c in two] == ["M", "W"]


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.layout)
def test_clear_plates_of_every_layout_are_read(form: object) -> None:
    """At 140 px, nearly frontal and sharp, at least eight of ten are read exactly."""
    reader = KzRecogniser()
    rng = np.random.default_rng(51)
    seen = Conditions(140.0, yaw_deg=8, pitch_deg=8, blur_px=0.4, noise=2)
    right = 0
    for _ in range(10):
        picture = plate_picture(rng, installed(), seen, form)  # type: ignore[arg-type]
        candidate = PlateCandidate(as_corners(picture.view.corners), (), 1.0)
        (read,) = reader.recognise([(picture.view.image, candidate)])
        assert len(read.characters) == len(read.raw.replace("\n", ""))
        right += read.raw.replace("\n", "/") == picture.flat.text
    assert right >= 8


def test_no_candidate_no_reading() -> None:
    """An empty list is answered with an empty list; a blank plate with an empty text."""
    reader = KzRecogniser()
    assert reader.recognise([]) == []
    blank = np.full((60, 200, 3), 200, np.uint8)
    corners = ((20.0, 10.0), (180.0, 10.0), (180.0, 45.0), (20.0, 45.0))
    (read,) = reader.recognise([(blank, PlateCandidate(corners, (), 1.0))])
    assert read.raw == ""
    assert read.characters == ()
