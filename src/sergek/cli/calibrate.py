"""`sergek calibrate`: from surveyed points to the camera's pose, with residuals and a grid."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from sergek.core.errors import ConfigError
from sergek.core.given import given_bytes
from sergek.core.site import Channel, Site, Survey
from sergek.core.speed import POSE_PARAMETERS
from sergek.traffic.calibration import Calibration, scale_uncertainty
from sergek.traffic.calibration import calibrate as solve
from sergek.traffic.sitefile import load_sites
from sergek.vision.grid import draw_grid, draw_points
from sergek.vision.photo_file import decoded

__all__ = ["calibrate"]


def calibrate(
    site_file: Annotated[Path, typer.Argument(help="A TOML file with [[site]] tables.")],
    camera: Annotated[str | None, typer.Option(help="Only this camera_id.")] = None,
    at: Annotated[
        datetime | None, typer.Option(help="The survey that held then; now if not given (UTC).")
    ] = None,
    frame: Annotated[Path | None, typer.Option(help="A picture to draw the grid on.")] = None,
    grid: Annotated[Path | None, typer.Option(help="Where to write that picture (PNG).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute each channel's pose from its surveyed points and say how well they agree."""
    when = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
    done = 0
    for site in load_sites(site_file):
        for channel in site.channels:
            if camera is not None and channel.camera_id != camera:
                continue
            survey = site.survey_at(channel.camera_id, when)
            result = solve(channel, survey)
            text = _as_text(channel, survey, result)
            typer.echo(_as_json(site, channel, survey, result) if as_json else text)
            if grid is not None:
                _draw(frame, grid, channel, survey, result)
            done += 1
    if done == 0:
        raise ConfigError(f"{site_file.name} has no channel with camera_id {camera!r}")


def _scale(survey: Survey, result: Calibration) -> float:
    middle = np.array([point.pixel for point in survey.points]).mean(axis=0)
    return scale_uncertainty(result.pose, middle)


def _as_json(site: Site, channel: Channel, survey: Survey, result: Calibration) -> str:
    body = {
        "site": site.id,
        "camera": channel.camera_id,
        "valid_from": survey.valid_from.isoformat(),
        "pose": result.pose.model_dump(mode="json"),
        "residuals_px": result.residuals_px,
        "rms_px": result.rms_px,
        "chi2_per_freedom": result.chi2_per_freedom,
        "scale_u_percent": 200 * _scale(survey, result),
    }
    return json.dumps(body, ensure_ascii=False)


def _as_text(channel: Channel, survey: Survey, result: Calibration) -> str:
    spread = np.sqrt(np.diag(np.array(result.pose.covariance).reshape(9, 9)))
    lines = [f"{channel.camera_id}: {len(survey.points)} points, rms {result.rms_px:.2f} px"]
    for name, value, u in zip(POSE_PARAMETERS, result.pose.parameters, spread, strict=True):
        lines.append(f"  {name:<9} {value:12.4f} ± {2 * u:.4f} (k = 2)")
    for name, (du, dv) in result.residuals_px.items():
        lines.append(f"  point {name:<12} {du:+7.2f} {dv:+7.2f} px")
    lines.append(f"  scale of the road ± {200 * _scale(survey, result):.2f} % (k = 2)")
    return "\n".join(lines)


def _draw(
    frame: Path | None, grid: Path, channel: Channel, survey: Survey, result: Calibration
) -> None:
    picture = np.full((channel.height, channel.width, 3), 60, np.uint8)
    if frame is not None:
        picture = decoded(given_bytes(frame), str(frame))
    drawn = draw_points(draw_grid(picture, result.pose), result.pose, survey.points)
    done, data = cv2.imencode(".png", drawn)
    if not done:
        raise ConfigError(f"{grid.name} cannot be written as PNG")
    grid.write_bytes(data.tobytes())
