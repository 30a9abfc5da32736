"""Hot spots: the definition met exactly, chance told apart, regression to the mean removed."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.planning.city.model import Accident
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.hotspots.definition import Break, read_definitions
from sergek.planning.hotspots.effect import before_after
from sergek.planning.hotspots.find import find_hotspots
from sergek.planning.hotspots.network import NearPairs, OnStreet, snap
from sergek.planning.proof import Watch

(DEFINITION,), BREAKS = read_definitions()


def city_with(count: int, kinds: list[str], days: list[int], injured: int = 1):
    """A small town with accidents in the middle of its first street."""
    town = make_taraz(size=9)
    roads = town.roads
    x = (roads.x_m[roads.tail[0]] + roads.x_m[roads.head[0]]) / 2
    y = (roads.y_m[roads.tail[0]] + roads.y_m[roads.head[0]]) / 2
    lng, lat = town.projection.to_degrees(np.array([x]), np.array([y]))
    accidents = tuple(
        Accident(
            f"A{k}",
            (float(lng[0]), float(lat[0])),
            dt.date(2022, 1, 1) + dt.timedelta(days=days[k]),
            kinds[k],
            injured,
        )
        for k in range(count)
    )
    return dataclasses.replace(town, accidents=accidents)


@pytest.mark.parametrize(
    ("kinds", "days", "spots"),
    [
        (["a"] * 3, [0, 10, 364], 1),
        (["a"] * 3, [0, 10, 366], 0),
        (["a", "a", "b"], [0, 1, 2], 0),
        (["a", "a", "b", "b", "c"], [0, 1, 2, 3, 4], 1),
        (["a", "a", "b", "b"], [0, 1, 2, 3], 0),
    ],
)
def test_the_definition_is_met_exactly(kinds, days, spots):
    """Three of one kind or five of any within twelve months make a spot, nothing less does."""
    found = find_hotspots(city_with(len(kinds), kinds, days), DEFINITION, BREAKS, Watch(), 19)
    assert len(found.spots) == spots


def test_the_uninjured_do_not_count():
    """The definition counts injured people only; the rest is left out with the reason."""
    with pytest.raises(ConfigError, match="no accident that the definition counts"):
        find_hotspots(city_with(3, ["a"] * 3, [0, 1, 2], 0), DEFINITION, BREAKS, Watch())


def test_a_planted_spot_is_beyond_chance():
    """Fifteen at one place are beyond chance; no accident is in two spots; breaks are flagged."""
    city = city_with(15, ["a"] * 15, list(range(715, 745, 2)))
    found = find_hotspots(city, DEFINITION, BREAKS, Watch(), 39)
    assert found.spots[0].p_value == pytest.approx(1 / 40)
    assert found.spots[0].crosses_break
    assert found.notes
    members = [i for spot in found.spots for i in spot.accidents]
    assert len(members) == len(set(members))


def test_near_pairs_follow_the_streets():
    """Distances equal the shortest way over the streets, not the straight line."""
    roads = make_taraz(size=9).roads
    rng = np.random.default_rng(4)
    segment = rng.integers(0, roads.segments, 40)
    points = OnStreet(segment, rng.random(40) * roads.length_m[segment], np.zeros(40))
    near = NearPairs(roads, 400.0)
    full = roads.without_directions().between(np.arange(roads.nodes), "length")
    i, j = (grid.ravel() for grid in np.indices((40, 40)))
    ways = []
    for a, way_a in (
        (roads.tail, points.offset_m),
        (roads.head, roads.length_m[segment] - points.offset_m),
    ):
        for b, way_b in (
            (roads.tail, points.offset_m),
            (roads.head, roads.length_m[segment] - points.offset_m),
        ):
            ways.append(way_a[i] + full[a[segment[i]], b[segment[j]]] + way_b[j])
    same = np.where(
        segment[i] == segment[j], np.abs(points.offset_m[i] - points.offset_m[j]), np.inf
    )
    truth = np.minimum(np.min(ways, axis=0), same)
    expected = {(a, b) for a, b, d in zip(i, j, truth, strict=True) if d <= 400 and a != b}
    assert set(zip(*near.pairs(points), strict=True)) == expected


def test_snapping_finds_the_street():
    """A place beside a street is put on it, with its distance."""
    roads = make_taraz(size=9).roads
    line = roads.shape_of(3)
    middle = line.mean(axis=0)
    along = (line[-1] - line[0]) / np.hypot(*(line[-1] - line[0]))
    place = middle + 5.0 * np.array([-along[1], along[0]])
    found = snap(roads, place[:1], place[1:])
    assert found.segment[0] == 3
    assert found.away_m[0] == pytest.approx(5.0)
    assert found.offset_m[0] == pytest.approx(roads.length_m[3] / 2, abs=0.1)


def test_regression_to_the_mean_is_removed():
    """Sites picked for a bad year fall back by themselves: naive says −, the estimate says ≈ 1."""
    rng = np.random.default_rng(9)
    rates = rng.gamma(2.0, 1.0, 3000)
    first, second = rng.poisson(rates), rng.poisson(rates)
    picked = first >= 6
    effect = before_after(
        first[picked].tolist(),
        second[picked].tolist(),
        first.tolist(),
        second.tolist(),
        1.0,
        1.0,
        (Break(dt.date(2024, 1, 1), "s"),),
        (dt.date(2023, 1, 1), dt.date(2025, 1, 1)),
    )
    assert effect.naive < 0.75
    assert effect.low < 1.0 < effect.high
    assert effect.ratio == pytest.approx(1.0, abs=0.12)
    assert "2024-01-01" in effect.warnings[0]


def test_definitions_carry_their_source():
    """The definition and the break of 2024 are data with a source."""
    assert (DEFINITION.same_kind, DEFINITION.any_kind, DEFINITION.length_m) == (3, 5, 200)
    assert DEFINITION.source
    assert BREAKS[0].on == dt.date(2024, 1, 1)
