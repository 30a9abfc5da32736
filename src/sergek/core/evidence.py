"""An evidence package as seen by somebody who did not make it: what it holds, and is it whole."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PackageCheck", "PackageItem", "SealedCase"]


# The order in which people look at a case's pictures.
_PICTURES = ("overview_before", "overview_after", "plate", "signal_strip")


@dataclass(frozen=True, slots=True)
class PackageCheck:
    """One check: what was looked at, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class PackageItem:
    """One file of the package."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SealedCase:
    """A package opened and verified; `ok` only if every check holds.

    `items` go by their role (`clip`, `overview_before`, `measurement`, …); empty where the
    container is broken. `trial` is what the package says, True where it says nothing.
    """

    ok: bool
    checks: tuple[PackageCheck, ...]
    case_id: str | None = None
    passage_id: str | None = None
    trial: bool = True
    place: Mapping[str, str] | None = None
    signed_by: str | None = None
    trust_fingerprint: str = ""
    items: Mapping[str, PackageItem] | None = None

    def item(self, role: str) -> PackageItem | None:
        """The file of that role, if there is one."""
        return (self.items or {}).get(role)

    @property
    def pictures(self) -> dict[str, PackageItem]:
        """The pictures by role, in the order in which people look at them."""
        items = self.items or {}
        return {role: items[role] for role in _PICTURES if role in items}
