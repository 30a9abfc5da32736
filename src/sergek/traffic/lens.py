"""The camera model: pinhole with radial distortion, both ways, over arrays of any shape.

Ground: metres, x right, y ahead, z up. Camera: x right, y down, z ahead. Pixels: x right, y down,
the middle of the picture is the principal point. Parameters as `core.speed.POSE_PARAMETERS`.
Distortion after D. C. Brown, *Close-range camera calibration* (1971), radial terms only.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["directions", "project", "rotation_matrix", "rotation_vector"]

Array = NDArray[np.float64]


def rotation_matrix(vector: Array) -> Array:
    """Rodrigues' formula: the 3 × 3 rotation by |vector| radians about the vector."""
    angle = float(np.sqrt(vector @ vector))
    x, y, z = vector
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    if angle < 1e-12:
        return np.asarray(np.eye(3) + cross)
    return np.asarray(
        np.eye(3) + np.sin(angle) / angle * cross + (1 - np.cos(angle)) / angle**2 * (cross @ cross)
    )


def rotation_vector(matrix: Array) -> Array:
    """The rotation vector of a 3 × 3 rotation matrix (through its unit quaternion)."""
    m = matrix
    four = np.array(
        [
            1 + m[0, 0] + m[1, 1] + m[2, 2],
            1 + m[0, 0] - m[1, 1] - m[2, 2],
            1 - m[0, 0] + m[1, 1] - m[2, 2],
            1 - m[0, 0] - m[1, 1] + m[2, 2],
        ]
    )
    table = np.array(
        [
            [four[0], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], four[1], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
            [m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], four[2], m[1, 2] + m[2, 1]],
            [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], four[3]],
        ]
    )
    quaternion = table[int(np.argmax(four))]
    quaternion = quaternion / np.sqrt(quaternion @ quaternion)
    if quaternion[0] < 0:
        quaternion = -quaternion
    sine = float(np.sqrt(quaternion[1:] @ quaternion[1:]))
    if sine < 1e-12:
        return np.asarray(2 * quaternion[1:])
    return np.asarray(2 * np.arctan2(sine, quaternion[0]) / sine * quaternion[1:])


def project(parameters: Array, size: tuple[int, int], points_m: Array) -> Array:
    """Pixels (…, 2) of ground points (…, 3); points behind the camera give NaN.

    `size` is the picture's (width, height).
    """
    focal, k1, k2 = parameters[:3]
    seen = (points_m - parameters[6:9]) @ rotation_matrix(parameters[3:6]).T
    depth = np.where(seen[..., 2:] > 1e-9, seen[..., 2:], np.nan)
    flat = seen[..., :2] / depth
    r2 = np.sum(flat * flat, axis=-1, keepdims=True)
    middle = np.array([size[0] / 2, size[1] / 2])
    return np.asarray(focal * flat * (1 + k1 * r2 + k2 * r2 * r2) + middle)


def directions(parameters: Array, size: tuple[int, int], pixels: Array) -> Array:
    """Unit vectors (…, 3) in ground axes from the camera through pixels (…, 2).

    The radius is undistorted by six Newton steps, which suffice to 1e-12 for |k1| ≤ 0.3.
    """
    focal, k1, k2 = parameters[:3]
    bent = (pixels - np.array([size[0] / 2, size[1] / 2])) / focal
    bent_r = np.sqrt(np.sum(bent * bent, axis=-1))
    r = bent_r.copy()
    for _ in range(6):
        r2 = r * r
        r = r - (r * (1 + k1 * r2 + k2 * r2 * r2) - bent_r) / (1 + 3 * k1 * r2 + 5 * k2 * r2 * r2)
    scale = np.where(bent_r > 1e-12, r / np.maximum(bent_r, 1e-12), 1.0)
    x, y = bent[..., 0] * scale, bent[..., 1] * scale
    length = np.sqrt(x * x + y * y + 1)
    rays = np.stack([x / length, y / length, 1 / length], axis=-1)
    return np.asarray(rays @ rotation_matrix(parameters[3:6]))
