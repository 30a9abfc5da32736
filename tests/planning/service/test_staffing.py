"""Posts go where they lower the largest load, provably; callers notice."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.planning.service.queueing import simulate_service
from sergek.planning.service.staffing import plan_staffing


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 3)), min_size=1, max_size=4),
    st.integers(0, 5),
)
def test_greedy_is_optimal(stations, new_posts):
    """The largest load equals that of the best of all distributions, and the bound says so."""
    loads = [float(load) for load, _ in stations]
    posts = [count for _, count in stations]
    lacking = sum(count == 0 for count in posts)
    if new_posts < lacking:
        return
    best = min(
        max(load / (have + more) for load, have, more in zip(loads, posts, extra, strict=True))
        for extra in product(range(new_posts + 1), repeat=len(posts))
        if sum(extra) == new_posts
        and all(have + more for have, more in zip(posts, extra, strict=True))
    )
    plan = plan_staffing(loads, posts, new_posts, 3200)
    assert plan.proof.value == pytest.approx(best)
    assert plan.proof.optimal
    assert sum(plan.posts) == sum(posts) + new_posts
    assert len(plan.hires) == new_posts


def test_when_the_norm_is_met():
    """The plan says after how many hires the norm holds, and how many posts that takes."""
    plan = plan_staffing([9000.0, 3000.0], [1, 1], 4, 3200, [1.0, 1.0])
    assert plan.needed == (3, 1)
    assert plan.norm_met_at == 2
    assert [hire.station for hire in plan.hires[:2]] == [0, 0]


def test_vacancies_and_growth_count():
    """Half the people at work need twice the posts; growth adds."""
    assert plan_staffing([6400.0], [1], 0, 3200, [0.5]).needed == (4,)
    assert plan_staffing([6400.0], [1], 0, 3200, growth=0.5).needed == (3,)
    with pytest.raises(ConfigError, match="norm"):
        plan_staffing([1.0], [1], 0, 0)


def test_more_inspectors_shorten_the_wait():
    """On the same days more inspectors are quicker, and the interval holds the mean."""
    calls, travel = np.array([60.0, 20.0]), np.array([6.0, 4.0])
    before = simulate_service(calls, np.array([4.0, 4.0]), travel, days=5, replications=6)
    after = simulate_service(calls, np.array([12.0, 8.0]), travel, days=5, replications=6)
    assert after.minutes.mean < before.minutes.mean
    assert after.in_time.mean > before.in_time.mean
    assert before.minutes.low <= before.minutes.mean <= before.minutes.high
    assert before.busy.mean <= 1.0


def test_queue_agrees_with_erlang():
    """One inspector without visits or travel waits as the M/M/1 queue: ρ/(1−ρ) services."""
    service = simulate_service(
        np.array([24.0]),
        np.array([1.0]),
        np.array([0.0]),
        on_scene_min=30.0,
        visits_per_day=0.0,
        days=400,
        replications=8,
    )
    assert service.minutes.mean == pytest.approx(30.0, rel=0.15)
    assert service.busy.mean == pytest.approx(0.5, rel=0.05)
