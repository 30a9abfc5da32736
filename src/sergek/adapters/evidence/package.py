"""Sealing a case: the original by the device, the public copy by the centre."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel

from sergek import __version__
from sergek.adapters.evidence.container import MANIFEST, SIGNATURE, pack, unpack
from sergek.adapters.evidence.manifest import Item, LogLink, Manifest, Software, caption_of
from sergek.adapters.evidence.stamp import STAMP
from sergek.adapters.evidence.trust import SigningKey
from sergek.core.errors import Unavailable
from sergek.core.event import canonical_json
from sergek.core.masks import MaskPlan
from sergek.core.site import Site
from sergek.core.speed import SpeedInputs, SpeedMeasurement
from sergek.core.violation import Violation, violation_id
from sergek.traffic.rules.record import FactsRecord

__all__ = ["Media", "Sealed", "public_copy", "seal"]

_LOG = logging.getLogger(__name__)

Role = Literal["overview_before", "overview_after", "plate", "clip", "signal_strip"]
_SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, or the clip as it came from the packet ring, never re-encoded."""

    role: Role
    media_type: Literal["image/jpeg", "image/png", "video/mp4"]
    data: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished package and its SHA-256, by which a violation names it."""

    data: bytes
    sha256: str


def seal(
    *,
    site: Site,
    violation: Violation,
    record: FactsRecord,
    measurement: SpeedMeasurement | None,
    inputs: SpeedInputs | None,
    media: Sequence[Media],
    models: Sequence[Software],
    log: LogLink | None,
    created_at: datetime,
    key: SigningKey,
    masks: MaskPlan | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
) -> Sealed:
    """The original of a case, signed by the device; `masks` says what a public copy hides.

    `stamp` gives a time stamp over the signature (`fetch_stamp`); without an answer from the
    authority the package goes without one.
    """
    files: list[tuple[Item, bytes]] = [
        _json("violation", violation),
        _json("passage", record),
    ]
    if measurement is not None and inputs is not None:
        body = {
            "inputs": inputs.model_dump(mode="json"),
            "result": measurement.model_dump(mode="json"),
        }
        files.append(_item("measurement", "application/json", "json", canonical_json(body)))
    if masks is not None:
        files.append(_json("masks", masks))
    files += [_item(m.role, m.media_type, _SUFFIX[m.media_type], m.data) for m in media]
    manifest = Manifest(
        kind="original",
        case_id=violation_id(record.passage_id, violation.offence),
        passage_id=record.passage_id,
        site_id=site.id,
        created_at=created_at,
        trial=site.in_trial(violation.happened_at),
        caption=caption_of(site, violation),
        software=(Software(name="sergek", version=__version__), *models),
        log=log,
        items=tuple(sorted((item for item, _ in files), key=lambda item: item.name)),
        signer=key.fingerprint,
    )
    return _sealed(manifest, {item.name: data for item, data in files}, key, stamp)


def public_copy(
    original: Sealed, masked: Sequence[Media], created_at: datetime, key: SigningKey
) -> Sealed:
    """The copy that may leave: the original's facts, pictures with bystanders masked.

    Only pictures and clips in `masked` are in it; it names the original's hash and is signed
    by the centre.
    """
    items = unpack(original.data)
    source = Manifest.from_bytes(items[MANIFEST])
    kept = [item for item in source.items if item.role not in get_args(Role)]
    files = [(item, items[item.name]) for item in kept]
    files += [_item(m.role, m.media_type, _SUFFIX[m.media_type], m.data) for m in masked]
    manifest = source.model_copy(
        update={
            "kind": "public",
            "created_at": created_at,
            "items": tuple(sorted((item for item, _ in files), key=lambda item: item.name)),
            "signer": key.fingerprint,
            "original_sha256": original.sha256,
        }
    )
    return _sealed(manifest, {item.name: data for item, data in files}, key)


def _sealed(
    manifest: Manifest,
    items: dict[str, bytes],
    key: SigningKey,
    stamp: Callable[[bytes], bytes] | None = None,
) -> Sealed:
    signed = manifest.to_bytes()
    signature = key.sign(signed)
    if stamp is not None:
        try:
            items = items | {STAMP: stamp(signature)}
        except Unavailable as error:
            _LOG.warning("a package goes without a time stamp: %s", error.message)
    data = pack(items | {MANIFEST: signed, SIGNATURE: signature})
    return Sealed(data, hashlib.sha256(data).hexdigest())


def _json(role: Literal["violation", "passage", "masks"], value: BaseModel) -> tuple[Item, bytes]:
    return _item(role, "application/json", "json", canonical_json(value.model_dump(mode="json")))


def _item(role: str, media_type: str, suffix: str, data: bytes) -> tuple[Item, bytes]:
    item = Item.model_validate(
        {
            "name": f"{role}.{suffix}",
            "role": role,
            "media_type": media_type,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    )
    return item, data
