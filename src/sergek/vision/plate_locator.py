"""The default plate locator: lines of text that could be a plate, alone, side by side or stacked.

A text detector misses almost no plate, but says nothing of what a text is; shape and size cut
the obvious rest here, and the reader's layouts decide.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import openvino as ov

from sergek.core.frame import Image
from sergek.vision.plate_ports import PlateCandidate
from sergek.vision.quads import Quad, as_corners, bounds, grown, joined, sides
from sergek.vision.settings import PlateReaderSettings
from sergek.vision.text_regions import TextRegion, TextRegions

__all__ = ["TextPlateLocator"]

# Width over height of one line of characters: two letters of a square plate to nine in a row.
_LEAST_SHAPE, _MOST_SHAPE = 0.8, 12.0
# One line of a plate that was found in pieces: heights alike, nearly level, gap in heights.
_HEIGHTS_ALIKE, _LEVEL, _GAP = 0.55, 0.35, 2.2
# Two lines of a square plate: gap in heights, and share of the narrower that lies under the other.
_STACK_GAP, _UNDER = 0.8, 0.5
# Margins of a plate's edge around its characters, in heights of the characters.
_EDGE_ACROSS, _EDGE_DOWN = 0.35, 0.15


class TextPlateLocator:
    """`PlateLocator` by text detection; safe to call from several threads."""

    def __init__(self, core: ov.Core, settings: PlateReaderSettings) -> None:
        self._settings = settings
        self._regions = TextRegions(core, settings.threads)

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        return "pp-ocrv6-det-small"

    def locate(self, pictures: Sequence[Image]) -> list[list[PlateCandidate]]:
        """Candidates per picture, best score first; what overlaps may be the same plate."""
        found: list[list[PlateCandidate]] = [[] for _ in pictures]
        for side_px in self._settings.sides_px:
            for i, regions in enumerate(self._regions.find(pictures, side_px)):
                found[i].extend(self._candidates(regions))
        return [sorted(each, key=lambda candidate: -candidate.score) for each in found]

    def _candidates(self, regions: Sequence[TextRegion]) -> list[PlateCandidate]:
        legible = [r for r in regions if self._is_legible(r.quad)]
        legible = legible[: self._settings.most_candidates]
        rows = [(r.quad, r.score) for r in legible]
        for a, b in combinations(legible, 2):
            if _is_one_row(a.quad, b.quad):
                rows.append((joined([a.quad, b.quad]), min(a.score, b.score)))
        single = [_candidate([quad], score) for quad, score in rows if sides(quad)[0] > 0]
        stacked = [
            _candidate([top, bottom], min(first, second))
            for top, first in rows
            for bottom, second in rows
            if _is_stacked(top, bottom)
        ]
        return single + stacked

    def _is_legible(self, quad: Quad) -> bool:
        wide, high = sides(quad)
        return high >= self._settings.least_height_px and _LEAST_SHAPE < wide / high < _MOST_SHAPE


def _candidate(lines: list[Quad], score: float) -> PlateCandidate:
    return PlateCandidate(
        corners=as_corners(grown(joined(lines), _EDGE_ACROSS, _EDGE_DOWN)),
        lines=tuple(as_corners(line) for line in lines),
        score=score,
    )


def _axes(quad: Quad) -> tuple[Quad, Quad]:
    along = quad[1] - quad[0]
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    return along, np.array([-along[1], along[0]])


def _is_one_row(a: Quad, b: Quad) -> bool:
    (_, high_a), (_, high_b) = sides(a), sides(b)
    high = max(high_a, high_b)
    if min(high_a, high_b) < _HEIGHTS_ALIKE * high:
        return False
    along, down = _axes(a if sides(a)[0] > sides(b)[0] else b)
    if abs(float((a.mean(axis=0) - b.mean(axis=0)) @ down)) > _LEVEL * high:
        return False
    span_a, span_b = a @ along, b @ along
    gap = max(span_a.min(), span_b.min()) - min(span_a.max(), span_b.max())
    return bool(-0.5 * high < gap < _GAP * high)


def _is_stacked(top: Quad, bottom: Quad) -> bool:
    (_, high_top), (_, high_bottom) = sides(top), sides(bottom)
    high = max(high_top, high_bottom)
    if min(high_top, high_bottom) < _HEIGHTS_ALIKE * high:
        return False
    along, down = _axes(top)
    gap = float((bottom @ down).min() - (top @ down).max())
    if not -0.4 * high < gap < _STACK_GAP * high:
        return False
    box_top, box_bottom = top @ along, bottom @ along
    shared = min(box_top.max(), box_bottom.max()) - max(box_top.min(), box_bottom.min())
    narrower = min(np.ptp(box_top), np.ptp(box_bottom))
    whole = bounds(joined([top, bottom]))
    return bool(shared > _UNDER * narrower and whole.width < 3.5 * whole.height)
