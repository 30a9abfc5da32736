"""A camera that no longer looks where it was calibrated: it accuses nobody until surveyed anew."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sergek.core.event import Event, derive_id

__all__ = ["Disqualification", "disqualification_event"]


class Disqualification(BaseModel):
    """What was noticed: `shift_px` on the picture, between `last_good_at` and `noticed_at`.

    Cases of this camera that happened since `last_good_at` rest on a calibration that may not
    have held: they belong into quarantine. `survey` names the calibration (its digest).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    site_id: str
    camera_id: str
    survey: str = Field(pattern=r"^[0-9a-f]{16}$")
    last_good_at: AwareDatetime
    noticed_at: AwareDatetime
    shift_px: float = Field(ge=0, allow_inf_nan=False)


def disqualification_event(found: Disqualification) -> Event:
    """The fact `site.disqualified`; one per camera and survey."""
    return Event(
        event_id=derive_id(found.camera_id, found.survey, "site.disqualified"),
        kind="site.disqualified",
        subject=found.camera_id,
        happened_at=found.noticed_at,
        body=found.model_dump(mode="json"),
    )
