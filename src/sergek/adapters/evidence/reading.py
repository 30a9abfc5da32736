"""Sealed packages for the centre: opened, verified, their files by role."""

from collections.abc import Callable

from sergek.adapters.evidence.container import MANIFEST, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.trust import TrustList
from sergek.adapters.evidence.verify import verify
from sergek.core.errors import Corrupt
from sergek.core.evidence import PackageCheck, PackageItem, SealedCase

__all__ = ["SealedPackages"]


class SealedPackages:
    """`core.ports.PackageReader`; `trust` gives the list that holds now and its fingerprint."""

    def __init__(self, trust: Callable[[], tuple[TrustList, str]]) -> None:
        self._trust = trust

    def open(self, data: bytes) -> SealedCase:
        """See `core.ports.PackageReader.open`."""
        trust, fingerprint = self._trust()
        report = verify(data, trust, fingerprint)
        checks = tuple(PackageCheck(each.name, each.ok, each.detail) for each in report.checks)
        try:
            files = unpack(data)
            manifest = Manifest.from_bytes(files[MANIFEST])
        except Corrupt:
            return SealedCase(ok=False, checks=checks, trust_fingerprint=fingerprint)
        return SealedCase(
            ok=report.ok and manifest.kind == "original",
            checks=checks,
            case_id=manifest.case_id,
            passage_id=manifest.passage_id,
            trial=manifest.trial,
            place=dict(manifest.caption.place),
            signed_by=report.signed_by,
            trust_fingerprint=fingerprint,
            items={
                item.role: PackageItem(item.media_type, files[item.name])
                for item in manifest.items
                if item.name in files
            },
        )
