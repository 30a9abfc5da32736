"""A survey typed on a page: the pose it gives, how well its points agree, a grid to look at."""

from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sergek.core.errors import ConfigError
from sergek.core.period import Moment
from sergek.core.site import Channel, Distance, Survey, SurveyPoint
from sergek.core.speed import POSE_PARAMETERS
from sergek.traffic.calibration import Calibration, calibrate, ground_at, scale_uncertainty
from sergek.traffic.grid import grid_lines
from sergek.traffic.lens import project

__all__ = ["TypedPoint", "TypedSurvey", "as_toml", "solved", "survey_of"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class TypedPoint(BaseModel):
    """A point clicked on the picture, in main-stream pixels, with its place on the road."""

    model_config = _FROZEN

    name: str = Field(min_length=1, max_length=40)
    pixel: tuple[float, float]
    ground_m: tuple[float, float] | tuple[float, float, float]


class TypedDistance(BaseModel):
    """A tape distance between two of the points."""

    model_config = _FROZEN

    between: tuple[str, str]
    metres: float = Field(gt=0)


class TypedSurvey(BaseModel):
    """What a page sends; sigmas are those of every point."""

    model_config = _FROZEN

    points: tuple[TypedPoint, ...]
    distances: tuple[TypedDistance, ...] = ()
    sigma_px: float = Field(default=0.7, gt=0, le=20)
    sigma_m: float = Field(default=0.02, ge=0, le=1)
    focal_px: float | None = Field(default=None, gt=0)
    valid_from: Moment


def survey_of(typed: TypedSurvey, surveyor: str) -> Survey:
    """The survey as a site keeps it."""
    return Survey(
        valid_from=typed.valid_from,
        surveyed_by=surveyor,
        focal_px=typed.focal_px,
        distances=tuple(
            Distance(between=each.between, metres=each.metres) for each in typed.distances
        ),
        points=tuple(
            SurveyPoint(
                name=point.name,
                pixel=point.pixel,
                ground_m=point.ground_m,
                sigma_px=typed.sigma_px,
                sigma_m=typed.sigma_m,
            )
            for point in typed.points
        ),
    )


def solved(channel: Channel, survey: Survey) -> dict[str, Any]:
    """Everything that the page draws and says; `ConfigError` where the points cannot carry it."""
    result = calibrate(channel, survey)
    pixels = np.array([point.pixel for point in survey.points])
    scale = 200 * scale_uncertainty(result.pose, pixels.mean(axis=0))
    return {
        "rms_px": result.rms_px,
        "chi2_per_freedom": result.chi2_per_freedom,
        "scale_u_percent": scale,
        "pose": _pose(result),
        "points": _points(channel, survey, result),
        "grid": [
            {"points": line.points, "strong": line.strong, "label": line.label}
            for line in grid_lines(result.pose, x_m=_across(survey), y_m=_along(survey))
        ],
        "toml": as_toml(survey),
    }


def _pose(result: Calibration) -> list[dict[str, Any]]:
    spread = np.sqrt(np.diag(np.array(result.pose.covariance).reshape(9, 9)))
    named = zip(POSE_PARAMETERS, result.pose.parameters, spread, strict=True)
    return [{"name": name, "value": value, "u": 2 * float(u)} for name, value, u in named]


def _points(channel: Channel, survey: Survey, result: Calibration) -> list[dict[str, Any]]:
    """Each point's residual on the picture, and how far off it lies on the road (metres)."""
    parameters, size = np.array(result.pose.parameters), (channel.width, channel.height)
    found = []
    for point in survey.points:
        expected = project(parameters, size, np.array(point.position_m))
        seen = ground_at(result.pose, np.array(point.pixel), point.position_m[2])
        off = float(np.linalg.norm(seen - np.array(point.position_m[:2])))
        du, dv = result.residuals_px[point.name]
        found.append(
            {
                "name": point.name,
                "expected": [float(expected[0]), float(expected[1])],
                "off_px": float(np.hypot(du, dv)),
                "off_m": off if np.isfinite(off) else None,
            }
        )
    return found


def _across(survey: Survey) -> tuple[int, int]:
    xs = [point.position_m[0] for point in survey.points]
    return int(np.floor(min(xs))) - 2, int(np.ceil(max(xs))) + 2


def _along(survey: Survey) -> tuple[int, int]:
    ys = [point.position_m[1] for point in survey.points]
    first = 5 * int(np.floor(min(ys) / 5))
    return first, max(first + 5, 5 * int(np.ceil(max(ys) / 5)) + 10)


def as_toml(survey: Survey) -> str:
    """The survey as a table for the city's file."""
    lines = ["[[site.channels.surveys]]", f"valid_from = {survey.valid_from.isoformat()}"]
    lines.append(f"surveyed_by = {_quoted(survey.surveyed_by)}")
    if survey.focal_px is not None:
        lines.append(f"focal_px = {survey.focal_px:g}")
    lines.append("points = [")
    for point in survey.points:
        ground = ", ".join(f"{value:.3f}" for value in point.ground_m)
        lines.append(
            f"  {{ name = {_quoted(point.name)}, "
            f"pixel = [{point.pixel[0]:.2f}, {point.pixel[1]:.2f}], ground_m = [{ground}], "
            f"sigma_px = {point.sigma_px:g}, sigma_m = {point.sigma_m:g} }},"
        )
    lines.append("]")
    if survey.distances:
        lines.append("distances = [")
        lines += [
            f"  {{ between = [{_quoted(d.between[0])}, {_quoted(d.between[1])}], "
            f"metres = {d.metres:.3f} }},"
            for d in survey.distances
        ]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    if any(ord(letter) < 32 for letter in text):
        raise ConfigError("A name of a point holds a control character.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
