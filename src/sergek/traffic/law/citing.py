"""An article of the code as a paper or page in some language cites it."""

import re
import tomllib
from functools import cache
from importlib import resources

__all__ = ["cited"]

_NAMED = re.compile(r"(?P<article>\d[\d-]*)(?: ч\. (?P<part>[\d-]+)|(?P<again> \(повторно\)))?")


def cited(article: str, language: str) -> str:
    """`592 ч. 2` in that language, several joined by commas; other words as they are.

    `language` is kk, ru or en.
    """
    return ", ".join(_one(each, _forms()[language]) for each in article.split(", "))


def _one(article: str, forms: dict[str, str]) -> str:
    found = _NAMED.fullmatch(article)
    if found is None:
        return article
    form = "part" if found["part"] else "repeat" if found["again"] else "article"
    return forms[form].format(article=found["article"], part=found["part"])


@cache
def _forms() -> dict[str, dict[str, str]]:
    folder = resources.files("sergek.traffic.law")
    return tomllib.loads(folder.joinpath("citation.toml").read_text("utf-8"))
