"""Cameras as the whole product names them: where they stand, what they stream, their lines."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from sergek.core.geo import LngLat

__all__ = ["Camera", "Lane", "SourceUrl", "redacted"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
# Greedy up to the last @ before a path: a password may hold an unescaped @ of its own.
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")
_CREDENTIAL_KEYS = re.compile(
    r"(?i)(?<=[?&;])(user(?:name)?|login|pass(?:word|wd)?|pwd|token|auth|secret|key)=[^&;\s]*"
)


def redacted(text: str) -> str:
    """The text with the credentials of every address in it replaced by `…`.

    Both ways in which cameras take them: `user:password@` before the host, and keys such as
    `user=`, `password=`, `token=` in the query.
    """
    return _CREDENTIAL_KEYS.sub(r"\1=…", _CREDENTIALS.sub("…@", text))


class SourceUrl(str):
    """An address of a stream or file; printing it never shows the credentials in it.

    `str(url)` and `repr(url)` are redacted; `url.secret()` is for the adapter that connects.
    """

    def __str__(self) -> str:
        return redacted(self.secret())

    def __repr__(self) -> str:
        return f"SourceUrl({redacted(self.secret())!r})"

    def __format__(self, spec: str) -> str:
        return format(redacted(self.secret()), spec)

    def secret(self) -> str:
        """The whole address, credentials included."""
        return str.__str__(self)


def _redact(url: str) -> str:
    return redacted(url)


# A `SourceUrl` as a field; whatever is dumped to JSON is redacted.
Source = Annotated[str, AfterValidator(SourceUrl), PlainSerializer(_redact, return_type=str)]


class Lane(BaseModel):
    """A lane on the picture: a polygon in main-stream pixels, numbered as the site does."""

    model_config = _FROZEN

    number: int = Field(ge=1)
    polygon: tuple[tuple[float, float], ...] = Field(min_length=3)
    direction: Literal["approaching", "receding"] | None = None


class Camera(BaseModel):
    """One channel of a complex.

    `main` and `sub` are `rtsp://…`, a file path or a folder of stills; `bearing_deg` is the
    compass direction it looks (0 north, clockwise), `fov_deg` its horizontal angle of view and
    `range_m` how far a plate is legible; `lines` are walked as (x1, y1, x2, y2), main pixels.
    """

    model_config = _FROZEN

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    name: str
    main: Source
    sub: Source | None = None
    area: str = "city"
    place: LngLat | None = None
    bearing_deg: float | None = Field(default=None, ge=0, lt=360)
    fov_deg: float | None = Field(default=None, gt=0, lt=180)
    range_m: float = Field(default=40.0, gt=0)
    lines: tuple[tuple[float, float, float, float], ...] = ()
    lanes: tuple[Lane, ...] = ()
    plates: Literal["kz", "any", "none"] = "kz"
    loop: bool = False
