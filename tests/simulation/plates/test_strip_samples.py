"""Strips for the reader, with truth per column."""

import itertools

import numpy as np

from sergek.simulation.plates.photograph import Conditions
from sergek.simulation.plates.strip_samples import (
    ALPHABET,
    COLUMNS,
    grammarless,
    plate_picture,
    strip_samples,
)
from sergek.simulation.plates.typefaces import installed


def test_columns_spell_the_text_of_the_strip() -> None:
    """Runs of equal classes read as the strip's text: no two characters ever touch."""
    rng = np.random.default_rng(11)
    for _ in range(150):
        picture = plate_picture(rng, installed())
        lines = strip_samples(picture, rng, 0.004)
        assert "".join(line.text for line in lines) == picture.text
        for line in lines:
            assert line.pixels.shape == (32, 160)
            assert line.columns.shape == (COLUMNS,)
            runs = [ALPHABET[k - 1] for k, _ in itertools.groupby(line.columns) if k]
            assert "".join(runs) == line.text


def test_a_seed_gives_the_same_strips() -> None:
    """Texts, layouts and pixels follow from the seed alone."""
    first, second = (
        [plate_picture(rng, installed()) for _ in range(5)]
        for rng in (np.random.default_rng(4), np.random.default_rng(4))
    )
    for a, b in zip(first, second, strict=True):
        assert (a.text, a.form, a.seen) == (b.text, b.form, b.seen)
        assert np.array_equal(a.view.image, b.view.image)


def test_a_strip_shows_ink_where_its_columns_say() -> None:
    """On a clean near plate the columns of characters are darker than those between."""
    rng = np.random.default_rng(12)
    seen = Conditions(200.0, blur_px=0.2, noise=0)
    gaps = []
    for _ in range(40):
        picture = plate_picture(rng, installed(), seen, grammarless(rng))
        line = strip_samples(picture, rng, 0.0)[0]
        middle = line.pixels[8:24].reshape(16, COLUMNS, 4).mean((0, 2))
        if np.median(middle) < 130:  # a red plate: ink is the light part
            continue
        inked = np.flatnonzero(line.columns)
        within = np.arange(inked[0], inked[-1] + 1)
        between = within[line.columns[within] == 0]
        gaps.append(middle[between].mean() - middle[inked].mean())
    assert len(gaps) > 20
    assert np.mean(gaps) > 20
