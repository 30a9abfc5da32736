"""The packages and masked copies that are looked at now, opened once and kept for a while."""

import threading
from collections import OrderedDict
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from sergek.core.errors import NotFound, Unavailable
from sergek.core.evidence import PackageItem, SealedCase
from sergek.core.ports import EvidenceStore, PackageReader

__all__ = ["EvidenceRoom", "Room", "media_answer", "part_of"]

# A reviewer's case and the next one for half a dozen reviewers; a package is some 10 MB.
_KEPT = 12


class EvidenceRoom:
    """Opens packages by their SHA-256, as long as their media are kept; any thread may ask."""

    def __init__(self, evidence: EvidenceStore, packages: PackageReader | None) -> None:
        self._evidence, self._packages = evidence, packages
        self._kept: OrderedDict[str, SealedCase] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, package: str | None) -> SealedCase:
        """The package; `NotFound` if there is none, `Unavailable` if nothing here can open it."""
        if package is None:
            raise NotFound("The device sealed no evidence package for this case.")
        there = self._evidence.has(package)
        with self._lock:
            known = self._kept.pop(package, None)
            if known is not None and there:
                self._kept[package] = known
                return known
        if self._packages is None:
            raise Unavailable("This centre has no list of trusted keys: it opens no packages.")
        sealed = self._packages.open(self._evidence.get(package))
        with self._lock:
            self._kept[package] = sealed
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return sealed


def _room(request: Request) -> EvidenceRoom:
    room = request.app.state.evidence_room
    assert isinstance(room, EvidenceRoom)
    return room


Room = Annotated[EvidenceRoom, Depends(_room)]


def media_answer(item: PackageItem | None, wanted: str) -> Response:
    """A picture or the clip for a page; of the header `Range` one byte range is understood."""
    if item is None or not item.media_type.startswith(("image/", "video/")):
        raise NotFound("The package holds no such picture.")
    # The bytes never change under their package's hash, but only this browser may keep them.
    headers = {"Cache-Control": "private, max-age=3600, immutable", "Accept-Ranges": "bytes"}
    part = part_of(item.data, wanted) if wanted else None
    if part is None:
        return Response(item.data, media_type=item.media_type, headers=headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{len(item.data)}"
    body = item.data[first : last + 1]
    return Response(body, status_code=206, media_type=item.media_type, headers=headers)


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
