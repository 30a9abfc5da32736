"""A made-up Taraz for the demo and the tests: the right size, none of the real streets.

What is real: the place (42.9° N, 71.38° E, UTM 42N), KATO 311010000, the population of the census
of October 2021 (418,368), 30 stations, 138 posts of inspectors, 29 assistants, 48 destroyed
complexes (35 road sections, 13 junctions). Everything else is drawn from a seed.
"""

import numpy as np

from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.blocks import find_neighbours
from sergek.planning.city.grid import Grid, make_grid
from sergek.planning.city.model import Block, City
from sergek.planning.city.people import (
    make_accidents,
    make_complexes,
    make_schools,
    make_stations,
    todays_precincts,
)
from sergek.planning.city.projection import Projection

__all__ = ["POPULATION", "make_taraz"]

POPULATION = 418_368
KATO_TARAZ = "311010000"
KATO_SOUTH, KATO_NORTH = "311011100", "311013100"


def make_taraz(seed: int = 2022, size: int = 64) -> City:
    """The synthetic city; `size` grid lines each way (64 gives over 3,000 blocks)."""
    rng = np.random.default_rng(seed)
    projection = Projection(32642)
    grid = make_grid(size, rng, projection)
    people = spread_people(grid, POPULATION * size**2 // 64**2, rng)
    if size == 64:
        assert people.sum() == POPULATION
    blocks = make_blocks(grid, people, projection, rng)
    barriers = grid.barriers(projection)
    neighbours = find_neighbours(blocks, projection, barriers)
    stations = make_stations(grid, people, projection, rng)
    count = max(4, round(138 * size**2 / 64**2))
    precincts = todays_precincts(grid.middle, neighbours, people, count, rng)
    blocks = tuple(
        Block(b.id, b.ring, b.population, b.calls_per_year, f"P{k + 1:03d}", b.kato)
        for b, k in zip(blocks, precincts, strict=True)
    )
    per_year = max(40, 520 * size**2 // 64**2)
    accidents = make_accidents(grid.roads, projection, rng, per_year)
    return City(
        name="Taraz",
        kato=KATO_TARAZ,
        synthetic=True,
        sources=(
            "2021 жылғы қазан санағы: 418 368 тұрғын, кездейсоқ таратылған / "
            "перепись октября 2021 г.: 418 368 жителей, распределены случайно",
            "көшелер, кварталдар, шақырулар, апаттар мен шығындар ойдан шығарылған / "
            f"улицы, кварталы, вызовы, аварии и затраты вымышлены ({seed})",
        ),
        projection=projection,
        roads=grid.roads,
        blocks=blocks,
        neighbours=neighbours,
        stations=stations,
        schools=make_schools(grid, people, projection, rng),
        accidents=accidents,
        complexes=make_complexes(grid.roads, projection, rng),
        barriers=barriers,
    )


def spread_people(grid: Grid, total: int, rng: np.random.Generator) -> IntArray:
    """Whole residents per block, summing to the total; dense in the middle and in estates."""
    centre = grid.middle.mean(axis=0)
    span = np.ptp(grid.middle[:, 0])
    distance = np.hypot(*(grid.middle - centre).T) / span
    weight = np.exp(-2.2 * distance) * rng.lognormal(0.0, 0.35, len(distance)) * grid.area_m2
    for _ in range(9):
        estate = centre + rng.normal(0, 0.18 * span, 2)
        near = np.hypot(*(grid.middle - estate).T) < 0.045 * span
        weight[near] *= 2.4
    share = np.minimum(weight, 4.5 * weight.mean())
    share = share / share.sum() * total
    people: IntArray = np.floor(share).astype(np.int64)
    missing = int(total - people.sum())
    people[np.argsort(people - share)[:missing]] += 1
    return people


def make_blocks(
    grid: Grid, people: IntArray, projection: Projection, rng: np.random.Generator
) -> tuple[Block, ...]:
    """Blocks with residents, calls a year (about one per four residents) and district."""
    calls = rng.poisson(people * 0.25 * rng.gamma(6.0, 1 / 6.0, len(people)))
    north = is_north(grid)
    blocks = []
    for k, ring in enumerate(grid.rings):
        lng, lat = projection.to_degrees(ring[:, 0], ring[:, 1])
        corners = tuple(
            (round(float(a), 7), round(float(b), 7)) for a, b in zip(lng, lat, strict=True)
        )
        kato = KATO_NORTH if north[k] else KATO_SOUTH
        blocks.append(Block(f"B{k + 1:04d}", corners, int(people[k]), float(calls[k]), "", kato))
    return tuple(blocks)


def is_north(grid: Grid) -> BoolArray:
    """Blocks north of the railway."""
    rail: FloatArray = np.interp(grid.middle[:, 0], grid.rail[:, 0], grid.rail[:, 1])
    north: BoolArray = grid.middle[:, 1] > rail
    return north
