"""The definition of a hot spot and the breaks in the statistics, from data with their source."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sergek.core.errors import ConfigError
from sergek.core.given import given_text

__all__ = ["Break", "Definition", "read_definitions"]


@dataclass(frozen=True, slots=True)
class Definition:
    """At least `same_kind` accidents of one kind or `any_kind` of any, in `months` and metres."""

    name: str
    since: dt.date
    same_kind: int
    any_kind: int
    months: int
    length_m: float
    injured_only: bool
    source: str


@dataclass(frozen=True, slots=True)
class Break:
    """A day on which the statistics began to count otherwise."""

    on: dt.date
    source: str


def read_definitions(path: Path | None = None) -> tuple[tuple[Definition, ...], tuple[Break, ...]]:
    """All definitions and breaks of a TOML file, or the built-in ones."""
    try:
        own = resources.files(__package__).joinpath("definitions.toml")
        table = tomllib.loads(own.read_text("utf-8") if path is None else given_text(path))
        definitions = tuple(
            Definition(
                name=row["name"],
                since=row["from"],
                same_kind=int(row["same_kind"]),
                any_kind=int(row["any_kind"]),
                months=int(row["months"]),
                length_m=float(row["length_m"]),
                injured_only=bool(row["injured_only"]),
                source=row["source"],
            )
            for row in table["definition"]
        )
        breaks = tuple(Break(row["on"], row["source"]) for row in table.get("break", []))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the definitions are not TOML: {error}") from None
    except KeyError as error:
        raise ConfigError(f"a definition of a hot spot lacks {error}") from None
    for one in definitions:
        if min(one.same_kind, one.any_kind, one.months, one.length_m) <= 0:
            raise ConfigError(f"the definition '{one.name}' holds a number that is not above zero")
    return definitions, breaks
