"""What errors say, in the language of the person who reads it.

A sentence is written once in code, in English, as everywhere in the product. A service's
`texts/en.toml` repeats it under `[SERVICE.refused]` with its blanks named, and the other languages
say the same under the same key. What fills a blank is put into words too: a sentence inside a
sentence, or a state whose text stands at `SERVICE.BLANK.VALUE` or `BLANK.VALUE` of the catalogue.
Sentences that were stored (why a case was refused) are read in the same way.
"""

import re
from functools import cache
from typing import NamedTuple

from sergek.centre.catalogue import Catalogue, catalogue
from sergek.traffic.law.citing import cited

__all__ = ["in_words_of"]

_PART = ".refused."


class _Known(NamedTuple):
    """A sentence of the catalogue: its key, its service, and the pattern of its English text."""

    key: str
    service: str
    pattern: re.Pattern[str]


@cache
def _known() -> tuple[_Known, ...]:
    """Every refusal, those with most words of their own first: they leave least to blanks."""
    english = catalogue("en")
    keys = [key for key in english.names() if _PART in key]
    keys.sort(key=lambda key: (-len(re.sub(r"\{\w+\}", "", english(key))), key))
    found = []
    for key in keys:
        text = re.escape(english(key).rstrip("."))
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", text)
        found.append(_Known(key, key.partition(_PART)[0], re.compile(rf"{pattern}\.?", re.DOTALL)))
    return tuple(found)


def in_words_of(texts: Catalogue, sentence: str) -> str:
    """The sentence in that language; as it is where the catalogue does not know it."""
    for each in _known():
        match = each.pattern.fullmatch(sentence)
        if match is not None:
            blanks = {
                name: _blank(texts, each.service, name, value)
                for name, value in match.groupdict().items()
            }
            told = texts(each.key, **blanks)
            return told if sentence.endswith(".") else told.rstrip(".")
    return sentence


def _blank(texts: Catalogue, service: str, name: str, value: str) -> str:
    if name == "article":
        return cited(value, texts.language)
    names = texts.names()
    for key in (f"{service}.{name}.{value}", f"{name}.{value}"):
        if key in names:
            return texts(key)
    return in_words_of(texts, value)
