"""What several looks at one plate say together, and when to say nothing.

Every look gives, per character, alternatives with probabilities. Texts that a layout allows are
proposed from the looks and each look votes for each text by how well it explains it, characters
aligned so that a lost or doubled one costs but does not shift the rest. The winner's confidence
is the product over its characters of that character's share among those its layout allows,
looks of one vehicle counting for less than as many independent ones. Below a threshold, or when
no single layout fits, the answer is `unsure`: shown, never acted on.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.traffic.plates import Layout, LayoutBook, normalised, plain

__all__ = ["verdict"]

_ANY = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# What a character that is read but not there, or there but not read, costs a look, as a
# probability, unless it says otherwise. Plates are cut short more often than added to.
_READ_TOO_MUCH, _NOT_READ = 0.01, 0.04
# A character is worth trying otherwise (there or not there) from this probability.
_WORTH_TRYING = 0.15
_MOST_TEXTS, _MOST_MARKS = 32, 2
# Zero and O are one shape on many countries' plates; one and I are mostly told apart.
_ONE_SHAPE = {"0": "O", "O": "0"}
# The least confidence of status `read`.
_READ_FROM = 0.9
# n looks weigh as much as n ** this independent ones.
_INDEPENDENCE = 0.6
# Where no layout tells letter from digit: how much likelier a text is for each change between
# letters and digits it has less, and how likely 0 is read for O and the reverse.
_GROUPING, _SHAPE_CHANCE = 8.0, 0.6


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look as the vote sees it: line lengths, and per character its chances."""

    lines: tuple[int, ...]
    chances: tuple[Mapping[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A proposed text; `layout` None for a free one."""

    text: str
    layout: Layout | None


def verdict(looks: Sequence[PlateLook], book: LayoutBook, on: date) -> PlateRead:
    """The reading over all looks at one vehicle's plate on that day.

    With no legible look the status is `none`. A text of no layout, of several, of a weak one, or
    without any digit is `unsure` at most.
    """
    raw = tuple(look.raw for look in looks)
    seen = [each for each in (_seen(look, book, on) for look in looks) if each.chances]
    proposed = _proposed(seen, book, on) or _proposed_free(seen, book)
    if not proposed:
        return PlateRead(None, None, 0.0, PlateStatus.NONE, (), raw)
    ranked = sorted(((_support(t, seen, book), t) for t in proposed), key=lambda p: -p[0])
    support, best = ranked[0]
    confidence = _confidence(best, seen, book)
    layouts = {t.layout.id for s, t in ranked if t.layout and s > support - 0.5}
    one_text = all(t.text == best.text for s, t in ranked if s > support - 0.5)
    layout = best.layout.id if best.layout and len(layouts) == 1 and one_text else None
    if book.free is not None:
        layout = book.free.id
    weak = best.layout is not None and best.layout.weak
    weak |= book.free is not None and len(best.text) < book.free.read_from
    sure = (
        confidence >= _READ_FROM
        and layout is not None
        and not weak
        and any(c.isdigit() for c in best.text)
    )
    return PlateRead(
        text=best.text,
        layout=layout,
        confidence=confidence,
        status=PlateStatus.READ if sure else PlateStatus.UNSURE,
        corrected=_corrected(best, seen, book),
        raw=raw,
    )


def _seen(look: PlateLook, book: LayoutBook, on: date) -> _Seen:
    """The look without the country's letters, where the rest of it fits a layout."""
    chances = tuple(dict(each) for each in look.characters)
    rows = look.raw.split("\n")
    lengths = [len(row) for row in rows]
    if sum(lengths) != len(chances):
        lengths = [len(chances)]
    text, _ = plain("".join(_top(each) for each in chances))
    cut = len(text) - len(normalised(text, book, on).text)
    if cut and len(lengths) == 1:
        # The country's letters are the first that are there at all.
        there = [i for i, each in enumerate(chances) if _top(each)]
        chances = chances[there[cut - 1] + 1 :]
        lengths = [len(chances)]
    return _Seen(tuple(lengths), chances)


def _top(chances: Mapping[str, float]) -> str:
    """The likeliest character, "" if likeliest none stands there."""
    return max(chances, key=lambda c: chances[c]) if chances else ""


def _variants(look: _Seen) -> list[_Seen]:
    """The look's characters that are there, and with each doubtful one the other way."""
    there = [bool(_top(each)) for each in look.chances]
    doubtful = [
        i
        for i, each in enumerate(look.chances)
        if (each.get("", 0.0) if there[i] else 1 - each.get("", 1.0)) >= _WORTH_TRYING
    ]
    found = []
    for turned in [None, *doubtful[:4]]:
        kept = [here != (i == turned) for i, here in enumerate(there)]
        lines, start = [], 0
        for length in look.lines:
            lines.append(sum(kept[start : start + length]))
            start += length
        chances = tuple(
            {c: p for c, p in each.items() if c}
            for each, keep in zip(look.chances, kept, strict=True)
            if keep
        )
        found.append(_Seen(tuple(n for n in lines if n), chances))
    return found


def _proposed(seen: Sequence[_Seen], book: LayoutBook, on: date) -> list[_Text]:
    """Texts that a layout of that day allows, from every look, likeliest character each."""
    found: dict[tuple[str, str], _Text] = {}
    for look in (variant for each in seen for variant in _variants(each)):
        for layout in book.on_road(on):
            for start in _starts(look, layout):
                text = _likeliest(look.chances[start : start + len(layout.allowed)], layout, book)
                if text is not None and book.region_fits(text, layout, on):
                    found[text, layout.id] = _Text(text, layout)
    # Where one-line looks fit a layout of one line, layouts of two lines are no rivals for them.
    if all(len(each.lines) == 1 for each in seen):
        single = {text for (text, _), each in found.items() if _is_single(each)}
        found = {k: each for k, each in found.items() if _is_single(each) or k[0] not in single}
    return list(found.values())[:_MOST_TEXTS]


def _is_single(text: _Text) -> bool:
    return text.layout is not None and len(text.layout.lines) == 1


def _starts(look: _Seen, layout: Layout) -> range:
    """Where in the look the layout's text may begin.

    Before a plate that begins with a digit may stand what was read of flag and country: letters.
    """
    if len(look.lines) > 1:
        return range(1 if look.lines == layout.lines else 0)
    extra = len(look.chances) - len(layout.allowed)
    before = [_top(each) for each in look.chances[: max(extra, 0)]]
    marks = layout.pattern[0] == "D" and all(c.isalpha() for c in before)
    return (
        range(extra, extra + 1) if extra == 0 or (0 < extra <= _MOST_MARKS and marks) else range(0)
    )


def _likeliest(
    chances: Sequence[Mapping[str, float]], layout: Layout, book: LayoutBook
) -> str | None:
    """The likeliest allowed text; None if too many characters are of the wrong kind."""
    text, swaps = [], 0
    for each, allowed in zip(chances, layout.allowed, strict=True):
        weights = {c: _chance(each, c, book) for c in sorted(allowed)}
        best = max(weights, key=lambda c: weights[c])
        if weights[best] <= 0.0:
            return None
        swaps += _top(each) not in allowed
        text.append(best)
    return "".join(text) if swaps <= book.most_corrections else None


def _proposed_free(seen: Sequence[_Seen], book: LayoutBook) -> list[_Text]:
    """The looks' own texts as long as a plate can be, and with one-shape characters swapped."""
    shortest, longest = (book.free.shortest, book.free.longest) if book.free else (4, 9)
    found: dict[str, _Text] = {}
    for look in (variant for each in seen for variant in _variants(each)):
        text = "".join(_top(each) for each in look.chances)
        if not shortest <= len(text) <= longest:
            continue
        for each in (text, _grouped(text)):
            found[each] = _Text(each, None)
    return list(found.values())[:_MOST_TEXTS]


def _changes(text: str) -> int:
    """How often letters and digits take turns."""
    return sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))


def _grouped(text: str) -> str:
    """The text with 0 and O swapped where that leaves fewer changes, left to right."""
    for i, character in enumerate(text):
        other = _ONE_SHAPE.get(character)
        if other is not None:
            swapped = text[:i] + other + text[i + 1 :]
            text = min((text, swapped), key=_changes)
    return text


def _chance(chances: Mapping[str, float], wanted: str, book: LayoutBook) -> float:
    """How well a look's character explains the wanted one, look-alikes included."""
    direct = chances.get(wanted, 0.0)
    if not book.layouts:
        other = _ONE_SHAPE.get(wanted)
        return max(direct, chances.get(other, 0.0) * _SHAPE_CHANCE) if other else direct
    alike = book.likeness.get(wanted, {})
    return max([direct, *(chances[c] * weight for c, weight in alike.items() if c in chances)])


def _support(text: _Text, seen: Sequence[_Seen], book: LayoutBook) -> float:
    said = sum(_aligned(text.text, look, book)[0] for look in seen)
    return said + (0.0 if text.layout else _prior(text.text))


def _prior(text: str) -> float:
    return -math.log(_GROUPING) * _changes(text)


def _aligned(text: str, look: _Seen, book: LayoutBook) -> tuple[float, list[int | None]]:
    """Log-likelihood of the look if the text stood there, and which character shows which.

    Needleman and Wunsch's alignment (1970) with log-probabilities for scores.
    """
    rows, columns = len(text), len(look.chances)
    match = [
        [_log(_chance(each, wanted, book), book.doubt) for each in look.chances] for wanted in text
    ]
    lost = [math.log(max(each.get("", 0.0), _READ_TOO_MUCH)) for each in look.chances]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(columns + 1):
            ways = [best[i - 1][j - 1] + match[i - 1][j - 1]] if i and j else []
            if i:
                ways.append(best[i - 1][j] + math.log(_NOT_READ))
            if j:
                ways.append(best[i][j - 1] + lost[j - 1])
            best[i][j] = max(ways, default=0.0)
    return best[rows][columns], _path(best, match, rows, columns)


def _path(
    best: list[list[float]], match: list[list[float]], rows: int, columns: int
) -> list[int | None]:
    shown: list[int | None] = [None] * rows
    i, j = rows, columns
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + match[i - 1][j - 1]:
            i, j = i - 1, j - 1
            shown[i] = j
        elif best[i][j] == best[i - 1][j] + math.log(_NOT_READ):
            i -= 1
        else:
            j -= 1
    return shown


def _log(chance: float, doubt: float) -> float:
    return math.log((1 - doubt) * min(chance, 1.0) + doubt / len(_ANY))


def _confidence(text: _Text, seen: Sequence[_Seen], book: LayoutBook) -> float:
    """Product over the text's characters of the winner's share among the allowed ones."""
    scale = len(seen) ** _INDEPENDENCE / len(seen)
    shown = [_aligned(text.text, look, book)[1] for look in seen]
    confidence = 1.0
    for i, wanted in enumerate(text.text):
        allowed = sorted(text.layout.allowed[i] if text.layout else _ANY)
        totals = [_prior_at(text, i, character) for character in allowed]
        for look, where in zip(seen, shown, strict=True):
            at = where[i]
            for k, character in enumerate(allowed):
                chance = 0.0 if at is None else _chance(look.chances[at], character, book)
                totals[k] += _log(chance, book.doubt) * scale
        top = max(totals)
        shares = [math.exp(total - top) for total in totals]
        confidence *= shares[allowed.index(wanted)] / sum(shares)
    return confidence * _whole([_complete(*each) for each in zip(seen, shown, strict=True)], book)


def _whole(chances: Sequence[float], book: LayoutBook) -> float:
    """The chance that the text has neither lost nor gained a character, from every look's own.

    The mean of their log odds (Genest and Zidek 1986): one look cut short by the picture's edge
    is no veto, and many that agree are no surer than one, for what hides a character hides it
    from all.
    """
    doubt = max(book.doubt, 1e-6)
    held = [min(max(chance, doubt), 1.0 - doubt) for chance in chances]
    odds = sum(math.log(chance / (1.0 - chance)) for chance in held) / len(held)
    return 1.0 / (1.0 + math.exp(-odds))


def _prior_at(text: _Text, i: int, character: str) -> float:
    if text.layout:
        return 0.0
    return _prior(text.text[:i] + character + text.text[i + 1 :])


def _complete(look: _Seen, shown: Sequence[int | None]) -> float:
    """The chance that the look's left-over characters are none, and that it lost the missing."""
    used = {at for at in shown if at is not None}
    chance = 0.7 ** sum(at is None for at in shown)
    for j, each in enumerate(look.chances):
        chance *= max(each.get("", 0.0), 0.5) if j not in used else 1.0 - each.get("", 0.0)
    return chance


def _corrected(text: _Text, seen: Sequence[_Seen], book: LayoutBook) -> tuple[int, ...]:
    """Positions where no look read the text's character as its first choice."""
    first: set[int] = set()
    for look in seen:
        for i, at in enumerate(_aligned(text.text, look, book)[1]):
            if at is not None and _top(look.chances[at]) == text.text[i]:
                first.add(i)
    return tuple(i for i in range(len(text.text)) if i not in first)
