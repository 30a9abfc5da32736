"""Which plates are drawn: patterns of text per layout and how often each is seen.

Layouts are those of `traffic/layouts.toml`, by its names and patterns (D digit, L letter, R region
digit, r region letter; `/` ends a line); only sizes and shares are said here.
Shares are our choice for training, not a count of any road.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["FORMS", "PlateForm", "form", "random_text"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
# Region letters that both the plates of 1993 and those of tractors have.
REGION_LETTERS = "ZACDBELHMPNRXSTFW"


@dataclass(frozen=True, slots=True)
class PlateForm:
    """A kind of plate: its pattern, its size in millimetres and its share of what is drawn."""

    layout: str
    pattern: str
    width_mm: int
    height_mm: int
    share: float

    @property
    def lines(self) -> tuple[str, ...]:
        """The pattern of each line."""
        return tuple(self.pattern.split("/"))

    @property
    def two_line(self) -> bool:
        """Whether the text stands on two lines."""
        return "/" in self.pattern


# Sizes are usual ones and unverified: the standard's drawing is not published.
FORMS = (
    PlateForm("kz-2012-car", "DDDLLLRR", 520, 112, 0.46),
    PlateForm("kz-2012-legal", "DDDLLRR", 520, 112, 0.12),
    PlateForm("kz-2012-trailer", "DDLLLRR", 520, 112, 0.05),
    PlateForm("kz-1993-car", "rDDDLLL", 520, 112, 0.07),
    PlateForm("kz-1993-legal", "rDDDLL", 520, 112, 0.04),
    PlateForm("kz-2012-lorry-rear", "DDD/RRLLL", 280, 200, 0.08),
    PlateForm("kz-2012-lorry-rear-legal", "DDD/RRLL", 280, 200, 0.05),
    PlateForm("kz-2012-trailer-square", "LLL/RRDD", 280, 200, 0.03),
    PlateForm("kz-2012-motorcycle", "DD/RRLL", 240, 135, 0.04),
    PlateForm("kz-2012-tractor", "LLL/rDDD", 280, 200, 0.03),
    PlateForm("kz-1993-square", "rDDD/LLL", 280, 200, 0.03),
)


def form(layout: str) -> PlateForm:
    """The form of a layout's name; `KeyError` if it is none of ours."""
    return {f.layout: f for f in FORMS}[layout]


def random_text(pattern: str, rng: np.random.Generator) -> str:
    """A text of the pattern, lines joined by `/`; regions 01–20, every letter alike."""
    region = f"{rng.integers(1, 21):02d}"
    text = []
    for sign in pattern:
        if sign == "D":
            text.append(DIGITS[rng.integers(10)])
        elif sign == "L":
            text.append(LETTERS[rng.integers(26)])
        elif sign == "r":
            text.append(REGION_LETTERS[rng.integers(len(REGION_LETTERS))])
        elif sign == "R":
            text.append(region[sum(s == "R" for s in pattern[: len(text)]) % 2])
        else:
            text.append(sign)
    return "".join(text)
