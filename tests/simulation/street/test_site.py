"""The site file computed from a scene: what a surveyor of that street would have written."""

from pathlib import Path

import pytest

from sergek.simulation.street.load import load_scene
from sergek.simulation.street.site import site_toml
from sergek.traffic.calibration import calibrate
from sergek.traffic.sitefile import load_sites

ROOT = Path(__file__).parents[3]


def test_the_demo_junctions_site_is_its_scenes() -> None:
    """The committed file is what the committed scene gives."""
    text = site_toml(load_scene(ROOT / "scenes" / "junction.toml"))
    assert (ROOT / "demo" / "junction.site.toml").read_text(encoding="utf-8") == text


def test_the_demo_junctions_site_is_calibrated() -> None:
    """Its camera stands where the scene put it, and the head's lamps lie one over the other."""
    site = load_sites(ROOT / "demo" / "junction.site.toml")[0]
    result = calibrate(site.channels[0], site.channels[0].surveys[0])
    assert result.rms_px < 0.1
    assert result.pose.parameters[8] == pytest.approx(7.4, abs=0.01)
    (head,) = site.heads
    assert head.amber is not None
    assert head.green is not None
    assert head.red[3] < head.amber[3] < head.green[3]
