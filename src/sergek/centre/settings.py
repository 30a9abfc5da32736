"""What an installation may choose about its operations centre."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["CentreSettings", "Language"]

Language = Literal["kk", "ru", "en"]


class CentreSettings(BaseModel):
    """The table `[centre]` of a city's file; every field has a default that works.

    `title` stands on every page; `roads` names a GeoJSON file (lines, WGS 84) that the map draws
    under the cameras; `language` is what a person sees before choosing. `session_h` ends every
    session, `idle_min` one that nobody used; five refusals of one name from one address inside
    `refusal_window_min` close the door for the rest of that time.
    `issuer` and `series` (the first part of every number) stand on prescriptions; `check_address`
    is what their QR code opens, such as `https://HOST/check/{number}/{code}`; empty, it is this
    machine's own address. `{package}` stands for the evidence package's SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    title: str = "Sergek"
    language: Language = "kk"
    timezone: str = "Asia/Almaty"
    roads: Path | None = None
    session_h: float = Field(default=14.0, gt=0, le=72)
    idle_min: float = Field(default=120.0, gt=0)
    refusals_per_name: int = Field(default=5, ge=1)
    refusals_per_address: int = Field(default=30, ge=1)
    refusal_window_min: float = Field(default=5.0, gt=0)
    follow_s: float = Field(default=0.3, gt=0)
    page_size: int = Field(default=50, ge=1, le=500)
    trust_proxy: bool = False
    issuer: str = ""
    series: str = Field(default="SGK", pattern=r"^[A-Z0-9]{2,8}$")
    check_address: str = Field(default="", pattern=r"^$|\{(package|number)\}")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {name} (write it like Asia/Almaty)") from error
        return name
