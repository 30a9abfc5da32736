"""Public copies: what of a case may leave, made when somebody asks for it, one at a time."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from sergek.centre.papers import Papers
from sergek.centre.prescriptions.register import Prescription
from sergek.centre.steps import StepRow
from sergek.core.errors import NotFound
from sergek.core.evidence import PackageItem
from sergek.core.ports import EvidenceStore, PackageReader

__all__ = ["PICTURES", "Copies", "PublicCopies", "PublicCopy", "released"]

# The pictures of a copy in the order in which people look at them.
PICTURES = ("overview_before", "overview_after", "plate", "signal_strip")
_KEPT = 4


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """The ZIP and its files by role."""

    data: bytes
    items: dict[str, PackageItem]

    def item(self, role: str) -> PackageItem:
        """The file of that role, a picture or the clip; else `NotFound`."""
        found = self.items.get(role)
        if found is None or not found.media_type.startswith(("image/", "video/")):
            raise NotFound("The copy holds no such picture.")
        return found


class PublicCopies:
    """Makes copies out of the sealed originals; any thread may ask.

    Nothing of a copy is stored: it is dated by its prescription, so that the same bytes come out
    whenever it is made, and it is gone when the original is.
    """

    def __init__(
        self, evidence: EvidenceStore, packages: PackageReader | None, papers: Papers
    ) -> None:
        self._evidence, self._packages, self._papers = evidence, packages, papers
        self._kept: OrderedDict[str, PublicCopy] = OrderedDict()
        # Masking a clip takes a second of one core: a crowd must not take them all.
        self._lock = threading.Lock()

    def of(self, one: Prescription) -> PublicCopy:
        """The copy; `NotFound` where the media are gone, `Unavailable` where none can be made."""
        if one.package is None or self._packages is None:
            raise NotFound("There is no evidence package for this prescription.")
        with self._lock:
            if one.number not in self._kept:
                original = self._evidence.get(one.package)
                data = self._papers.public_copy(original, one.package, one.issued_at)
                items = dict(self._packages.open(data).items or {})
                self._kept[one.number] = PublicCopy(data, items)
            self._kept.move_to_end(one.number)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[one.number]


def released(steps: list[StepRow]) -> bool:
    """Whether somebody looked at the copy and let it go."""
    return any(step.kind == "copy_released" for step in steps)


def _copies(request: Request) -> PublicCopies:
    copies = request.app.state.public_copies
    assert isinstance(copies, PublicCopies)
    return copies


Copies = Annotated[PublicCopies, Depends(_copies)]
