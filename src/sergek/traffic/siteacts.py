"""Acts on a site: what people and alarms add to its file, each with its own dates.

The file in the city's TOML is the beginning; every act after it is a fact. `amended` applies them
in order, so that the site answers about any moment, old ones too, by all that is known now.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sergek.core.errors import ConfigError, NotFound, SergekError
from sergek.core.event import canonical_json, derive_id
from sergek.core.period import Moment, Period
from sergek.core.site import (
    Acceptance,
    Certificate,
    Permit,
    Site,
    SpeedLimit,
    Survey,
)

__all__ = [
    "ACTS_TOPIC",
    "Accepted",
    "ActsOfSite",
    "Calibrated",
    "CertificateAdded",
    "Disqualified",
    "Ended",
    "LimitAdded",
    "PermitAdded",
    "SiteAct",
    "Voided",
    "amended",
    "element_id",
    "elements_of",
    "standing",
]

# The bus's topic of what the centre decided: `sergek.acts.SITE` holds all acts of one site.
ACTS_TOPIC = "acts"

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Element = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Field(min_length=3, max_length=500)]


class PermitAdded(BaseModel):
    """A plate may from now on (or could all along) do what others may not."""

    model_config = _FROZEN
    kind: Literal["permit_added"] = "permit_added"
    permit: Permit


class LimitAdded(BaseModel):
    """A limit; `replaces` is the limit that ends where this one begins."""

    model_config = _FROZEN
    kind: Literal["limit_added"] = "limit_added"
    limit: SpeedLimit
    replaces: Element | None = None


class CertificateAdded(BaseModel):
    """A verification certificate of the device."""

    model_config = _FROZEN
    kind: Literal["certificate_added"] = "certificate_added"
    certificate: Certificate


class Ended(BaseModel):
    """A limit, permit, certificate or survey holds only up to that moment."""

    model_config = _FROZEN
    kind: Literal["ended"] = "ended"
    element: Element
    until: Moment


class Voided(BaseModel):
    """It was never lawful: `act` says by what this was found."""

    model_config = _FROZEN
    kind: Literal["voided"] = "voided"
    element: Element
    act: Words


class Calibrated(BaseModel):
    """A new survey of one camera."""

    model_config = _FROZEN
    kind: Literal["calibrated"] = "calibrated"
    camera_id: str
    survey: Survey


class Disqualified(BaseModel):
    """The camera moved: no survey of it holds after `last_good_at`, until it is surveyed anew."""

    model_config = _FROZEN
    kind: Literal["disqualified"] = "disqualified"
    camera_id: str
    last_good_at: Moment
    why: str = ""


class Accepted(BaseModel):
    """The acceptance record that ends the trial."""

    model_config = _FROZEN
    kind: Literal["accepted"] = "accepted"
    acceptance: Acceptance


SiteAct = Annotated[
    PermitAdded
    | LimitAdded
    | CertificateAdded
    | Ended
    | Voided
    | Calibrated
    | Disqualified
    | Accepted,
    Field(discriminator="kind"),
]


class ActsOfSite(BaseModel):
    """All acts on one site so far, in the order in which they apply: what the centre tells edges.

    Always all of them, so that whoever hears only the last message knows everything.
    """

    model_config = _FROZEN
    site_id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    acts: tuple[SiteAct, ...]


def element_id(element: Period) -> str:
    """The name by which acts speak of a dated thing: its content but for its end."""
    content = element.model_dump(mode="json", exclude={"valid_until", "void"})
    return derive_id(type(element).__name__, canonical_json(content).decode())


def elements_of(site: Site) -> dict[str, Period]:
    """Every limit, permit, certificate and survey of the site by its name."""
    surveys = [survey for channel in site.channels for survey in channel.surveys]
    every: list[Period] = [*site.limits, *site.permits, *site.certificates, *surveys]
    return {element_id(one): one for one in every}


def amended(site: Site, acts: Iterable[SiteAct]) -> Site:
    """The site after the acts; `ConfigError` or `NotFound` where one does not fit."""
    for act in acts:
        site = _after(site, act)
    return site


def standing(site: Site, acts: Iterable[SiteAct]) -> tuple[Site, tuple[str, ...]]:
    """The site after those acts that fit it, and why the others do not.

    The file may have been changed under an act: what remains of the acts still holds.
    """
    misfits = []
    for act in acts:
        try:
            site = _after(site, act)
        except SergekError as error:
            misfits.append(f"{act.kind}: {error.message}")
    return site, tuple(misfits)


def _after(site: Site, act: SiteAct) -> Site:
    match act:
        case PermitAdded():
            return _with(site, permits=(*site.permits, act.permit))
        case LimitAdded():
            if act.replaces is not None:
                site = _changed(site, act.replaces, _ending(act.limit.valid_from))
            return _with(site, limits=(*site.limits, act.limit))
        case CertificateAdded():
            return _with(site, certificates=(*site.certificates, act.certificate))
        case Ended():
            return _changed(site, act.element, _ending(act.until))
        case Voided():
            return _changed(site, act.element, {"void": act.act})
        case Calibrated():
            known = site.channel(act.camera_id).surveys
            return _surveyed(site, act.camera_id, (*known, act.survey))
        case Disqualified():
            return _disqualified(site, act)
        case Accepted():
            return _with(site, acceptance=act.acceptance)


def _ending(until: datetime) -> dict[str, Any]:
    return {"valid_until": until}


def _with(site: Site, **changes: Any) -> Site:
    values = {name: getattr(site, name) for name in type(site).model_fields}
    try:
        return Site.model_validate(values | changes)
    except ValidationError as error:
        said = [fault["msg"].removeprefix("Value error, ") for fault in error.errors()]
        raise ConfigError(f"site {site.id}: {'; '.join(said)}") from None


def _anew(site: Site, element: Period, changes: dict[str, Any]) -> Any:
    values = {name: getattr(element, name) for name in type(element).model_fields}
    try:
        return type(element).model_validate(values | changes)
    except ValidationError as error:
        said = [fault["msg"].removeprefix("Value error, ") for fault in error.errors()]
        raise ConfigError(f"site {site.id}: {'; '.join(said)}") from None


def _changed(site: Site, wanted: str, changes: dict[str, Any]) -> Site:
    if wanted not in elements_of(site):
        raise NotFound(f"Site {site.id} has nothing that is called {wanted}.")

    def swap(elements: Iterable[Period]) -> tuple[Any, ...]:
        return tuple(
            _anew(site, one, changes) if element_id(one) == wanted else one for one in elements
        )

    channels = tuple(
        channel.model_copy(update={"surveys": swap(channel.surveys)}) for channel in site.channels
    )
    return _with(
        site,
        limits=swap(site.limits),
        permits=swap(site.permits),
        certificates=swap(site.certificates),
        channels=channels,
    )


def _surveyed(site: Site, camera_id: str, surveys: tuple[Survey, ...]) -> Site:
    channels = tuple(
        channel.model_copy(update={"surveys": surveys})
        if channel.camera_id == camera_id
        else channel
        for channel in site.channels
    )
    return _with(site, channels=channels)


def _disqualified(site: Site, act: Disqualified) -> Site:
    def ended(survey: Survey) -> Survey:
        still = survey.valid_until is None or survey.valid_until > act.last_good_at
        if survey.void is not None or not still:
            return survey
        changes = (
            {"valid_until": act.last_good_at}
            if survey.valid_from < act.last_good_at
            else {"void": f"the camera moved: {act.why}" if act.why else "the camera moved"}
        )
        found: Survey = _anew(site, survey, changes)
        return found

    surveys = tuple(ended(survey) for survey in site.channel(act.camera_id).surveys)
    return _surveyed(site, act.camera_id, surveys)
