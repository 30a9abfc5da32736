"""A printed form without its look: title, facts, tables, lines to sign."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Part", "PrintSheets", "Sheet"]


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading, words, and a table whose `shares` of the width sum to 1."""

    title: str
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form in one language; facts without a value are left out, `notice` stands on top."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...] = ()
    signed: tuple[str, ...] = ()
    notice: str = ""


# Forms one after another as PDF; the name stands at the foot. Equal forms give equal bytes.
PrintSheets = Callable[[Sequence[Sheet], str], bytes]
