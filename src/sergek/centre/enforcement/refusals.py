"""The desk's refusals in the language of the person who reads them.

A sentence is written once in code, in English, as everywhere in the product; `desk.refused` of
`texts/en.toml` repeats it with its blanks named, and the other languages say the same.
"""

import re
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from sergek.centre.catalogue import Catalogue, catalogue
from sergek.centre.context import centre_of
from sergek.centre.pages import language_of
from sergek.core.errors import SergekError

__all__ = ["DeskRoute", "in_words_of"]


@cache
def _known() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Key of each refusal and the pattern of its English sentence."""
    found = []
    for key, text in catalogue("en").part("desk.refused").items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text))
        found.append((key, re.compile(pattern)))
    return tuple(found)


def in_words_of(texts: Catalogue, sentence: str) -> str:
    """The sentence in that language; as it is where the catalogue does not know it."""
    for key, pattern in _known():
        match = pattern.fullmatch(sentence)
        if match is not None:
            blanks = match.groupdict()
            state = f"desk.status.{blanks.get('status', '')}"
            if state in texts.names():
                blanks["status"] = texts(state)
            return texts(f"desk.refused.{key}", **blanks)
    return sentence


class DeskRoute(APIRoute):
    """A page's route that says its refusals in the person's language; programs get English."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the sentence of a refusal put into words."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except SergekError as error:
                texts = catalogue(language_of(request, centre_of(request).settings))
                error.message = in_words_of(texts, error.message)
                raise

        return handled
