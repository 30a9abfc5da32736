"""Made-up stations, schools, accidents, complexes, and the precincts "of today"."""

import datetime as dt
import heapq

import numpy as np

from sergek.core.geo import LngLat
from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.grid import Grid
from sergek.planning.city.model import Accident, Complex, Neighbours, School, Station
from sergek.planning.city.projection import Projection
from sergek.planning.city.roads import RoadGraph

__all__ = [
    "make_accidents",
    "make_complexes",
    "make_schools",
    "make_stations",
    "todays_precincts",
]

STATIONS, POSTS, ASSISTANTS = 30, 138, 29
KINDS = ("collision", "pedestrian", "overturn", "obstacle", "cyclist")
SHARES = (0.46, 0.33, 0.08, 0.08, 0.05)


def degrees(projection: Projection, x_m: FloatArray, y_m: FloatArray) -> list[LngLat]:
    """Points (m) as longitude, latitude."""
    lng, lat = projection.to_degrees(x_m, y_m)
    return [(round(float(a), 7), round(float(b), 7)) for a, b in zip(lng, lat, strict=True)]


def make_stations(
    grid: Grid, people: IntArray, projection: Projection, rng: np.random.Generator
) -> tuple[Station, ...]:
    """30 stations where people are (weighted k-means), with posts, vacancies and absences."""
    centres = grid.middle[rng.choice(len(people), STATIONS, replace=False, p=people / people.sum())]
    weight = people + 1.0
    for _ in range(25):
        distance = np.hypot(*(grid.middle[:, None] - centres[None]).transpose(2, 0, 1))
        nearest = distance.argmin(axis=1)
        for k in range(STATIONS):
            mine = nearest == k
            if mine.any():
                centres[k] = np.average(grid.middle[mine], axis=0, weights=weight[mine])
    load = np.bincount(nearest, weights=people, minlength=STATIONS).astype(float)
    posts = largest_remainder(load, POSTS, least=2)
    assistants = largest_remainder(load, ASSISTANTS, least=0)
    filled = np.maximum(1, posts - rng.binomial(posts, 0.2))
    present = np.maximum(1, filled - rng.binomial(filled, 0.18))
    effective = np.round(present * rng.uniform(0.65, 0.85, STATIONS), 1)
    return tuple(
        Station(
            f"S{k + 1:02d}",
            f"№{k + 1} учаскелік пункт",
            at,
            int(posts[k]),
            int(filled[k]),
            int(present[k]),
            float(effective[k]),
            int(assistants[k]),
        )
        for k, at in enumerate(degrees(projection, centres[:, 0], centres[:, 1]))
    )


def largest_remainder(weight: FloatArray, total: int, least: int) -> IntArray:
    """Whole shares of the total in proportion to the weights, none below `least`."""
    share = weight / weight.sum() * (total - least * len(weight))
    whole: IntArray = np.floor(share).astype(np.int64)
    missing = int(total - least * len(weight) - whole.sum())
    whole[np.argsort(whole - share)[:missing]] += 1
    whole += least
    return whole


def make_schools(
    grid: Grid, people: IntArray, projection: Projection, rng: np.random.Generator
) -> tuple[School, ...]:
    """One school per about 6,000 residents."""
    count = max(3, int(people.sum()) // 6000)
    at = grid.middle[rng.choice(len(people), count, replace=False, p=people / people.sum())]
    return tuple(
        School(f"SCH{k + 1:03d}", f"№{k + 1} мектеп", place)
        for k, place in enumerate(degrees(projection, at[:, 0], at[:, 1]))
    )


def make_accidents(
    roads: RoadGraph, projection: Projection, rng: np.random.Generator, per_year: int = 520
) -> tuple[Accident, ...]:
    """Four years: in proportion to traffic, with twelve planted hot spots.

    From 2024 every accident where someone sought medical help is counted
    (informburo.kz), so that year has more of the light ones.
    """
    exposure = roads.flow_per_day * roads.length_m
    hot = rng.choice(roads.segments, 12, replace=False, p=exposure / exposure.sum())
    found: list[tuple[float, float, dt.date, str, int, int]] = []
    for year, factor in ((2021, 1.0), (2022, 1.0), (2023, 1.0), (2024, 1.6)):
        common = rng.choice(roads.segments, int(per_year * factor), p=exposure / exposure.sum())
        planted = np.repeat(hot, rng.poisson(6.0 * factor, len(hot)))
        for e in np.concatenate([common, planted]):
            share = rng.random()
            a, b = roads.tail[e], roads.head[e]
            x = roads.x_m[a] + share * (roads.x_m[b] - roads.x_m[a])
            y = roads.y_m[a] + share * (roads.y_m[b] - roads.y_m[a])
            day = dt.date(year, 1, 1) + dt.timedelta(days=int(rng.integers(365)))
            kind = str(rng.choice(KINDS, p=SHARES))
            killed = int(rng.random() < 0.05)
            found.append((x, y, day, kind, int(rng.poisson(1.2)) + (killed == 0), killed))
    found.sort(key=lambda row: row[2])
    places = degrees(
        projection, np.array([row[0] for row in found]), np.array([row[1] for row in found])
    )
    return tuple(
        Accident(f"A{k + 1:05d}", at, row[2], row[3], int(row[4]), row[5])
        for k, (row, at) in enumerate(zip(found, places, strict=True))
    )


def make_complexes(
    roads: RoadGraph, projection: Projection, rng: np.random.Generator
) -> tuple[Complex, ...]:
    """48 destroyed complexes (35 sections, 13 junctions) and 16 that still stand."""
    main = np.flatnonzero(np.array(roads.kind) == "primary")
    weight = roads.flow_per_day[main] / roads.flow_per_day[main].sum()
    degree = np.bincount(np.concatenate([roads.tail[main], roads.head[main]]))
    crossings = np.flatnonzero(degree >= 3)
    nodes = rng.choice(crossings, min(18, len(crossings)), replace=False)
    sections = rng.choice(main, min(46, len(main)), replace=False, p=weight)
    x = np.concatenate(
        [roads.x_m[nodes], (roads.x_m[roads.tail] / 2 + roads.x_m[roads.head] / 2)[sections]]
    )
    y = np.concatenate(
        [roads.y_m[nodes], (roads.y_m[roads.tail] / 2 + roads.y_m[roads.head] / 2)[sections]]
    )
    kinds = ["junction"] * len(nodes) + ["section"] * len(sections)
    limit = {"junction": 13, "section": 35}
    seen = {"junction": 0, "section": 0}
    made = []
    for k, (kind, at) in enumerate(zip(kinds, degrees(projection, x, y), strict=True)):
        seen[kind] += 1
        gone = seen[kind] <= limit[kind]
        channels = int(rng.integers(6, 11)) if kind == "junction" else int(rng.integers(2, 5))
        power, fibre = bool(rng.random() < 0.7), bool(rng.random() < 0.6)
        cost = channels * 4_200.0 + (0 if power else 3_500) + (0 if fibre else 6_000)
        cost *= rng.uniform(0.9, 1.1)
        state = "destroyed" if gone else "standing"
        must = gone and seen[kind] <= 2
        made.append(
            Complex(f"K{k + 1:02d}", kind, at, state, channels, round(cost, -2), power, fibre, must)
        )
    return tuple(made)


def todays_precincts(
    middle: FloatArray,
    neighbours: tuple[Neighbours, ...],
    people: IntArray,
    count: int,
    rng: np.random.Generator,
) -> IntArray:
    """Contiguous precincts drawn long ago: grown from seeds by distance, half blind to people."""
    around: list[list[int]] = [[] for _ in range(len(people))]
    for pair in neighbours:
        around[pair.first].append(pair.second)
        around[pair.second].append(pair.first)
    owner = np.full(len(people), -1, dtype=np.int64)
    queue = [(0.0, seed, k) for k, seed in enumerate(old_seeds(middle, people, count, rng))]
    pace = rng.uniform(0.85, 1.25, count)
    while queue:
        cost, block, k = heapq.heappop(queue)
        if owner[block] >= 0:
            continue
        owner[block] = k
        for other in around[block]:
            if owner[other] < 0:
                step = float(np.hypot(*(middle[block] - middle[other])))
                heapq.heappush(queue, (cost + step * pace[k], other, k))
    return owner


def old_seeds(
    middle: FloatArray, people: IntArray, count: int, rng: np.random.Generator
) -> list[int]:
    """Distinct blocks, spread by the residents of long ago (fewer where estates came later)."""
    weight = np.sqrt(people + 20.0) * rng.uniform(0.6, 1.4, len(people))
    centres = middle[rng.choice(len(people), count, replace=False, p=weight / weight.sum())]
    for _ in range(4):
        nearest = np.hypot(*(middle[:, None] - centres[None]).transpose(2, 0, 1)).argmin(axis=1)
        for k in np.unique(nearest):
            mine = nearest == k
            centres[k] = np.average(middle[mine], axis=0, weights=weight[mine])
    seeds: list[int] = []
    for centre in centres:
        order = np.argsort(np.hypot(*(middle - centre).T))
        seeds.append(next(int(i) for i in order if int(i) not in seeds))
    return seeds
