"""Which parts of a picture a network looks at, and boxes back in the picture's own pixels."""

from collections.abc import Sequence
from typing import NamedTuple

from sergek.vision.settings import View

__all__ = ["Part", "parts"]

_TILE_OVERLAP = 0.2


class Part(NamedTuple):
    """A rectangle of a picture in whole pixels; `x2` and `y2` lie just outside.

    `cut_left` and `cut_right` say that the picture goes on there and another part covers it.
    """

    x1: int
    y1: int
    x2: int
    y2: int
    cut_left: bool = False
    cut_right: bool = False


def _columns(view: View, tiles: int) -> list[tuple[View, bool, bool]]:
    """The view cut into columns that overlap by a fifth of their width."""
    width = (view.x2 - view.x1) / (tiles - (tiles - 1) * _TILE_OVERLAP)
    step = width * (1 - _TILE_OVERLAP)
    starts = [view.x1 + i * step for i in range(tiles)]
    return [
        (
            View(x1=start, y1=view.y1, x2=min(start + width, view.x2), y2=view.y2),
            i > 0,
            i < tiles - 1,
        )
        for i, start in enumerate(starts)
    ]


def parts(views: Sequence[View], tiles: int, width_px: int, height_px: int) -> list[Part]:
    """The parts of a picture of that size, views in order, each whole and then its tiles.

    The whole view finds near vehicles that a tile would cut; the tiles find far ones.
    """
    wanted: list[tuple[View, bool, bool]] = []
    for view in views:
        wanted.append((view, False, False))
        if tiles > 1:
            wanted.extend(_columns(view, tiles))
    return list(dict.fromkeys(_part(*each, width_px, height_px) for each in wanted))


def _part(view: View, cut_left: bool, cut_right: bool, width_px: int, height_px: int) -> Part:
    x1, y1 = round(view.x1 * width_px), round(view.y1 * height_px)
    return Part(
        x1,
        y1,
        max(round(view.x2 * width_px), x1 + 1),
        max(round(view.y2 * height_px), y1 + 1),
        cut_left,
        cut_right,
    )
