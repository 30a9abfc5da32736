"""What an evidence package says of itself; the signature covers these bytes."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sergek.core.errors import Corrupt
from sergek.core.event import canonical_json
from sergek.core.site import Site
from sergek.core.violation import Violation

__all__ = ["Caption", "Item", "LogLink", "Manifest", "Software", "caption_of"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Digest = Field(pattern=r"^[0-9a-f]{64}$")


class Item(BaseModel):
    """One file of the package."""

    model_config = _FROZEN

    name: str
    role: Literal[
        "overview_before",
        "overview_after",
        "plate",
        "clip",
        "signal_strip",
        "measurement",
        "passage",
        "violation",
        "masks",
    ]
    media_type: str
    bytes: int
    sha256: str = Digest


class Caption(BaseModel):
    """What order 971, annex 1-1, wants on each picture."""

    model_config = _FROZEN

    device_name: str
    device_serial: str
    recorded_at: AwareDatetime
    event: str
    direction: dict[str, str]
    longitude: float
    latitude: float
    place: dict[str, str]
    certificate_number: str | None
    certificate_expires: AwareDatetime | None


class Software(BaseModel):
    """A program or network that took part."""

    model_config = _FROZEN

    name: str
    version: str
    sha256: str | None = None


class LogLink(BaseModel):
    """The end of the edge's hash-chained log when the package was sealed: made after it. The fact
    that names the package comes later in the same log: made before that."""

    model_config = _FROZEN

    seq: int
    digest: str = Digest


class Manifest(BaseModel):
    """Version 1; see docs/ref/evidence.md."""

    model_config = _FROZEN

    format: Literal["sergek-evidence"] = "sergek-evidence"
    version: Literal[1] = 1
    kind: Literal["original", "public"]
    case_id: str
    passage_id: str
    site_id: str
    created_at: AwareDatetime
    trial: bool
    caption: Caption
    software: tuple[Software, ...]
    log: LogLink | None
    items: tuple[Item, ...]
    signer: str = Digest
    original_sha256: str | None = None

    def to_bytes(self) -> bytes:
        """Canonical JSON: the bytes that are signed."""
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """The manifest; `Corrupt` if it is none or not in its canonical form."""
        try:
            manifest = cls.model_validate_json(data)
        except ValueError:
            raise Corrupt("manifest.json has changed: it can no longer be read") from None
        if manifest.to_bytes() != data:
            raise Corrupt("manifest.json has changed: it is not in canonical form")
        return manifest


def caption_of(site: Site, violation: Violation) -> Caption:
    """The caption of a violation at its site, with the certificate that was valid then."""
    certificate = site.certificate_at(violation.happened_at)
    return Caption(
        device_name=site.device.name,
        device_serial=site.device.serial,
        recorded_at=violation.happened_at,
        event=violation.offence,
        direction=dict(site.direction),
        longitude=site.location[0],
        latitude=site.location[1],
        place=dict(site.place),
        certificate_number=certificate.number if certificate else None,
        certificate_expires=certificate.valid_until if certificate else None,
    )
