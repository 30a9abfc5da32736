"""Odd junctions paired greedily."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.planning.proof import Watch
from sergek.planning.survey.pairing import paired_tjoin
from sergek.planning.survey.tjoin import minimum_tjoin


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 400), side=st.integers(2, 6))
def test_a_pairing_is_a_tjoin_and_never_better_than_the_best(seed, side):
    """Exactly the odd junctions get odd degree, and the least cost is a bound below it."""
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
            np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        ]
    )
    tail, head = pairs[:, 0], pairs[:, 1]
    cost = rng.integers(1, 30, len(pairs)).astype(float)
    odd = np.zeros(side * side, dtype=bool)
    odd[rng.choice(side * side, 2 * int(rng.integers(1, side * side // 2 + 1)), replace=False)] = (
        True
    )
    used = paired_tjoin(side * side, tail, head, cost, odd)
    degree = np.bincount(tail, weights=used, minlength=side * side)
    degree += np.bincount(head, weights=used, minlength=side * side)
    assert np.array_equal(degree % 2 == 1, odd)
    best, bound = minimum_tjoin(side * side, tail, head, cost, odd, Watch(20.0))
    assert bound <= float(cost @ best) + 1e-6
    assert float(cost @ best) <= float(cost @ used) + 1e-6
