"""The three languages of the control room: each service has its own texts, none in code."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import get_args

from sergek.centre.settings import Language
from sergek.core.errors import ConfigError

__all__ = ["LANGUAGES", "Catalogue", "catalogue"]

LANGUAGES: tuple[Language, ...] = get_args(Language)


class Catalogue:
    """The texts of one language by dotted key, such as `wall.title`."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = dict(texts)

    def __call__(self, key: str, **values: object) -> str:
        """The text with `{name}` filled in; an unknown key is a `KeyError`, never a blank."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def names(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._texts)

    def part(self, prefix: str) -> dict[str, str]:
        """Key after the prefix → text: what a page's script needs."""
        start = f"{prefix}."
        return {
            key.removeprefix(start): text
            for key, text in self._texts.items()
            if key.startswith(start)
        }


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _texts(source: Traversable, language: Language) -> Iterator[tuple[str, str]]:
    """One folder's file of a language, if it has one."""
    file = source / "texts" / f"{language}.toml"
    if not file.is_file():
        return
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source.name}/texts/{language}.toml: {error}") from error
    yield from _flat(table)


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue of a language: the shell's texts and every service's own.

    `ConfigError` if a file is not TOML or two files say the same key.
    """
    room = files("sergek.centre")
    texts: dict[str, str] = {}
    for folder in (room, *(each for each in room.iterdir() if each.is_dir())):
        for key, text in _texts(folder, language):
            if key in texts:
                raise ConfigError(f"{folder.name}/texts/{language}.toml says {key} a second time")
            texts[key] = text
    return Catalogue(language, texts)
