"""A city on disk is the city in memory."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sergek.core.errors import ConfigError, Corrupt
from sergek.planning.city.blocks import block_pieces
from sergek.planning.city.store import ROAD_ARRAYS, load_city, save_city
from sergek.planning.city.synthetic import POPULATION, make_taraz


def test_round_trip(tmp_path: Path):
    """What was saved is read back equal, streets included."""
    city = make_taraz(size=16)
    save_city(city, tmp_path)
    again = load_city(tmp_path)
    for field in dataclasses.fields(city):
        if field.name != "roads":
            assert getattr(again, field.name) == getattr(city, field.name)
    for name in ROAD_ARRAYS:
        assert np.array_equal(getattr(again.roads, name), getattr(city.roads, name))


def test_absent_and_broken_folders_are_told_apart(tmp_path: Path):
    """No city is a fault of the caller, a broken one of the disk."""
    with pytest.raises(ConfigError, match="not a city folder"):
        load_city(tmp_path)
    save_city(make_taraz(size=12), tmp_path)
    (tmp_path / "blocks.geojson").write_text("{")
    with pytest.raises(Corrupt, match="cannot be read"):
        load_city(tmp_path)


def test_synthetic_taraz_has_the_articles_numbers():
    """418,368 people, 30 stations, 138 posts, 29 assistants, over 3,000 blocks, 48 complexes."""
    city = make_taraz()
    assert city.synthetic
    assert "synthetic" in city.label
    assert city.projection.epsg == 32642
    assert city.population == POPULATION
    assert len(city.blocks) >= 3000
    assert len(city.stations) == 30
    assert sum(station.posts for station in city.stations) == 138
    assert sum(station.assistants for station in city.stations) == 29
    gone = [one.kind for one in city.complexes if one.state == "destroyed"]
    assert (gone.count("section"), gone.count("junction")) == (35, 13)
    assert len({block.precinct for block in city.blocks}) == 138
    assert block_pieces(len(city.blocks), city.neighbours)[0] == 4
    assert make_taraz().blocks == city.blocks
