"""`sergek watch --site`: which channel, and what is asked of it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.traffic.calibration import calibrate
from sergek.traffic.sitefile import load_sites

DEMO = Path(__file__).parents[2] / "demo" / "section.site.toml"


def test_the_demo_sections_site_is_calibrated():
    """Its surveyed points come from the scene; the camera stands 6.6 m high."""
    site = load_sites(DEMO)[0]
    result = calibrate(site.channels[0], site.channels[0].surveys[0])
    assert result.rms_px < 0.1
    assert result.pose.parameters[8] == pytest.approx(6.6, abs=0.1)


def test_an_unclear_channel_is_one_sentence(tmp_path):
    """Before anything is opened."""
    words = ["watch", str(tmp_path / "x.mp4"), "--site", str(DEMO), "--channel", "other"]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, ConfigError)
    assert "say which camera" in result.exception.message
