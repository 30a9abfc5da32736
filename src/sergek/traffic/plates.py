"""What a plate's text may be: layouts by country and date, and normalisation by position.

A text that fits a layout is never changed. One that would fit if look-alikes were swapped where
the layout asks for the other kind (a digit for a letter or the reverse) is corrected, and every
corrected position is marked. If the cheapest corrections lead to different texts or layouts, the
text stays as it was read: it is ambiguous. Nothing is mapped without regard to position.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from sergek.core.errors import NotFound

__all__ = [
    "FreeLayout",
    "Layout",
    "LayoutBook",
    "Normalised",
    "layout_book",
    "layout_name",
    "normalised",
    "plain",
]

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Layout:
    """One order of characters: `pattern` as in `layouts.toml`, without the line break.

    `lines` are the lengths of its lines; `allowed` the characters that may stand at each
    position; `region` the slice of the two-digit region code, None if it has none.
    """

    id: str
    pattern: str
    lines: tuple[int, ...]
    allowed: tuple[frozenset[str], ...]
    region: tuple[int, int] | None
    since: date
    until: date | None
    weak: bool

    def in_force(self, on: date) -> bool:
        """Whether such a plate may be on the road that day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class FreeLayout:
    """Letters and digits in any order, from `shortest` to `longest` of them; one of fewer than
    `read_from` is shown and never acted on."""

    id: str
    shortest: int
    longest: int
    read_from: int


@dataclass(frozen=True, slots=True)
class LayoutBook:
    """The layouts of one country (or `any`), and what goes with them.

    `likeness[wanted][seen]` is how likely `seen` is read where `wanted` stands, relative to
    reading it right; `region_since` the first day of each region code; `prefixes` what stands
    left of the number and is no part of it. `doubt` is the share of every character's
    probability that is spread over all characters, because readers are surer than right.
    """

    country: Literal["kz", "any"]
    layouts: tuple[Layout, ...]
    free: FreeLayout | None
    likeness: Mapping[str, Mapping[str, float]]
    region_since: Mapping[str, date]
    prefixes: tuple[str, ...]
    most_corrections: int
    doubt: float

    def layout(self, layout_id: str) -> Layout:
        """The layout of that id, or `NotFound`."""
        for each in self.layouts:
            if each.id == layout_id:
                return each
        raise NotFound(f"There is no plate layout {layout_id}.")

    def on_road(self, on: date) -> tuple[Layout, ...]:
        """The layouts in force that day."""
        return tuple(each for each in self.layouts if each.in_force(on))

    def fits(self, text: str, layout: Layout, on: date) -> bool:
        """Whether the text has a permitted character everywhere and a region of that day."""
        if len(text) != len(layout.allowed):
            return False
        if any(c not in allowed for c, allowed in zip(text, layout.allowed, strict=True)):
            return False
        return self.region_fits(text, layout, on)

    def region_fits(self, text: str, layout: Layout, on: date) -> bool:
        """Whether the region code in the text was in use that day (true if it has none)."""
        if layout.region is None:
            return True
        since = self.region_since.get(text[slice(*layout.region)])
        return since is not None and since <= on


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text after position rules.

    `layout` is the one it fits, None if none or several; `fits` says whether there is any;
    `corrected` are the positions (0-based) where a look-alike was swapped.
    """

    text: str
    layout: str | None
    fits: bool
    corrected: tuple[int, ...]


@cache
def _data() -> dict[str, Any]:
    text = resources.files("sergek.traffic").joinpath("layouts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def layout_name(layout_id: str, language: str) -> str:
    """What people call the layout in that language (kk, ru, en); an unknown id as it is."""
    data = _data()
    for row in (*data["layout"], *data["free"]):
        if row["id"] == layout_id:
            return str(row["name"][language])
    return layout_id


@cache
def layout_book(country: Literal["kz", "any"]) -> LayoutBook:
    """The layouts of `traffic/layouts.toml` for Kazakhstan, or for any Latin plate."""
    data = _data()
    regions = data["regions"]
    free = [
        FreeLayout(row["id"], row["shortest"], row["longest"], row["read_from"])
        for row in data["free"]
        if row["country"] == country
    ]
    return LayoutBook(
        country=country,
        layouts=tuple(
            _layout(row, regions["letters"]) for row in data["layout"] if row["country"] == country
        ),
        free=free[0] if free else None,
        likeness=_both_ways(data["confusion"]["pairs"]),
        region_since={
            code: group["since"] for group in regions["digits"] for code in group["codes"]
        },
        prefixes=tuple(data["prefix"].get(country, ())),
        most_corrections=data["confusion"]["most_corrections"],
        doubt=data["doubt"][country],
    )


def _layout(row: Mapping[str, Any], letters: Mapping[str, str]) -> Layout:
    pattern = row["pattern"].replace("/", "")
    region_letters = frozenset(letters[row.get("region_letters", "ordinary")])
    kinds = {"D": _DIGITS, "R": _DIGITS, "L": _LETTERS, "r": region_letters}
    region = (pattern.index("R"), pattern.index("R") + 2) if "R" in pattern else None
    return Layout(
        id=row["id"],
        pattern=pattern,
        lines=tuple(len(line) for line in row["pattern"].split("/")),
        allowed=tuple(kinds[kind] for kind in pattern),
        region=region,
        since=row["since"],
        until=row.get("until"),
        weak=row.get("weak", False),
    )


def _both_ways(pairs: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    likeness: dict[str, dict[str, float]] = {}
    for digit, letters in pairs.items():
        for letter, weight in letters.items():
            likeness.setdefault(digit, {})[letter] = weight
            likeness.setdefault(letter, {})[digit] = weight
    return likeness


def plain(raw: str) -> tuple[str, tuple[int, ...]]:
    """Upper-case Latin letters and digits of a raw read, and the lengths of its lines."""
    lines = [
        "".join(c for c in line.upper() if c in _DIGITS or c in _LETTERS)
        for line in raw.split("\n")
    ]
    lines = [line for line in lines if line]
    return "".join(lines), tuple(len(line) for line in lines)


def normalised(raw: str, book: LayoutBook, on: date) -> Normalised:
    """The text of one raw read after position rules, for a plate seen on that day.

    A two-line read is judged by two-line layouts whose lines have those lengths, a one-line
    read by every layout, those of one line first: the lines of a small square plate often run
    together.
    """
    text, lines = plain(raw)
    if book.free is not None:
        fits = book.free.shortest <= len(text) <= book.free.longest
        return Normalised(text, book.free.id if fits else None, fits, ())
    for part in _without_prefix(text, lines, book):
        found = _by_position(part, lines if part == text else (len(part),), book, on)
        if found is not None:
            return found
    return Normalised(text, None, False, ())


def _without_prefix(text: str, lines: tuple[int, ...], book: LayoutBook) -> list[str]:
    """The text as it is, then (one line only) without the country's letters on the left."""
    cut = [text[len(each) :] for each in book.prefixes if text.startswith(each)]
    return [text, *cut] if len(lines) == 1 else [text]


def _by_position(
    text: str, lines: tuple[int, ...], book: LayoutBook, on: date
) -> Normalised | None:
    ways: list[tuple[str, tuple[int, ...], Layout]] = []
    for layout in book.on_road(on):
        if len(layout.allowed) != len(text) or (len(lines) > 1 and layout.lines != lines):
            continue
        corrected = _corrected(text, layout, book)
        if corrected is not None and book.region_fits(corrected[0], layout, on):
            ways.append((*corrected, layout))
    if not ways:
        return None
    fewest = min(len(at) for _, at, _ in ways)
    best = [way for way in ways if len(way[1]) == fewest]
    # One line was read: a layout of one line is the nearer explanation of the same text.
    best = [way for way in best if len(way[2].lines) == len(lines)] or best
    if len({to for to, _, _ in best}) > 1:
        # Several texts: the read itself stays, and belongs to no layout.
        return Normalised(text, None, True, ())
    to, at, layout = best[0]
    return Normalised(to, layout.id if len(best) == 1 else None, True, at)


def _corrected(text: str, layout: Layout, book: LayoutBook) -> tuple[str, tuple[int, ...]] | None:
    """The text with each character of the wrong kind swapped for its likeliest look-alike."""
    to: list[str] = []
    at: list[int] = []
    for i, (seen, allowed) in enumerate(zip(text, layout.allowed, strict=True)):
        if seen in allowed:
            to.append(seen)
            continue
        alike = {c: w for c, w in book.likeness.get(seen, {}).items() if c in allowed}
        if not alike:
            return None
        to.append(max(alike, key=lambda c: alike[c]))
        at.append(i)
    return ("".join(to), tuple(at)) if len(at) <= book.most_corrections else None
