"""The book of roads: kinds of defects, terms for removing them, sanctions, each as it stood."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sergek.core.errors import ConfigError
from sergek.core.road import Subject
from sergek.core.site import Words
from sergek.traffic.law.book import Sourced, law_book

__all__ = ["Kind", "RoadBook", "RoadFine", "Sanction", "Term", "road_book"]

P = TypeVar("P", bound=Sourced)
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Kind(BaseModel):
    """A kind of defect with its name in three languages and the article for leaving it."""

    model_config = _FROZEN

    id: str = Field(pattern=r"^[a-z_]{2,40}$")
    group: Literal["surface", "marking", "sign", "light", "structure", "other"]
    name: Words = Field(min_length=3)
    article: str


class Term(Sourced):
    """Days within which a standard wants a kind of defect removed; `clause` None: not known."""

    kind: str
    standard: str
    clause: str | None = None
    days_min: int = Field(ge=1)
    days_max: int = Field(ge=1)

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.days_max < self.days_min:
            raise ValueError("days_max is less than days_min")
        return self

    @property
    def days(self) -> int | None:
        """The days where the standard leaves no choice."""
        return self.days_max if self.days_min == self.days_max else None


class Sanction(Sourced):
    """What an article costs one kind of subject, in monthly calculation indices."""

    article: str
    subject: Subject
    mrp: int = Field(ge=1)
    repeat_mrp: int = Field(ge=1)
    accident_mrp: int | None = None


class Repeat(Sourced):
    """How long a protocol makes the next one a repeat."""

    within_days: int = Field(ge=1)


class RoadFine(BaseModel):
    """What a protocol would cost on a day."""

    model_config = _FROZEN

    article: str
    mrp: int
    mrp_tenge: int
    tenge: int


class RoadBook(BaseModel):
    """All entries; every question names the moment it is asked about."""

    model_config = _FROZEN

    kind: tuple[Kind, ...]
    term: tuple[Term, ...]
    sanction: tuple[Sanction, ...]
    repeat: tuple[Repeat, ...]

    def kind_of(self, kind: str) -> Kind:
        """One kind; `ConfigError` for one that the table does not have."""
        for known in self.kind:
            if known.id == kind:
                return known
        raise ConfigError(f"There is no kind of defect called “{kind}” in the table.")

    def term_of(self, kind: str, when: datetime) -> Term | None:
        """The term that held, None where the table knows none."""
        return _held([term for term in self.term if term.kind == kind], when)

    def repeat_days(self, when: datetime) -> int:
        """Within how many days a further protocol is a repeat."""
        found = _held(self.repeat, when)
        return found.within_days if found else 0

    def fine(
        self, article: str, subject: Subject, when: datetime, *, repeat: bool = False
    ) -> RoadFine | None:
        """What a protocol by the article costs, None where the table gives no amount."""
        entries = [s for s in self.sanction if s.article == article and s.subject == subject]
        found = _held(entries, when)
        if found is None:
            return None
        count, index = (found.repeat_mrp if repeat else found.mrp), law_book().mrp_at(when)
        return RoadFine(article=article, mrp=count, mrp_tenge=index, tenge=count * index)


def _held(entries: Sequence[P], when: datetime) -> P | None:
    return next((entry for entry in entries if entry.holds(when)), None)


def _refuse_faults(book: RoadBook) -> None:
    known = [kind.id for kind in book.kind]
    if len(set(known)) < len(known):
        raise ConfigError("roads.toml names a kind of defect twice.")
    if stray := {term.kind for term in book.term} - set(known):
        raise ConfigError(f"roads.toml has a term for {sorted(stray)[0]}, which is no kind.")
    groups: list[Sequence[Sourced]] = [book.repeat]
    groups += [[term for term in book.term if term.kind == kind] for kind in known]
    for article, subject in {(s.article, s.subject) for s in book.sanction}:
        same = (article, subject)
        groups.append([s for s in book.sanction if (s.article, s.subject) == same])
    for group in groups:
        for a, b in combinations(group, 2):
            if a.overlaps(b):
                raise ConfigError(f"roads.toml says two things at once: {a.source} / {b.source}")


@cache
def road_book() -> RoadBook:
    """The book that ships with the product; read once."""
    text = resources.files("sergek.traffic.law").joinpath("roads.toml").read_text("utf-8")
    book = RoadBook.model_validate(tomllib.loads(text))
    _refuse_faults(book)
    return book
