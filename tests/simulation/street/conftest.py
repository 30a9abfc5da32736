"""A small scene, and OpenGL if this machine has it."""

import pytest

from sergek.core.errors import ConfigError
from sergek.simulation.street.gl import open_gl
from sergek.simulation.street.scene import Scene

BASE = {
    "name": "little",
    "seed": 3,
    "video": {"width": 640, "height": 360, "fps": 10, "seconds": 3},
    "camera": {"position_m": [-1, 0, 6], "looks_at_m": [-1.5, 30, 0.8], "fov_deg": 18, "noise": 0},
    "road": {
        "surroundings": "bare",
        "length_m": 120,
        "lanes": [
            {"number": 1, "centre_x_m": -1.75, "direction": "approaching"},
            {"number": 2, "centre_x_m": 1.75, "direction": "receding"},
        ],
    },
    "vehicle": [
        {"kind": "sedan", "lane": 1, "at_y_m": 40, "speed_kmh": 60, "plate": "527KTA08"},
        {"kind": "suv", "lane": 2, "at_y_m": 22, "speed_kmh": 40, "colour": "blue"},
    ],
}


def scene(**changes: object) -> Scene:
    """The small scene with some of its tables replaced."""
    return Scene.model_validate({**BASE, **changes})


@pytest.fixture(scope="session")
def _egl() -> None:
    """Skips where OpenGL cannot be had, with the line that installs it."""
    try:
        open_gl().release()
    except ConfigError as error:
        pytest.skip(error.message)
