"""Where ground metres fall on the picture: a pinhole camera, square pixels, centred, no lens error.

Pixels follow `simulation.truth`: the centre of the top left pixel is (0.5, 0.5), so the picture
spans 0…width and its middle is (width / 2, height / 2).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.scene import Bump, CameraPose, Scene

__all__ = ["Optics", "optics_at"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Optics:
    """A posed camera. `rotation` (3, 3) has the rows right, down, ahead in ground axes."""

    rotation: Floats
    position_m: Floats
    focal_px: float
    width: int
    height: int

    @property
    def projection(self) -> Floats:
        """The 3 × 4 matrix from homogeneous ground metres to homogeneous pixels."""
        intrinsic = np.array(
            [
                [self.focal_px, 0, self.width / 2],
                [0, self.focal_px, self.height / 2],
                [0, 0, 1.0],
            ]
        )
        offset = -self.rotation @ self.position_m
        result: Floats = intrinsic @ np.concatenate([self.rotation, offset[:, None]], 1)
        return result

    def depth_m(self, points: Floats) -> Floats:
        """Distance along the optical axis of points (…, 3)."""
        result: Floats = (points - self.position_m) @ self.rotation[2]
        return result

    def project(self, points: Floats) -> Floats:
        """Pixels (…, 2) of ground points (…, 3), all of which must lie in front of the camera."""
        seen = (points - self.position_m) @ self.rotation.T
        scale = self.focal_px / seen[..., 2:]
        result: Floats = seen[..., :2] * scale + np.array([self.width / 2, self.height / 2])
        return result


def optics_at(scene: Scene, media_s: float) -> Optics:
    """The scene's camera at a moment, bumps that happened before included."""
    pose = scene.camera
    rotation = _rotation(pose)
    for bump in pose.bumps:
        if media_s >= bump.at_s:
            rotation = _turn(bump) @ rotation
    focal_px = scene.video.width / 2 / math.tan(math.radians(pose.fov_deg) / 2)
    return Optics(
        rotation, np.array(pose.position_m, float), focal_px, scene.video.width, scene.video.height
    )


def _rotation(pose: CameraPose) -> Floats:
    ahead = np.subtract(pose.looks_at_m, pose.position_m).astype(float)
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(ahead, right), ahead])


def _turn(bump: Bump) -> Floats:
    """Rotation of the camera's own axes (x right, y down, z ahead): yaw right, pitch up, roll."""
    yaw, pitch, roll = (math.radians(v) for v in (bump.yaw_deg, bump.pitch_deg, bump.roll_deg))
    about_y = np.array(
        [[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]]
    )
    about_z = np.array(
        [[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    result: Floats = about_z @ about_x @ about_y
    return result
