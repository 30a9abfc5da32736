"""Sites from TOML: the `[[site]]` tables of a city's file, or a file with just those."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sergek.core.errors import ConfigError
from sergek.core.given import given_text
from sergek.core.site import Site

__all__ = ["load_sites"]


def load_sites(path: Path) -> tuple[Site, ...]:
    """All sites of a file; `ConfigError` lists every fault with its place."""
    try:
        document = tomllib.loads(given_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not TOML: {error}") from None
    tables = document.get("site")
    if not isinstance(tables, list) or not tables:
        raise ConfigError(f"{path.name} holds no [[site]] table")
    sites, problems = [], []
    for table in tables:
        try:
            sites.append(Site.model_validate(table))
        except ValidationError as error:
            problems += _sentences(table, error)
    names = [site.id for site in sites]
    problems += [f"site {name} is there twice" for name in set(names) if names.count(name) > 1]
    if problems:
        raise ConfigError(f"{path.name}: {problems[0]}", tuple(problems))
    return tuple(sites)


def _sentences(table: dict[str, Any], error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"])
        text = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            text = "unknown key"
        elif fault["type"] == "timezone_aware" or (
            isinstance(fault.get("input"), datetime) and fault["input"].tzinfo is None
        ):
            text = "the time lacks its offset, write e.g. 2022-03-01T08:00:00+06:00"
        place = f"{where}: " if where else ""
        lines.append(f"site {table.get('id', '?')}: {place}{text}")
    return lines
