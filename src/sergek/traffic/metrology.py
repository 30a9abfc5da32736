"""The metrology file of a camera: what it was calibrated with, what it refused, how it erred."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from sergek.core.clock import last_day
from sergek.core.errors import ConfigError
from sergek.core.site import Channel, Site
from sergek.traffic.calibration import calibrate, scale_uncertainty

__all__ = ["CalibrationEntry", "MetrologyFile", "metrology_of"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class CalibrationEntry(BaseModel):
    """One survey: when, by whom, how well its points agree, what scale it leaves (k = 2)."""

    model_config = _FROZEN

    valid_from: str
    valid_until: str | None
    surveyed_by: str
    points: int
    rms_px: float | None
    scale_u_percent: float | None
    fault: str | None = None

    @property
    def days(self) -> str:
        """The first and the last day on which it held, as pages and papers say them."""
        until = None if self.valid_until is None else datetime.fromisoformat(self.valid_until)
        return _days(datetime.fromisoformat(self.valid_from), until)


def _days(since: datetime, until: datetime | None) -> str:
    return f"{since:%d.%m.%Y} – " + ("…" if until is None else f"{last_day(until):%d.%m.%Y}")


class ErrorAgainstTruth(BaseModel):
    """Errors where a true speed is known, km/h; `covered` is the share within the stated U."""

    model_config = _FROZEN

    passages: int
    mean_abs_kmh: float
    max_abs_kmh: float
    mean_u_kmh: float
    covered: float


class MetrologyFile(BaseModel):
    """Everything about one camera as a measuring instrument."""

    model_config = _FROZEN

    site_id: str
    camera_id: str
    device: str
    certificates: tuple[str, ...]
    calibrations: tuple[CalibrationEntry, ...]
    passages: int
    measured: int
    rejected_by_reason: dict[str, int]
    against_truth: ErrorAgainstTruth | None
    appeals: int
    appeals_upheld: int
    self_tests: tuple[dict[str, str | float], ...] = ()


def metrology_of(
    site: Site,
    channel: Channel,
    passages: Iterable[Mapping[str, Any]],
    truth_kmh: Mapping[str, float],
    appeals: tuple[int, int] = (0, 0),
    self_tests: Iterable[dict[str, str | float]] = (),
) -> MetrologyFile:
    """The file from the passages that `sergek watch --site … --json` printed.

    `truth_kmh` gives a true speed per passage id where one is known; `appeals` is (all, upheld).
    """
    mine = [p for p in passages if p.get("camera") == channel.camera_id and p.get("speed")]
    good = [p for p in mine if p["speed"]["status"] == "measured"]
    reasons = Counter(str(p["speed"]["reason"]) for p in mine if p["speed"]["status"] == "rejected")
    known = [p for p in good if p["passage_id"] in truth_kmh]
    return MetrologyFile(
        site_id=site.id,
        camera_id=channel.camera_id,
        device=f"{site.device.name} {site.device.model}, {site.device.serial}",
        certificates=tuple(
            f"{c.number}, {c.issuer}, {_days(c.valid_from, c.valid_until)}"
            + (f", ✗ {c.void}" if c.void else "")
            for c in site.certificates
        ),
        calibrations=tuple(_entries(channel)),
        passages=len(mine),
        measured=len(good),
        rejected_by_reason=dict(reasons.most_common()),
        against_truth=_errors(known, truth_kmh),
        appeals=appeals[0],
        appeals_upheld=appeals[1],
        self_tests=tuple(self_tests),
    )


def _entries(channel: Channel) -> Iterable[CalibrationEntry]:
    for survey in channel.surveys:
        rms, scale, fault = None, None, survey.void
        try:
            result = calibrate(channel, survey)
            middle = np.array([p.pixel for p in survey.points]).mean(axis=0)
            rms, scale = result.rms_px, 200 * scale_uncertainty(result.pose, middle)
        except ConfigError as error:
            fault = error.message
        yield CalibrationEntry(
            valid_from=survey.valid_from.isoformat(),
            valid_until=survey.valid_until.isoformat() if survey.valid_until else None,
            surveyed_by=survey.surveyed_by,
            points=len(survey.points),
            rms_px=rms,
            scale_u_percent=scale,
            fault=fault,
        )


def _errors(
    known: list[Mapping[str, Any]], truth_kmh: Mapping[str, float]
) -> ErrorAgainstTruth | None:
    if not known:
        return None
    error = np.array([p["speed"]["kmh"] - truth_kmh[p["passage_id"]] for p in known])
    u = np.array([p["speed"]["u_kmh"] for p in known])
    return ErrorAgainstTruth(
        passages=len(known),
        mean_abs_kmh=float(np.abs(error).mean()),
        max_abs_kmh=float(np.abs(error).max()),
        mean_u_kmh=float(u.mean()),
        covered=float((np.abs(error) <= u).mean()),
    )
