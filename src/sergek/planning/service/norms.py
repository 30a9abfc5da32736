"""Norms of load: how many residents an inspector may have, since when, and who says so."""

import datetime as dt
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from sergek.core.errors import ConfigError, NotFound
from sergek.core.given import given_text
from sergek.core.workload import Norm

__all__ = ["norm_on", "read_norms"]


def read_norms(path: Path | None = None) -> tuple[Norm, ...]:
    """The norms of a TOML file, or the built-in ones; `ConfigError` lists every fault."""
    if path is None:
        text = resources.files(__package__).joinpath("norms.toml").read_text("utf-8")
    else:
        text = given_text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the norms are not TOML: {error}") from None
    norms, problems = [], []
    for number, row in enumerate(table.get("norm", []), 1):
        residents, since = row.get("residents"), row.get("from")
        if not isinstance(residents, int) or residents <= 0:
            problems.append(f"norm {number}: residents = {residents} must be a number above zero")
        elif not isinstance(since, dt.date) or not row.get("kind") or not row.get("source"):
            problems.append(f"norm {number}: kind, from (a day) and source are needed")
        else:
            norms.append(Norm(row["kind"], residents, since, row["source"]))
    if problems or not norms:
        raise ConfigError("the norms of load are faulty", tuple(problems or ["there is none"]))
    return tuple(norms)


def norm_on(norms: tuple[Norm, ...], kind: str, day: dt.date) -> Norm:
    """The norm in force on a day; `NotFound` if none was."""
    known = [norm for norm in norms if norm.kind == kind and norm.since <= day]
    if not known:
        why = _unknown().get(kind, "add it with its source and first day")
        raise NotFound(f"no norm of load for districts of kind '{kind}' is known on {day}: {why}")
    return max(known, key=lambda norm: norm.since)


@cache
def _unknown() -> dict[str, str]:
    """Kinds of district whose norm no source at hand gives, and why."""
    text = resources.files(__package__).joinpath("norms.toml").read_text("utf-8")
    return {row["kind"]: row["source"] for row in tomllib.loads(text)["unknown"]}
