"""Sites from TOML."""

import pytest

from sergek.core.errors import ConfigError
from sergek.testing.sites import example_site
from sergek.traffic.sitefile import load_sites


def test_the_example_loads():
    """The documented file is a valid site."""
    assert example_site().id == "abay-section"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = ", "is not TOML"),
        ("[other]", "holds no \\[\\[site\\]\\] table"),
    ],
)
def test_files_that_are_no_sites_get_one_sentence(tmp_path, text, sentence):
    """Neither broken TOML nor another table passes."""
    path = tmp_path / "site.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        load_sites(path)


def test_every_fault_is_listed_with_its_place(tmp_path):
    """An unknown key and a negative limit are both told at once."""
    path = tmp_path / "site.toml"
    path.write_text(
        '[[site]]\nid = "a"\nname = "A"\nplace = {}\nlocation = [71.0, 42.0]\nspeed = 3\n'
        'device = { name = "d", model = "m", serial = "s" }\n'
        'channels = [{ camera_id = "c", width = 10, height = 10 }]\n'
        'limits = [{ kmh = -5, basis = "b", valid_from = 2015-01-01T00:00:00 }]\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_sites(path)
    text = "\n".join(caught.value.problems)
    assert "site a: speed: unknown key" in text
    assert "limits.0.kmh" in text
    assert "limits.0.valid_from: the time lacks its offset" in text


def test_a_missing_file_is_one_sentence(tmp_path):
    """No traceback for a wrong path."""
    with pytest.raises(ConfigError, match="There is no file"):
        load_sites(tmp_path / "none.toml")
