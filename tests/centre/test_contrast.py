"""Both themes are readable: contrast by WCAG 2.2 (1.4.3: 4.5 for text, 1.4.11: 3 for marks)."""

import re
from pathlib import Path

import pytest

import sergek.centre

CSS = (Path(sergek.centre.__file__).parent / "static" / "base.css").read_text()


def _colours(theme: str) -> dict[str, str]:
    block = re.search(rf'data-theme="{theme}"\] \{{(.*?)\}}', CSS, re.S).group(1)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_text_and_states_stand_out_from_every_ground(theme):
    """Text, quiet text and each state's colour reach 4.5 on ground, panel and raised parts."""
    colour = _colours(theme)
    low = {
        (word, ground): round(contrast(colour[word], colour[ground]), 2)
        for word in ("text", "muted", "accent", "ok", "warn", "bad", "gone")
        for ground in ("ground", "panel", "raised", "tint")
        if contrast(colour[word], colour[ground]) < 4.5
    }
    assert not low


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_buttons_text_stands_out(theme):
    """The text on a filled button reaches 4.5."""
    colour = _colours(theme)
    assert contrast(colour["on-accent"], colour["accent"]) >= 4.5
