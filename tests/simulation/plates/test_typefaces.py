"""Typefaces of this machine and of our own."""

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.simulation.plates.layouts import DIGITS, LETTERS
from sergek.simulation.plates.strokes import Pen, stroke_glyph
from sergek.simulation.plates.typefaces import fitted, installed, named


def test_our_own_strokes_draw_every_character_differently() -> None:
    """36 characters, no two alike but 0 and O, which plates hardly tell apart either."""
    glyphs = {
        c: fitted(stroke_glyph(c, Pen(14, 1)), 40, 60, narrow=c in "I1").astype(int)
        for c in DIGITS + LETTERS
    }
    for a in glyphs:
        for b in glyphs:
            if a < b and {a, b} != {"0", "O"}:
                assert np.abs(glyphs[a] - glyphs[b]).mean() > 8, (a, b)


def test_typefaces_cover_all_characters() -> None:
    """Every typeface of this machine draws digits and letters with ink from edge to edge."""
    for face in installed():
        for character in DIGITS + LETTERS:
            glyph = face.glyph(character)
            assert glyph[0].any()
            assert glyph[-1].any()
            assert glyph[:, 0].any()
            assert glyph[:, -1].any()


def test_a_missing_typeface_says_what_to_install() -> None:
    """A name that this machine has no font for is a fault of the configuration."""
    assert named(["strokes-14-1"])[0].name == "strokes-14-1"
    with pytest.raises(ConfigError, match="apt install"):
        named(["No Such Face"])
