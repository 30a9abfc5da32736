"""A defect that is written down at the desk: what the form says, checked, with its photo."""

import re
import secrets
from typing import Any

from pydantic import ValidationError

from sergek.centre.context import Centre
from sergek.centre.roads.uploads import LARGEST_PHOTO_BYTES
from sergek.core.errors import ConfigError
from sergek.core.road import DefectFound

__all__ = ["desk_defect"]

_WHOLE = ("length_cm", "width_cm", "depth_cm")
_CHOSEN = ("kind", "where", "side", "severity", "owner_id", "note")


def desk_defect(
    typed: dict[str, str], photo: bytes, act_id: str, actor: str, centre: Centre
) -> DefectFound:
    """The defect; its photo is in the evidence store. `ConfigError` names what to mend."""
    form: dict[str, Any] = {key: typed[key] for key in (*_WHOLE, *_CHOSEN) if typed.get(key)}
    form["place"] = _place(typed.get("place", ""))
    form["photos"] = [_kept(photo, centre)] if photo else []
    form |= {"defect_id": secrets.token_hex(16), "act_id": act_id, "found_by": actor}
    form["found_at"] = centre.wiring.clock.now()
    try:
        return DefectFound.model_validate(form)
    except ValidationError as error:
        fields = sorted({str((fault["loc"] or ("place",))[0]) for fault in error.errors()})
        raise ConfigError(f"Not usable: {', '.join(fields)}.") from error


def _kept(photo: bytes, centre: Centre) -> str:
    if len(photo) > LARGEST_PHOTO_BYTES or not photo.startswith(b"\xff\xd8\xff"):
        raise ConfigError("A photo is a JPEG of at most 8 MB.")
    return centre.wiring.evidence.put(photo)


def _place(text: str) -> tuple[float, float] | None:
    """`42.90031, 71.36672` as people copy it from a map: latitude first."""
    if not text.strip():
        return None
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)\s*", text)
    if found is None:
        raise ConfigError("Write the point as latitude, longitude: 42.90031, 71.36672.")
    return float(found.group(2)), float(found.group(1))
