"""What is said where no Blender is at hand."""

from pathlib import Path

import pytest
from tests.simulation.street.conftest import scene

from sergek.core.errors import ConfigError
from sergek.simulation.street.background import bake, render_python
from sergek.simulation.street.furniture import build_street
from sergek.simulation.street.lighting import lighting_of
from sergek.simulation.street.optics import optics_at


def test_a_renderer_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong path in SERGEK_RENDER_PYTHON says what to install and what to name."""
    monkeypatch.setenv("SERGEK_RENDER_PYTHON", str(tmp_path / "nothing"))
    with pytest.raises(ConfigError, match="names no file; install the extra render"):
        render_python()


def test_a_bake_without_a_renderer_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to get one, or to choose the drawn background."""
    monkeypatch.delenv("SERGEK_RENDER_PYTHON", raising=False)
    one = scene()
    with pytest.raises(ConfigError, match="or choose the drawn background"):
        bake(build_street(one), optics_at(one, 0.0), lighting_of(one), tmp_path, samples=1)
