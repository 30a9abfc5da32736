"""The camera model, against itself and against another one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.testing.passages import Mount
from sergek.traffic.lens import directions, project, rotation_matrix, rotation_vector

SMALL = st.floats(-0.2, 0.2)


@given(st.lists(st.floats(-1.7, 1.7), min_size=3, max_size=3))
def test_rotation_vectors_survive_the_matrix(vector):
    """Vector to matrix to vector is the identity below half a turn."""
    turn = rotation_matrix(np.array(vector))
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.allclose(rotation_vector(turn), vector, atol=1e-9)


@given(SMALL, SMALL, st.floats(10, 60), st.floats(-5, 5), st.floats(0, 2))
def test_a_line_of_sight_returns_to_its_point(k1, k2, ahead, right, up):
    """Projecting a ground point and looking back along the pixel meets the point."""
    tilt = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=float)
    turn = rotation_vector(rotation_matrix(np.array([0.25, 0.0, 0.0])) @ tilt)
    parameters = np.array([2500.0, k1, k2, *turn, 0.5, 0.0, 6.0])
    point = np.array([right, ahead, up])
    pixel = project(parameters, (1920, 1080), point)
    ray = directions(parameters, (1920, 1080), pixel)
    away = point - parameters[6:9]
    assert np.allclose(ray, away / np.linalg.norm(away), atol=1e-9)


def test_the_lens_agrees_with_a_camera_written_independently():
    """Same mounting, same pixels as the plain-geometry camera of the simulator."""
    mount = Mount(turn_deg=0, roll_deg=0, k1=-0.1, k2=0.02)
    flat = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=float)
    tilt = rotation_matrix(np.array([np.radians(mount.tilt_deg), 0, 0])) @ flat
    parameters = np.array(
        [mount.focal_px, -0.1, 0.02, *rotation_vector(tilt), mount.x_m, 0, mount.height_m]
    )
    points = np.array([[0.0, 20, 0.5], [3, 30, 1.0], [-3, 16, 0]])
    assert np.allclose(project(parameters, (1920, 1080), points), mount.pixels(points), atol=1e-8)


def test_points_behind_the_camera_have_no_pixel():
    """NaN, not a mirrored point."""
    flat = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=float)
    parameters = np.array([1000.0, 0, 0, *rotation_vector(flat), 0, 0, 6])
    assert np.isnan(project(parameters, (100, 100), np.array([0.0, -10, 0]))).all()
