"""A small scene, and OpenGL if this machine has it."""

import cv2
import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.simulation.street.gl import open_gl
from sergek.simulation.street.scene import Scene
from sergek.simulation.truth import TruthPlate

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


def found_corners(picture: np.ndarray, plate: TruthPlate) -> np.ndarray:
    """Corners of the bright plate on a dark car: lines fitted to its four sides, intersected."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(float)
    truth = np.array(plate.corners)
    lines = []
    for k in range(4):
        a, b = truth[k], truth[(k + 1) % 4]
        normal = np.array([b[1] - a[1], a[0] - b[0]])
        normal /= np.linalg.norm(normal)
        points = []
        for share in np.linspace(0.12, 0.88, 25):
            centre = a + (b - a) * share
            reach = np.linspace(-3, 3, 49)
            samples = centre + reach[:, None] * normal - 0.5
            values = cv2.remap(
                grey.astype(np.float32), samples[None].astype(np.float32), None, cv2.INTER_LINEAR
            )[0]
            steps = np.maximum(-np.diff(values), 0)
            if steps.sum() > 20:
                points.append(
                    centre
                    + normal * float((steps * (reach[:-1] + reach[1:]) / 2).sum() / steps.sum())
                )
        vx, vy, x, y = cv2.fitLine(np.array(points, np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[
            :, 0
        ]
        lines.append(np.cross([x, y, 1], [x + vx, y + vy, 1]))
    corners = [np.cross(lines[k - 1], lines[k]) for k in range(4)]
    return np.array([c[:2] / c[2] for c in corners])


@pytest.fixture(scope="session")
def _egl() -> None:
    """Skips where OpenGL cannot be had, with the line that installs it."""
    try:
        open_gl().release()
    except ConfigError as error:
        pytest.skip(error.message)
