"""Plates drawn flat."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.simulation.plates.draw import FRAME_INK_SHARE, PlateStyle, draw_plate, random_style
from sergek.simulation.plates.layouts import FORMS, PlateForm, form, random_text
from sergek.simulation.plates.typefaces import installed


@pytest.mark.parametrize("plate", FORMS, ids=lambda f: f.layout)
def test_every_character_has_ink_in_its_box(plate: PlateForm) -> None:
    """Each layout is drawn with one box per character, in reading order, with ink inside."""
    rng = np.random.default_rng(3)
    text = random_text(plate.pattern, rng)
    flat = draw_plate(plate, text, PlateStyle(installed()[0]), 1.0)
    assert flat.image.shape == (plate.height_mm, plate.width_mm, 3)
    assert "".join(box.character for box in flat.characters) == text.replace("/", "")
    for box in flat.characters:
        assert 0 <= box.x1 < box.x2 <= plate.width_mm
        assert 0 <= box.y1 < box.y2 <= plate.height_mm
        cell = flat.image[round(box.y1) : round(box.y2), round(box.x1) : round(box.x2)]
        assert (cell.max(2) < 90).mean() > 0.04


@given(st.floats(1.5, 4.5), st.sampled_from((0.7, 1.0, 2.0, 3.3)))
def test_the_frame_line_is_as_wide_and_as_far_from_the_end_as_stated(
    border_mm: float, px_per_mm: float
) -> None:
    """At any scale the line's ink and its middle are those of the style: it scales speeds."""
    style = PlateStyle(installed()[0], marks=False, border_mm=border_mm)
    flat = draw_plate(form("kz-2012-car"), "123ABC08", style, px_per_mm)
    row = flat.image[round(12 * px_per_mm), : round(9 * px_per_mm), 0].astype(float)
    ink = (style.ground[0] - row) / (style.ground[0] - style.ink[0])
    at_mm = (np.arange(len(ink)) + 0.5) / px_per_mm
    assert ink.sum() / px_per_mm == pytest.approx(FRAME_INK_SHARE * border_mm, abs=0.03)
    reach_mm = 0.5 / px_per_mm
    assert ink @ at_mm / ink.sum() == pytest.approx(border_mm, abs=0.02 + reach_mm / 3)


def test_a_text_of_another_layout_is_refused() -> None:
    """Two letters do not make the plate of a private car."""
    with pytest.raises(ValueError, match="not of the layout"):
        draw_plate(form("kz-2012-car"), "123AB08", PlateStyle(installed()[0]))


def test_texts_follow_their_pattern() -> None:
    """Regions are 01 to 20, digits and letters stand where the pattern says."""
    rng = np.random.default_rng(5)
    for plate in FORMS:
        for _ in range(40):
            text = random_text(plate.pattern, rng)
            kinds = ["/" if c == "/" else "D" if c.isdigit() else "L" for c in text]
            wanted = [{"R": "D", "r": "L"}.get(sign, sign) for sign in plate.pattern]
            assert kinds == wanted
            if "RR" in plate.pattern:
                at = plate.pattern.index("RR")
                assert 1 <= int(text[at : at + 2]) <= 20


def test_colours_are_white_yellow_or_red() -> None:
    """Nine of ten plates are white; the others yellow or red with white letters."""
    rng = np.random.default_rng(6)
    grounds = [random_style(rng, installed()).ground for _ in range(400)]
    white = sum(g[0] > 150 for g in grounds) / 400
    assert 0.84 < white < 0.96
