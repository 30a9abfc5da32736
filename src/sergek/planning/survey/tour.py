"""The order of a route's drives: one closed walk with as few forbidden turns and U-turns as found.

Every arrival at a junction is paired with a departure, the cheapest pairing first (H. W. Kuhn,
"The Hungarian method", 1955); pairs are then exchanged until the circles are one walk, at the
least price, and circles through one junction are driven in another order where that is cheaper.
Turns forbidden by signs that are left over are counted: some streets cannot be surveyed without
one, as where a dead end forbids turning.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from sergek.planning.arrays import FloatArray, IntArray

__all__ = ["closed_tour"]

Price = Callable[[int, int], float]
_FORBIDDEN, _BACK = 1.0, 1e-3


def closed_tour(
    segment: IntArray, start: IntArray, end: IntArray, origin: int, banned: IntArray
) -> tuple[list[int], int]:
    """Drives in order along one closed walk from the origin, and its forbidden turns.

    `banned` are (segment, junction, segment) as in `RoadGraph`; the drives must be balanced at
    every junction and hang together.
    """
    arriving: dict[int, list[int]] = {}
    leaving: dict[int, list[int]] = {}
    for k in range(len(segment)):
        arriving.setdefault(int(end[k]), []).append(k)
        leaving.setdefault(int(start[k]), []).append(k)
    signs = {(int(a), int(v), int(b)) for a, v, b in banned}

    def price(came: int, goes: int) -> float:
        a, b = int(segment[came]), int(segment[goes])
        return _FORBIDDEN * ((a, int(end[came]), b) in signs) + _BACK * (a == b)

    follows: list[int] = [0] * len(segment)
    for junction, came in arriving.items():
        goes = leaving.get(junction, [])
        if len(goes) != len(came):
            raise AssertionError("the drives do not form one closed walk")
        table: FloatArray = np.array([[price(i, j) for j in goes] for i in came])
        for row, column in zip(*linear_sum_assignment(table), strict=True):
            follows[came[row]] = goes[column]
    join(follows, list(arriving.values()), price)
    for came in arriving.values():
        _reorder(follows, came, price)
    first = leaving[origin][0] if len(segment) else 0
    order = circle(follows, first) if len(segment) else []
    if len(order) != len(segment):
        raise AssertionError("the drives do not form one closed walk")
    turns = zip(order, order[1:] + order[:1], strict=True)
    return order, sum(price(i, j) >= _FORBIDDEN for i, j in turns)


def circle(follows: Sequence[int], first: int) -> list[int]:
    """The drives from one until it comes again."""
    order = [first]
    while (after := follows[order[-1]]) != first:
        order.append(after)
    return order


def join(follows: list[int], meetings: list[list[int]], price: Price) -> None:
    """Exchange departures of two arrivals at a junction until all circles are one."""
    name = [-1] * len(follows)
    for first in range(len(follows)):
        if name[first] < 0:
            for drive in circle(follows, first):
                name[drive] = first
    known = {one: one for one in name}

    def root(one: int) -> int:
        while known[one] != one:
            known[one] = known[known[one]]
            one = known[one]
        return one

    choices: list[tuple[float, int, int]] = []
    for came in meetings:
        for i, j in combinations(came, 2):
            if name[i] != name[j]:
                now = price(i, follows[i]) + price(j, follows[j])
                choices.append((price(i, follows[j]) + price(j, follows[i]) - now, i, j))
    for _, i, j in sorted(choices):
        if root(name[i]) != root(name[j]):
            known[root(name[i])] = root(name[j])
            follows[i], follows[j] = follows[j], follows[i]


def _reorder(follows: list[int], came: Sequence[int], price: Price) -> None:
    """Drive the circles through a junction in another order while a swap of two is cheaper.

    Two neighbouring circles swapped keep one walk: the only exchange of three departures that does
    (Lin, "Computer solutions of the traveling salesman problem", 1965).
    """
    while any(price(i, follows[i]) > 0 for i in came) and len(came) >= 3:
        place = {drive: n for n, drive in enumerate(circle(follows, came[0]))}
        best, chosen = -1e-9, None
        for i, j, k in combinations(sorted(came, key=place.__getitem__), 3):
            now = price(i, follows[i]) + price(j, follows[j]) + price(k, follows[k])
            then = price(i, follows[j]) + price(j, follows[k]) + price(k, follows[i])
            if then - now < best:
                best, chosen = then - now, (i, j, k)
        if chosen is None:
            return
        i, j, k = chosen
        follows[i], follows[j], follows[k] = follows[j], follows[k], follows[i]
