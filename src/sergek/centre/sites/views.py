"""What is read of sites: how each stands at a moment, and what of it holds then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sergek.centre.sites.ledger import SiteLedger
from sergek.core.period import Period
from sergek.core.site import Certificate, Channel, Permit, Site, SpeedLimit, Survey
from sergek.traffic.siteacts import element_id

__all__ = ["Dated", "SiteState", "dated", "state_of"]

# Days before its end on which a certificate is shown as ending soon.
_SOON = timedelta(days=30)
Standing = Literal["valid", "soon", "expired", "none"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A dated thing with its name and whether it holds at the moment asked about."""

    element: str
    thing: Period
    holds: bool


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site at a moment; `stopped` are cameras without a calibration that holds."""

    site: Site
    in_trial: bool
    certificate: Certificate | None
    standing: Standing
    stopped: tuple[str, ...]
    alarmed: tuple[str, ...]
    limits: tuple[SpeedLimit, ...]
    permits: tuple[Permit, ...]

    @property
    def measures(self) -> bool:
        """Whether every camera that reads plates is calibrated."""
        return not self.stopped


def dated(things: Iterable[Period], when: datetime) -> list[Dated]:
    """The things by their beginning, latest first, each with whether it holds then."""
    ordered = sorted(things, key=lambda thing: thing.valid_from, reverse=True)
    return [Dated(element_id(thing), thing, thing.holds(when)) for thing in ordered]


def _uncalibrated(channel: Channel, when: datetime) -> bool:
    return channel.role == "plate" and not any(s.holds(when) for s in channel.surveys)


def _standing(site: Site, when: datetime) -> tuple[Certificate | None, Standing]:
    held = site.certificate_at(when)
    if held is not None:
        return held, "soon" if held.valid_until - when <= _SOON else "valid"
    over = [c for c in site.certificates if c.void is None and c.valid_until <= when]
    if not over:
        return None, "none"
    return max(over, key=lambda c: c.valid_until), "expired"


def state_of(ledger: SiteLedger, site: Site, when: datetime) -> SiteState:
    """How the site stands at that moment."""
    certificate, standing = _standing(site, when)
    stopped = tuple(c.camera_id for c in site.channels if _uncalibrated(c, when))
    return SiteState(
        site=site,
        in_trial=site.in_trial(when),
        certificate=certificate,
        standing=standing,
        stopped=stopped,
        alarmed=tuple(c for c in stopped if ledger.disqualified(site.id, c, when)),
        limits=tuple(x for x in site.limits if x.holds(when)),
        permits=tuple(x for x in site.permits if x.holds(when)),
    )


def survey_now(site: Site, camera_id: str, when: datetime) -> Survey | None:
    """The survey of a camera that holds then, if one does."""
    held = [s for s in site.channel(camera_id).surveys if s.holds(when)]
    return max(held, key=lambda s: s.valid_from, default=None)
