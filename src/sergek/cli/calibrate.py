"""`sergek calibrate`: from surveyed points to the camera's pose, with residuals and a grid; held
against the traffic of a recording, or proposed from it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from sergek.core.camera import redacted
from sergek.core.errors import ConfigError
from sergek.core.given import given_bytes
from sergek.core.site import Channel, Site, Survey, current
from sergek.core.speed import POSE_PARAMETERS
from sergek.traffic.calibration import Calibration, scale_uncertainty
from sergek.traffic.calibration import calibrate as solve
from sergek.traffic.sitefile import load_sites
from sergek.traffic.vanishing import (
    Proposal,
    TrafficCheck,
    along_lanes,
    check_with_traffic,
    propose,
)
from sergek.vision.grid import draw_grid, draw_points
from sergek.vision.photo_file import decoded
from sergek.wiring.watching import plate_tracks

__all__ = ["calibrate"]


def calibrate(
    site_file: Annotated[Path, typer.Argument(help="A TOML file with [[site]] tables.")],
    camera: Annotated[str | None, typer.Option(help="Only this camera_id.")] = None,
    at: Annotated[
        datetime | None, typer.Option(help="The survey that held then; now if not given (UTC).")
    ] = None,
    frame: Annotated[Path | None, typer.Option(help="A picture to draw the grid on.")] = None,
    grid: Annotated[Path | None, typer.Option(help="Where to write that picture (PNG).")] = None,
    traffic: Annotated[
        str | None,
        typer.Option(
            help="rtsp://… or a video of the camera: hold the survey against the traffic."
        ),
    ] = None,
    focal_px: Annotated[
        float | None,
        typer.Option(min=1, help="With --traffic, where no survey holds: the lens's focal length."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute each channel's pose from its surveyed points and say how well they agree."""
    when = datetime.now(UTC) if at is None else at.replace(tzinfo=UTC)
    every = [(site, channel) for site in load_sites(site_file) for channel in site.channels]
    chosen = [pair for pair in every if camera in (None, pair[1].camera_id)]
    if not chosen:
        raise ConfigError(f"{site_file.name} has no channel with camera_id {camera!r}")
    if traffic is not None and len(chosen) > 1:
        names = ", ".join(channel.camera_id for _, channel in chosen)
        raise ConfigError(f"--camera: say which of {names} took {redacted(traffic)}")
    for site, channel in chosen:
        if traffic is not None and not current(channel.surveys, when):
            proposal = _proposed(site, channel, traffic, focal_px, when)
            as_text = _proposal_text(channel, proposal)
            typer.echo(_proposal_json(site, channel, proposal) if as_json else as_text)
            continue
        if focal_px is not None:
            raise ConfigError(
                "--focal-px is only for --traffic where no survey holds; the lens of a survey "
                "stands in the site's file, as its focal_px"
            )
        survey = site.survey_at(channel.camera_id, when)
        result = solve(channel, survey)
        if not as_json:
            typer.echo(_as_text(channel, survey, result))
        if grid is not None:
            _draw(frame, grid, channel, survey, result)
        check = None if traffic is None else _checked(site, channel, result, traffic, when)
        if as_json:
            typer.echo(_as_json(site, channel, survey, result, check))
        elif check is not None:
            typer.echo(_check_text(check))
        if check is not None and not check.agrees:
            raise ConfigError(
                f"the traffic does not agree with the survey of {channel.camera_id}: look whether "
                "the camera was moved and whether the grid lies in the lane marking, then survey "
                "it anew"
            )


def _checked(
    site: Site, channel: Channel, result: Calibration, traffic: str, when: datetime
) -> TrafficCheck:
    tracks = plate_tracks(traffic, site, channel, when)
    heading_deg, along = along_lanes(site, result.pose, tracks, when)
    return check_with_traffic(result.pose, along, heading_deg)


def _proposed(
    site: Site, channel: Channel, traffic: str, focal_px: float | None, when: datetime
) -> Proposal:
    """The camera from its traffic; an older survey of it may know the lens."""
    known = [survey.focal_px for survey in channel.surveys if survey.focal_px is not None]
    focal_px = focal_px or next(iter(known[-1:]), None)
    if focal_px is None:
        raise ConfigError(
            f"no survey of {channel.camera_id} holds: give --focal-px, the lens's focal length "
            "over the size of a pixel (both from its sheet), and a camera is proposed from traffic"
        )
    tracks = plate_tracks(traffic, site, channel, when)
    return propose((channel.width, channel.height), tracks, focal_px)


def _scale(survey: Survey, result: Calibration) -> float:
    middle = np.array([point.pixel for point in survey.points]).mean(axis=0)
    return scale_uncertainty(result.pose, middle)


def _as_json(
    site: Site, channel: Channel, survey: Survey, result: Calibration, check: TrafficCheck | None
) -> str:
    body: dict[str, Any] = {
        "site": site.id,
        "camera": channel.camera_id,
        "valid_from": survey.valid_from.isoformat(),
        "pose": result.pose.model_dump(mode="json"),
        "residuals_px": result.residuals_px,
        "rms_px": result.rms_px,
        "chi2_per_freedom": result.chi2_per_freedom,
        "scale_u_percent": 200 * _scale(survey, result),
    }
    if check is not None:
        body["traffic"] = {
            "vehicles": check.tracks,
            "vanishing_off_px": check.vanishing_off_px,
            "plate_height_m": check.height_m,
            "agrees": check.agrees,
        }
    return json.dumps(body, ensure_ascii=False)


def _proposal_json(site: Site, channel: Channel, proposal: Proposal) -> str:
    body = {
        "site": site.id,
        "camera": channel.camera_id,
        "proposal": {
            "vehicles": proposal.tracks,
            "parameters": proposal.parameters,
            "tilt_deg": proposal.tilt_deg,
            "turn_deg": proposal.turn_deg,
            "height_m": proposal.height_m,
        },
    }
    return json.dumps(body, ensure_ascii=False)


def _check_text(check: TrafficCheck) -> str:
    verdict = "\n  the traffic agrees with the survey" if check.agrees else ""
    return (
        f"  {check.tracks} vehicles: their ways meet {check.vanishing_off_px:.0f} px from the "
        f"survey's vanishing point, plates hang {check.height_m:.2f} m high{verdict}"
    )


def _proposal_text(channel: Channel, proposal: Proposal) -> str:
    side = "right" if proposal.turn_deg > 0 else "left"
    return (
        f"{channel.camera_id}: no survey; from {proposal.tracks} vehicles, as a starting point:\n"
        f"  tilt   {proposal.tilt_deg:6.2f}° down\n"
        f"  turn   {abs(proposal.turn_deg):6.2f}° to the {side} of the road\n"
        f"  height {proposal.height_m:6.2f} m\n"
        "  to be surveyed: lengths may be 5 % off, nothing is measured by it"
    )


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
