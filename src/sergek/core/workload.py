"""What a precinct inspector carries: quoted figures, residents, and what follows from what."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "AtWork",
    "Basis",
    "CheckStatements",
    "Finding",
    "Norm",
    "NormOn",
    "People",
    "Quoted",
    "Reading",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class Norm:
    """At most `residents` per inspector in districts of this kind, from `since` on."""

    kind: str
    residents: int
    since: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class People:
    """A number of residents, with the day and the source that it comes from."""

    residents: int
    on: str
    source: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was said. `load_ratio` is actual load / norm as quoted (2.0 for "twice")."""

    stations: int
    inspectors: int
    assistants: int
    norm: int
    load_ratio: float
    tolerance: float = 0.15


@dataclass(frozen=True, slots=True)
class AtWork:
    """What a register knows of the inspectors: posts filled, present today, effective posts.

    Effective is the sum over those present of the share of their time that their own precincts
    get; None where nobody knows.
    """

    filled: int | None = None
    present: int | None = None
    effective: float | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """Residents per person on one way to count persons, and its ratio to the norm.

    `follows` is whether that ratio is the quoted one within the tolerance.
    """

    name: str
    persons: float
    load: float
    ratio: float
    follows: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that would have to be true for the quoted load, in three languages."""

    name: str
    number: float
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One quoted statement against the data; `follows` None where the data cannot tell."""

    name: str
    follows: bool | None
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`follows` is whether the quoted load follows by headcount; the rest says why."""

    people: People
    capacity: int
    needed: int
    per_station: float
    bases: tuple[Basis, ...]
    follows: bool
    sentence: dict[str, str]
    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]


class CheckStatements(Protocol):
    """Compares what was said with the residents; `ConfigError` where nothing can be computed."""

    def __call__(
        self, quoted: Quoted, people: People, at_work: AtWork = ..., norm: Norm | None = ...
    ) -> Verdict:
        """The verdict; `norm` is the one in force, where it is known."""
        ...


class NormOn(Protocol):
    """The norm of a kind of district that was in force on a day; `NotFound` if none was."""

    def __call__(self, kind: str, day: dt.date) -> Norm:
        """Look it up."""
        ...
