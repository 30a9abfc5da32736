"""Checking a package without trusting who made it: hashes, signature, trust, and the speed."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from sergek.adapters.evidence.container import (
    MANIFEST,
    SIGNATURE,
    first_strange_byte,
    unpack,
)
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.stamp import STAMP, read_stamp
from sergek.adapters.evidence.trust import TrustList
from sergek.core.errors import Corrupt
from sergek.core.speed import SpeedInputs, SpeedMeasurement
from sergek.core.violation import Violation
from sergek.traffic.measure import measurement_of

__all__ = ["Check", "Report", "verify"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
# Two computers may round differently in the last digits; a tenth of a metre per hour is far
# below anything that decides.
_SAME_KMH = 1e-4


class Check(BaseModel):
    """One check: what was looked at, whether it holds, and what was found."""

    model_config = _FROZEN

    name: str
    ok: bool
    detail: str


class Report(BaseModel):
    """All checks of one package; `kmh` and `u_kmh` are the recomputed ones."""

    model_config = _FROZEN

    ok: bool
    sha256: str
    kind: str | None = None
    case_id: str | None = None
    site_id: str | None = None
    trial: bool | None = None
    recorded_at: str | None = None
    signed_by: str | None = None
    trust_fingerprint: str
    original_sha256: str | None = None
    kmh: float | None = None
    u_kmh: float | None = None
    checks: tuple[Check, ...]


def verify(data: bytes, trust: TrustList, trust_fingerprint: str) -> Report:
    """The report on a package; never raises for what is in it."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        items = unpack(data)
        manifest = Manifest.from_bytes(items[MANIFEST])
    except Corrupt as error:
        broken = Check(name="container", ok=False, detail=error.message)
        return Report(
            ok=False, sha256=digest, trust_fingerprint=trust_fingerprint, checks=(broken,)
        )
    result = _recomputed(items)
    checks = (
        _container(data, items),
        *_items(items, manifest),
        *_signature(items, manifest, trust),
        *_stamp(items, trust),
        *_speed(items, result),
    )
    signer = trust.find(manifest.signer)
    return Report(
        ok=all(check.ok for check in checks),
        sha256=digest,
        kind=manifest.kind,
        case_id=manifest.case_id,
        site_id=manifest.site_id,
        trial=manifest.trial,
        recorded_at=manifest.caption.recorded_at.isoformat(),
        signed_by=signer.owner if signer else None,
        trust_fingerprint=trust_fingerprint,
        original_sha256=manifest.original_sha256,
        kmh=result.kmh if isinstance(result, SpeedMeasurement) else None,
        u_kmh=result.u_kmh if isinstance(result, SpeedMeasurement) else None,
        checks=checks,
    )


def _container(data: bytes, items: Mapping[str, bytes]) -> Check:
    strange = first_strange_byte(data, items)
    detail = "every byte accounted for" if strange is None else f"changed: {strange}"
    return Check(name="container", ok=strange is None, detail=detail)


def _items(items: Mapping[str, bytes], manifest: Manifest) -> Iterator[Check]:
    named = {item.name: item for item in manifest.items}
    for name, item in named.items():
        if name not in items:
            yield Check(name=name, ok=False, detail="missing from the package")
            continue
        same = hashlib.sha256(items[name]).hexdigest() == item.sha256
        yield Check(
            name=name,
            ok=same,
            detail="SHA-256 as signed" if same else "changed: its SHA-256 is not the signed one",
        )
    for name in sorted(set(items) - set(named) - {MANIFEST, SIGNATURE, STAMP}):
        yield Check(name=name, ok=False, detail="not named by the manifest")


def _signature(items: Mapping[str, bytes], manifest: Manifest, trust: TrustList) -> Iterator[Check]:
    key = trust.find(manifest.signer)
    if key is None:
        detail = f"the key {manifest.signer[:16]}… is not on the trust list"
        yield Check(name="trust", ok=False, detail=detail)
        return
    role = "device" if manifest.kind == "original" else "centre"
    refusal = key.refusal(role, manifest.created_at)
    yield Check(name="trust", ok=refusal is None, detail=refusal or f"{key.owner} ({key.role})")
    good = key.signed(items[MANIFEST], items[SIGNATURE])
    detail = "Ed25519, valid" if good else "changed: manifest.json or manifest.sig"
    yield Check(name="signature", ok=good, detail=detail)


def _stamp(items: Mapping[str, bytes], trust: TrustList) -> Iterator[Check]:
    """The time stamp, where there is one; it must be for this signature."""
    if STAMP not in items:
        return
    found = read_stamp(items[STAMP], items[SIGNATURE], trust.stamp_roots)
    detail = found.fault or f"existed at {found.stamped_at} (RFC 3161)"
    if not found.fault and not found.trusted:
        detail += "; its authority is not on the trust list"
    yield Check(name="stamp", ok=not found.fault, detail=detail)


def _recomputed(items: Mapping[str, bytes]) -> SpeedMeasurement | str | None:
    """The speed computed anew, a sentence if it cannot be, None if the case needs none."""
    text = items.get("measurement.json")
    if text is None:
        return None
    try:
        return measurement_of(SpeedInputs.model_validate(json.loads(text)["inputs"]))
    except (ValueError, KeyError, TypeError):
        return "measurement.json cannot be read"


def _speed(items: Mapping[str, bytes], result: SpeedMeasurement | str | None) -> Iterator[Check]:
    if result is None:
        if b'"offence":"speeding"' in items.get("violation.json", b""):
            yield Check(name="speed", ok=False, detail="a speeding case without its measurement")
        return
    if isinstance(result, str):
        yield Check(name="speed", ok=False, detail=result)
        return
    try:
        stated = SpeedMeasurement.model_validate(json.loads(items["measurement.json"])["result"])
        accused = Violation.model_validate_json(items["violation.json"]).facts.get("speed_kmh")
    except (ValidationError, ValueError, KeyError, TypeError):
        yield Check(name="speed", ok=False, detail="the stated speed cannot be read")
        return
    if result.kmh is None or result.u_kmh is None:
        yield Check(name="speed", ok=False, detail=f"recomputed: rejected, {result.reason}")
        return
    claims = [
        (stated.kmh, result.kmh),
        (stated.u_kmh, result.u_kmh),
        (accused if isinstance(accused, int | float) else result.kmh, result.kmh),
    ]
    same = all(a is not None and abs(a - b) < _SAME_KMH for a, b in claims)
    found = f"recomputed {result.kmh:.2f} ± {result.u_kmh:.2f} km/h"
    if not same:
        found += f", but the package says {stated.kmh} ± {stated.u_kmh}"
    yield Check(name="speed", ok=same, detail=found)
