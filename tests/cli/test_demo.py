"""The demo city."""

import json
from pathlib import Path

import pytest

from sergek.cli import demo
from sergek.config.load import load
from sergek.core.errors import NotFound


def test_the_demo_city_is_sound_and_whole() -> None:
    """Its file has no mistake, and every clip and the streets that it names are there."""
    settings = load(demo.demo_city(), {})
    assert settings.camera
    for camera in settings.camera:
        assert Path(camera.main.secret()).is_file()
        assert camera.loop
        assert camera.place
    assert settings.centre.roads
    streets = json.loads(settings.centre.roads.read_text(encoding="utf-8"))
    assert streets["features"]


def test_an_installation_without_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the demo's files are not installed the command says what to use."""
    monkeypatch.setattr(demo, "_CITY", "absent.toml")
    with pytest.raises(NotFound, match="clone"):
        demo.demo_city()
