"""What scripts take from the style sheets."""

import re
from pathlib import Path

import sergek.centre

STATIC = Path(sergek.centre.__file__).parent / "static"


def test_every_colour_that_a_script_asks_for_is_in_the_palette():
    """By day and by night: a map with a colour of no name draws nothing."""
    palette = (STATIC / "base.css").read_text(encoding="utf-8")
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")]
    asked = {name for text in scripts for name in re.findall(r'colour\("([a-z-]+)"\)', text)}
    assert {"road", "kerb", "ok"} <= asked
    for name in asked:
        assert len(re.findall(rf"--{name}:", palette)) >= 2, name
