"""Pages out of templates: one environment, each service's templates under its own name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sergek.centre.catalogue import LANGUAGES, Catalogue, catalogue
from sergek.centre.navigation import places_of
from sergek.centre.refusals import in_words_of
from sergek.centre.rights import Person, Right
from sergek.centre.settings import CentreSettings, Language
from sergek.core.clock import last_day
from sergek.traffic.law.citing import cited
from sergek.traffic.plates import layout_name

__all__ = ["THEMES", "Pages", "language_of", "theme_of"]

THEMES = ("dark", "light")
_ROOT = Path(__file__).parent
# What MapLibre says by itself, and the word of ours for it.
_MAP_WORDS = {
    "Map.Title": "title",
    "NavigationControl.ZoomIn": "zoom_in",
    "NavigationControl.ZoomOut": "zoom_out",
}


def language_of(request: Request, settings: CentreSettings) -> Language:
    """The language that the browser's cookie names, else the installation's."""
    chosen = request.cookies.get("language")
    return next((known for known in LANGUAGES if known == chosen), settings.language)


def theme_of(request: Request) -> str:
    """`dark` (a control room's default) or `light`, by cookie."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else THEMES[0]


class Pages:
    """Renders a template for one request: its language, theme, person and clock's zone."""

    def __init__(self, settings: CentreSettings, services: tuple[str, ...]) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.timezone)
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(_ROOT / "templates"),
                    PrefixLoader(
                        {name: FileSystemLoader(_ROOT / name / "templates") for name in services}
                    ),
                ]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # The city file's order of cameras is the people's order too.
        self._environment.policies["json.dumps_kwargs"] = {"sort_keys": False}

    @cached_property
    def _version(self) -> str:
        return version("sergek")

    def text(self, request: Request, name: str, values: Mapping[str, Any]) -> str:
        """The template filled in, as text: a piece of a page or a whole one.

        Texts are in the language of the browser's cookie, unless the values bring their own `t`.
        """
        texts = values.get("t") or catalogue(language_of(request, self._settings))
        known = getattr(request.state, "person", None)
        person = known if isinstance(known, Person) else None
        common = {
            "t": texts,
            "language": texts.language,
            "languages": LANGUAGES,
            "theme": theme_of(request),
            "person": person,
            "places": [] if person is None else places_of(person),
            "Right": Right,
            "path": request.url.path,
            "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "title": self._settings.title,
            "version": self._version,
            "zone": self._settings.timezone,
            "local": self.local,
            "last_day": lambda until: f"{self.local(last_day(until)):%d.%m.%Y}",
            "clock": self._clock,
            "day": lambda at: self._day(at, texts),
            "brief": lambda at: self._day(at, texts, "time.brief"),
            "months": ",".join(texts(f"month.{number}") for number in range(1, 13)),
            "span_of": lambda seconds: _span(seconds, texts),
            "map_words": {name: texts(f"map.{key}") for name, key in _MAP_WORDS.items()},
            "icon": _icon,
            "who": lambda name, names: (
                texts("actor.system") if name == "system" else names.get(name, name)
            ),
            "cited": lambda article: cited(article, texts.language),
            "layout_name": lambda layout: layout_name(layout, texts.language),
            "said": lambda wrong: in_words_of(texts, str(wrong)),
        }
        return self._environment.get_template(name).render({**common, **values})

    def page(
        self, request: Request, name: str, /, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """The answer with the template filled in."""
        return HTMLResponse(self.text(request, name, values), status_code=status)

    def local(self, at: datetime) -> datetime:
        """The moment in the zone in which people read times."""
        return at.astimezone(self._zone)

    def _clock(self, at: datetime, tenths: bool = False, minutes: int = 0) -> str:
        local = self.local(at + timedelta(minutes=minutes))
        return f"{local:%H:%M:%S}" + (f".{local.microsecond // 100_000}" if tenths else "")

    def _day(self, at: datetime, texts: Catalogue, key: str = "time.day") -> str:
        local = self.local(at)
        return texts(key, day=local.day, month=texts(f"month.{local.month}"), year=local.year)


def _span(seconds: int, texts: Catalogue) -> str:
    """A length of time: `45 s`, `12:05`, `3:00:00`."""
    if seconds < 60:
        return f"{seconds} {texts('unit.s')}"
    hours, rest = divmod(seconds, 3600)
    minutes = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{minutes}" if hours else minutes


def _icon(name: str) -> Markup:
    """A drawing of our own sprite, `static/icons.svg`."""
    return Markup(
        '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{}"/></svg>'
    ).format(name)
