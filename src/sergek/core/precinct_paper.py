"""The district passport as it goes to paper: counts only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["PassportSheet", "PrecinctPapers"]


@dataclass(frozen=True, slots=True)
class PassportSheet:
    """One precinct on one day.

    `inspectors` are (name, rank, since, acting); `counts` are (kind of record, day, counts, text).
    """

    city: str
    synthetic: bool
    precinct: str
    printed_on: dt.date
    division: str
    residents: int
    station: str
    phone: str
    hours: str
    inspectors: tuple[tuple[str, str, dt.date, bool], ...]
    counts: tuple[tuple[str, dt.date, Mapping[str, int], str], ...]


class PrecinctPapers(Protocol):
    """Prints the papers of the precinct service."""

    def passport(self, sheet: PassportSheet, language: Literal["kk", "ru"]) -> bytes:
        """The passport as PDF."""
        ...
