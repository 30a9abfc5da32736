"""The packages that are looked at now, opened once and kept for a while."""

import threading
from collections import OrderedDict

from sergek.core.errors import NotFound, Unavailable
from sergek.core.evidence import SealedCase
from sergek.core.ports import EvidenceStore, PackageReader

__all__ = ["EvidenceRoom", "part_of"]

# A reviewer's case and the next one for half a dozen reviewers; a package is some 10 MB.
_KEPT = 12


class EvidenceRoom:
    """Opens packages by their SHA-256; any thread may ask."""

    def __init__(self, evidence: EvidenceStore, packages: PackageReader | None) -> None:
        self._evidence, self._packages = evidence, packages
        self._kept: OrderedDict[str, SealedCase] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, package: str | None) -> SealedCase:
        """The package; `NotFound` if there is none, `Unavailable` if nothing here can open it."""
        if package is None:
            raise NotFound("The device sealed no evidence package for this case.")
        with self._lock:
            if package in self._kept:
                self._kept.move_to_end(package)
                return self._kept[package]
        if self._packages is None:
            raise Unavailable("This centre has no list of trusted keys: it opens no packages.")
        sealed = self._packages.open(self._evidence.get(package))
        with self._lock:
            self._kept[package] = sealed
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return sealed


def part_of(data: bytes, wanted: str) -> tuple[int, int] | None:
    """First and last byte of a `Range` header with one range (RFC 9110 §14.1.2); None for all.

    A player asks so to jump inside a clip. What is not one plain range is answered whole.
    """
    unit, _, span = wanted.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit.strip() != "bytes" or not dash or not (first or last):
        return None
    if not all(each.isdecimal() for each in (first, last) if each):
        return None
    if not first:
        begin, end = max(0, len(data) - int(last)), len(data) - 1
    else:
        begin, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
    return (begin, end) if begin <= end else None
