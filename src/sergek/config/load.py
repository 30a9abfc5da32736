"""Reads a city's file into `Settings`, or tells every fault at once."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sergek.config.settings import Settings, known_keys
from sergek.config.statements import Document, read_document
from sergek.core.camera import redacted
from sergek.core.errors import ConfigError
from sergek.core.given import given_text

__all__ = ["load", "parse"]

_PREFIX = "SERGEK__"
# Values of these keys may hold a secret and are never repeated in a message.
_SECRETS = frozenset({"main", "sub", "url", "token", "database"})
_UNITS = {
    "bytes": "bytes",
    "days": "days",
    "deg": "degrees",
    "fps": "pictures per second",
    "h": "hours",
    "hours": "hours",
    "km": "kilometres",
    "kmh": "km/h",
    "m": "metres",
    "mib": "MiB",
    "min": "minutes",
    "ms": "milliseconds",
    "px": "pixels",
    "s": "seconds",
}


class _Place(NamedTuple):
    """Where a value came from: a line of the file, or a variable of the environment."""

    line: int
    text: str


def load(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a city's file, with the environment's overrides.

    Relative paths in it count from the file's own folder. Raises `ConfigError` with all
    problems; reads nothing but the file.
    """
    return parse(given_text(path), path, os.environ if environment is None else environment)


def parse(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """See `load`; `path` only names the file in messages and for relative paths."""
    document = read_document(text)
    problems = [_Place(line, f"{path}:{line}: {why}") for line, why in document.problems]
    values = document.values
    overrides: dict[tuple[str | int, ...], str] = {}
    for name in sorted(environment):
        if name.startswith(_PREFIX):
            problem = _override(values, overrides, name, environment[name])
            if problem:
                problems.append(_Place(0, problem))

    def place(where: tuple[str | int, ...]) -> _Place:
        for end in range(len(where), 0, -1):
            if where[:end] in overrides:
                return _Place(0, overrides[where[:end]])
        line = document.line_of(where) or 1
        return _Place(line, f"{path}:{line}")

    settings: Settings | None = None
    try:
        settings = Settings.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=True):
            found = place(detail["loc"])
            problems.append(_Place(found.line, f"{found.text}: {_sentence(detail)}"))
    problems += _doubles(document, path)
    if problems or settings is None:
        lines = tuple(dict.fromkeys(text for _, text in sorted(problems)))
        many = "one mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        raise ConfigError(f"{path} has {many}.", lines)
    return settings


def _doubles(document: Document, path: Path) -> Iterator[_Place]:
    first: dict[str, int] = {}
    cameras = document.values.get("camera")
    for i, camera in enumerate(cameras if isinstance(cameras, list) else []):
        key = camera.get("id") if isinstance(camera, dict) else None
        if not isinstance(key, str):
            continue
        line = document.line_of(("camera", i, "id")) or 1
        if key in first:
            why = f"the camera id {key!r} is taken since line {first[key]}: give each its own"
            yield _Place(line, f"{path}:{line}: {why}")
        first.setdefault(key, line)


def _override(
    values: dict[str, Any], places: dict[tuple[str | int, ...], str], name: str, text: str
) -> str | None:
    """Set one value from the environment; what is wrong with the variable's name, if anything."""
    parts: list[str | int] = [part.lower() for part in name[len(_PREFIX) :].split("__")]
    if not all(parts):
        return f"{name}: write SERGEK__TABLE__KEY"
    if parts[0] == "camera":
        number = _camera_number(values, str(parts[1])) if len(parts) == 3 else None
        if number is None:
            return f"{name}: there is no such camera; write SERGEK__CAMERA__ID__KEY"
        parts[1] = number
    table: Any = values
    for part in parts[:-1]:
        table = table[part] if isinstance(part, int) else table.setdefault(part, {})
        if not isinstance(table, dict | list):
            return f"{name}: {part} is no table"
    table[parts[-1]] = _value(text)
    places[tuple(parts)] = name
    return None


def _camera_number(values: Mapping[str, Any], wanted: str) -> int | None:
    cameras = values.get("camera")
    for i, camera in enumerate(cameras if isinstance(cameras, list) else []):
        key = camera.get("id") if isinstance(camera, dict) else None
        if isinstance(key, str) and key.replace("-", "_") == wanted.replace("-", "_"):
            return i
    return None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _sentence(detail: ErrorDetails) -> str:
    where = [str(part) for part in detail["loc"]]
    key = where[-1] if where else ""
    named = ".".join(where)
    if detail["type"] == "extra_forbidden":
        return _unknown(detail["loc"], named, key)
    if detail["type"] == "missing":
        return f"{named} is missing"
    why = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    shown = ""
    if not _SECRETS.intersection(where) and isinstance(detail["input"], str | int | float | bool):
        shown = f" (not {redacted(repr(detail['input']))})"
    unit = _unit_of(key)
    wants_number = detail["type"].startswith(("float", "int"))
    if unit and wants_number:
        return f"{named} should be a plain number of {unit}{shown}"
    return f"{named}: {why[:1].lower() + why[1:]}{shown}"


def _unit_of(key: str) -> str | None:
    return _UNITS.get(key.rpartition("_")[2]) if "_" in key else None


def _unknown(loc: tuple[str | int, ...], named: str, key: str) -> str:
    known = known_keys(loc[:-1])
    stem = re.sub(r"_(" + "|".join(_UNITS) + r")$", "", key)
    for other in known:
        unit = _unit_of(other)
        if unit and other != key and other.rpartition("_")[0] == stem:
            return f"{named}: there is no such key; it is written in {unit}: {other}"
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{named}: there is no such key{hint}"
