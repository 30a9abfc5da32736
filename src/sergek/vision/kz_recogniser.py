"""Our reader of Kazakh plates: strips in, characters with calibrated alternatives out."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.vision.plate_ports import PlateCandidate, Recognition
from sergek.vision.plate_strips import strips
from sergek.vision.plate_weights import WEIGHTS, open_weights

__all__ = ["ALPHABET", "KzRecogniser", "best_path"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Alternatives as `core.plate.PlateLook` holds them: per position (character, probability).
Characters = tuple[tuple[tuple[str, float], ...], ...]

_ALTERNATIVES = 5
# In columns: characters are about four apart and a gap of at least one is left between two.
_WIDEST_CHARACTER = 4
_BATCH = 16


def best_path(columns: NDArray[np.float32]) -> Characters:
    """Alternatives per character from class probabilities per column (40 × 37, class 0 nothing).

    Columns in a row whose best class is the same character are that character once, and its
    surest column speaks. Different characters stand apart on a plate: columns that change their
    mind within one character's width, without a gap, are one character with both as alternatives.
    The alternative "" is no character there.
    """
    best = columns.argmax(1).tolist()
    found = []
    start = 0
    for inked, run in itertools.groupby(best, key=bool):
        end = start + len(list(run))
        if inked:
            found += [_alternatives(columns[a:b]) for a, b in _characters(best, start, end)]
        start = end
    return tuple(found)


def _characters(best: list[int], start: int, end: int) -> list[tuple[int, int]]:
    """Where each character of a run without gaps begins and ends."""
    if end - start <= _WIDEST_CHARACTER:
        return [(start, end)]
    edges = [start, *(i for i in range(start + 1, end) if best[i] != best[i - 1]), end]
    return list(itertools.pairwise(edges))


def _alternatives(columns: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
    """The characters of one place, best first."""
    kinds = columns.argmax(1)
    if len(set(kinds.tolist())) == 1:
        # At a character's edges its neighbours shine through: the middle is surest.
        chance = columns[int(columns[:, kinds[0]].argmax())]
    else:
        chance = columns.mean(0)
    order = np.argsort(-chance)[:_ALTERNATIVES]
    return tuple((ALPHABET[i - 1] if i else "", float(chance[i])) for i in order)


class KzRecogniser:
    """Reads plates whose corners are known; one thread, about a millisecond a line of text."""

    def __init__(self, threads: int = 1, folder: Path = WEIGHTS) -> None:
        self._session = open_weights("plate_reader", threads, folder)

    @property
    def name(self) -> str:
        """What the model is called in `sergek models`."""
        return "sergek-plate-reader"

    def recognise(self, wanted: Sequence[tuple[Image, PlateCandidate]]) -> list[Recognition]:
        """One reading per candidate, in order; whether it has two lines its shape decides."""
        lines = [strips(picture, np.array(one.corners, np.float32)) for picture, one in wanted]
        columns = self.columns([strip.pixels for plate in lines for strip in plate])
        found, at = [], 0
        for plate in lines:
            rows = [best_path(columns[at + i]) for i in range(len(plate))]
            at += len(plate)
            texts = ["".join(c[0][0] for c in row) for row in rows]
            raw = "\n".join(text for text in texts if text)
            found.append(Recognition(raw, tuple(itertools.chain(*rows))))
        return found

    def columns(self, lines: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Class probabilities per column (n × 40 × 37) of strips (each 32 × 160 grey)."""
        parts = [np.zeros((0, 40, len(ALPHABET) + 1), np.float32)]
        for start in range(0, len(lines), _BATCH):
            batch = np.stack(lines[start : start + _BATCH])[:, None]
            parts.append(self._session.run(None, {"strip": batch})[0])
        return np.concatenate(parts)
