"""Two readers of different making on one plate: where ours is not sure, the other is asked too.

Ours knows Kazakh plates and is quick; PP-OCRv6 has seen the world's typefaces and is slow. Where
they name as many characters, the chances of each place are pooled; where not, the surer stands.

The pool is logarithmic with equal voices (Genest and Zidek, Statistical Science 1986): the
geometric mean of the chances. Their plain mean, were each reader right about its own doubts, says
less than both know together (Ranjan and Gneiting, J. R. Stat. Soc. B 2010).
"""

import math
from collections.abc import Sequence

from sergek.core.frame import Image
from sergek.vision.plate_ports import PlateCandidate, PlateRecogniser, Recognition

__all__ = ["FusedRecogniser", "fused"]

Chances = tuple[tuple[str, float], ...]

# Ours alone is believed from this probability of the whole text.
_SURE = 0.98
_ALTERNATIVES = 6
_SYMBOLS = ("", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# Readers leave out alternatives under half a percent: this share of each one's probability is
# spread over all characters, so that neither rules out what the other sees.
_SPREAD = 0.01


class FusedRecogniser:
    """`PlateRecogniser` of a quick first and a slower second one.

    The first needs the plate's own edges: a candidate of exactly one line of text was found by
    its text, its corners are a guess, and only the second reads it.
    """

    def __init__(self, first: PlateRecogniser, second: PlateRecogniser) -> None:
        self._first, self._second = first, second

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        return f"{self._first.name} + {self._second.name}"

    def recognise(self, wanted: Sequence[tuple[Image, PlateCandidate]]) -> list[Recognition]:
        """One reading per candidate, in order."""
        read = [Recognition("", ())] * len(wanted)
        edged = [i for i, (_, place) in enumerate(wanted) if len(place.lines) != 1]
        for i, ours in zip(edged, self._first.recognise([wanted[i] for i in edged]), strict=True):
            read[i] = ours
        doubtful = [i for i, each in enumerate(read) if _whole(each) < _SURE]
        second = self._second.recognise([wanted[i] for i in doubtful])
        for i, other in zip(doubtful, second, strict=True):
            read[i] = fused(read[i], other)
        return read


def fused(ours: Recognition, other: Recognition) -> Recognition:
    """Both readings as one; ours keeps the line breaks where they agree on the length, and
    stands alone where it is sure."""
    if _whole(ours) >= _SURE:
        return ours
    if len(_legible(ours)) == len(_legible(other)) > 0:
        pairs = zip(_legible(ours), _legible(other), strict=True)
        characters = tuple(_pooled(a, b) for a, b in pairs)
        best = iter([c[0][0] for c in characters])
        raw = "".join(sign if sign == "\n" else next(best) for sign in ours.raw)
        return Recognition(raw, characters)
    return ours if _each(ours) >= _each(other) else other


def _legible(read: Recognition) -> list[Chances]:
    return [each for each in read.characters if each and each[0][0]]


def _pooled(ours: Chances, other: Chances) -> Chances:
    """Two distributions as one, never led by "no character"."""
    a, b = _spread(ours), _spread(other)
    weights = {c: math.sqrt(a[c] * b[c]) for c in _SYMBOLS}
    total = sum(weights.values())
    nothing = weights.pop("") / total
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])[:_ALTERNATIVES]
    return (*((c, weight / total) for c, weight in ranked), ("", nothing))


def _spread(chances: Chances) -> dict[str, float]:
    given = dict(chances)
    return {c: (1 - _SPREAD) * given.get(c, 0.0) + _SPREAD / len(_SYMBOLS) for c in _SYMBOLS}


def _whole(read: Recognition) -> float:
    """The probability of the whole text, were its characters independent."""
    return math.prod(each[0][1] for each in read.characters if each) if read.characters else 0.0


def _each(read: Recognition) -> float:
    """The mean probability of a character (geometric)."""
    count = len(_legible(read))
    return math.pow(_whole(read), 1 / count) if count else 0.0
