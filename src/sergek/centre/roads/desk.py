"""A defect that is written down at the desk: what the form says, checked, with its photo."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sergek.centre.context import Centre
from sergek.centre.forms import checked
from sergek.centre.roads.uploads import LARGEST_PHOTO_BYTES
from sergek.core.errors import ConfigError
from sergek.core.road import DefectFound
from sergek.vision.photo_file import CleanPhoto, cleaned

__all__ = ["desk_defect"]

_WHOLE = ("length_cm", "width_cm", "depth_cm")
# A camera whose clock was never set says a day long ago: such a time is not believed.
_OLDEST = timedelta(days=366)
_CHOSEN = ("kind", "where", "side", "severity", "owner_id", "note")


def desk_defect(
    typed: dict[str, str], photo: bytes, act_id: str, actor: str, centre: Centre
) -> DefectFound:
    """The defect; its photo is in the evidence store. `ConfigError` names what to mend.

    What the camera wrote into the photo, place and time, goes into the record where the form says
    nothing else; the photo that is kept has none of it.
    """
    form: dict[str, Any] = {key: typed[key] for key in (*_WHOLE, *_CHOSEN) if typed.get(key)}
    form["place"] = _place(typed.get("place", ""))
    form["found_at"] = now = centre.wiring.clock.now()
    if photo:
        clean = _clean(photo)
        form["photos"] = [centre.wiring.evidence.put(clean.jpeg)]
        form["place"] = form["place"] or clean.place
        taken = clean.taken_at and _in_zone(clean.taken_at, centre.zone)
        if taken and now - _OLDEST < taken <= now:
            form["found_at"] = taken
    form |= {"defect_id": secrets.token_hex(16), "act_id": act_id, "found_by": actor}
    return checked(DefectFound, form)


def _clean(photo: bytes) -> CleanPhoto:
    if len(photo) > LARGEST_PHOTO_BYTES or not photo.startswith(b"\xff\xd8\xff"):
        raise ConfigError("A photo is a JPEG of at most 8 MB.")
    return cleaned(photo, "The photo")


def _in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _place(text: str) -> tuple[float, float] | None:
    """`42.90031, 71.36672` as people copy it from a map: latitude first."""
    if not text.strip():
        return None
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)\s*", text)
    if found is None:
        raise ConfigError("Write the point as latitude, longitude: 42.90031, 71.36672.")
    return float(found.group(2)), float(found.group(1))
