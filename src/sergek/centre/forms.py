"""A form's fields as what an action takes: the one place where a wrong entry becomes a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar
from urllib.parse import quote

from fastapi import UploadFile
from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from sergek.core.errors import ConfigError

__all__ = [
    "Attached",
    "attached",
    "checked",
    "day_of",
    "download",
    "end_of",
    "moment_of",
    "see_other",
]

M = TypeVar("M", bound=BaseModel)
_LARGEST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that somebody sent with a step: a proof, an answer, a picture of a visit."""

    name: str
    data: bytes


async def attached(file: UploadFile | None) -> Attached | None:
    """The form's file, if there is one; `ConfigError` above 20 MB."""
    if file is None or not file.filename:
        return None
    data = await file.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise ConfigError("The file is larger than 20 MB: send a smaller one.")
    return Attached(file.filename, data) if data else None


def see_other(path: str) -> RedirectResponse:
    """Where a person is taken after a form was sent, so that loading it again sends nothing."""
    return RedirectResponse(path, status_code=303)


def download(data: bytes, name: str | None) -> Response:
    """What somebody sent, always as a download: no page of ours shows it."""
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name or 'file', safe='')}"
        },
    )


def day_of(text: str) -> date | None:
    """A field's day, None where it is empty."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ConfigError("The day is not a date such as 2026-05-31.") from error


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """The first instant of a field's day, or the moment if a time was typed too; None if empty."""
    try:
        found = datetime.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise ConfigError("The day is not a date such as 2026-05-31.") from error
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=zone)


def end_of(text: str, zone: tzinfo) -> datetime | None:
    """The end of a field's last day, which still counts; None if empty."""
    found = moment_of(text, zone)
    return None if found is None else found + timedelta(days=1)


def checked(model: type[M], fields: Mapping[str, object]) -> M:
    """The fields as the model; `ConfigError` names each that is not usable, and why."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        # What contradicts itself as a whole says so in a sentence of its own.
        whole = [fault["msg"] for fault in error.errors() if not fault["loc"]]
        if whole:
            raise ConfigError(f"{whole[0].removeprefix('Value error, ')}.") from error
        faults = {
            ".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in error.errors()
        }
        names = ", ".join(sorted(faults))
        problems = tuple(f"{name}: {why}" for name, why in sorted(faults.items()))
        raise ConfigError(f"Not usable: {names}.", problems) from error
