"""A metric grid drawn on the road, so that anybody sees whether a calibration is right."""

from collections.abc import Iterable

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.core.site import SurveyPoint
from sergek.core.speed import CameraPose
from sergek.traffic.grid import grid_lines
from sergek.traffic.lens import project

__all__ = ["draw_grid", "draw_points"]

_GRID, _STRONG, _POINT = (80, 220, 80), (40, 255, 255), (60, 60, 255)


def draw_grid(picture: Image, pose: CameraPose) -> Image:
    """The picture with a line each metre across and each five metres along, labelled in metres."""
    drawn = picture.copy()
    scale = np.array([picture.shape[1] / pose.width, picture.shape[0] / pose.height])
    for line in grid_lines(pose):
        colour = _STRONG if line.strong else _GRID
        pixels = np.array(line.points) * scale
        cv2.polylines(drawn, [np.rint(pixels).astype(np.int32)], False, colour, 1, cv2.LINE_AA)
        at = pixels[-1]
        if line.label and (at > 0).all() and (at < picture.shape[1::-1]).all():
            _write(drawn, line.label, (int(at[0]) + 4, int(at[1])), _STRONG)
    return drawn


def draw_points(picture: Image, pose: CameraPose, points: Iterable[SurveyPoint]) -> Image:
    """Each surveyed point where it was clicked (cross) and where the pose puts it (ring)."""
    drawn = picture.copy()
    parameters, size = np.array(pose.parameters), (pose.width, pose.height)
    scale = np.array([picture.shape[1] / pose.width, picture.shape[0] / pose.height])
    for point in points:
        clicked = np.rint(np.array(point.pixel) * scale).astype(int)
        expected = np.rint(project(parameters, size, np.array(point.position_m)) * scale)
        x, y = int(clicked[0]), int(clicked[1])
        cv2.drawMarker(drawn, (x, y), _POINT, cv2.MARKER_CROSS, 16, 1, cv2.LINE_AA)
        ring = (int(expected[0]), int(expected[1]))
        cv2.circle(drawn, ring, 8, _STRONG, 1, cv2.LINE_AA)
        cv2.putText(
            drawn,
            point.name,
            (x + 10, y - 8),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.5,
            _POINT,
            1,
            cv2.LINE_AA,
        )
    return drawn


def _write(picture: Image, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)
