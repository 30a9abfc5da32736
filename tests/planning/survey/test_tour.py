"""The order of a route's drives: one walk, forbidden turns only where nothing else is left."""

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.planning.survey.tour import closed_tour


def turns_of(order, segment, end, banned):
    """How many of a tour's turns are banned."""
    signs = set(map(tuple, banned.tolist()))
    pairs = zip(order, order[1:] + order[:1], strict=True)
    return sum((segment[i], end[i], segment[j]) in signs for i, j in pairs)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(0, 6))
def test_no_order_of_a_flower_has_fewer_forbidden_turns(seed, petals, signs):
    """Circles through one crossing: the tour is one walk, and its turns the fewest there are."""
    rng = np.random.default_rng(seed)
    drives = 2 * petals
    segment = np.arange(drives)
    start = np.array([0 if k % 2 == 0 else k // 2 + 1 for k in range(drives)])
    end = np.array([k // 2 + 1 if k % 2 == 0 else 0 for k in range(drives)])
    came, goes = rng.integers(0, petals, signs) * 2 + 1, rng.integers(0, petals, signs) * 2
    banned = np.column_stack([came, np.zeros(signs, dtype=int), goes])
    order, wrong = closed_tour(segment, start, end, 0, banned)
    assert sorted(order) == list(range(drives))
    assert all(end[i] == start[j] for i, j in zip(order, order[1:] + order[:1], strict=True))
    assert wrong == turns_of(order, segment, end, banned)
    rounds = ([k for p in way for k in (2 * p, 2 * p + 1)] for way in permutations(range(petals)))
    fewest = min(turns_of(order, segment, end, banned) for order in rounds)
    assert wrong - fewest <= (0 if petals < 4 else 1)
