"""Importing a city: what is usable is kept, what is not is told why."""

import json
from pathlib import Path

import pytest

from sergek.core.errors import ConfigError
from sergek.planning.city.addressbook import load_addresses
from sergek.planning.city.importing import Tables, import_city, open_city
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.store import load_city, save_city

HEAD = '<?xml version="1.0"?><osm version="0.6">'
BUILDING = (
    '<way id="50"><nd ref="31"/><nd ref="32"/><nd ref="33"/><nd ref="31"/>'
    '<tag k="building" v="yes"/><tag k="building:levels" v="9"/>'
    '<tag k="addr:street" v="Абай көшесі"/><tag k="addr:housenumber" v="12а"/></way>'
)
DOORS = (
    '<node id="41" lon="71.3730" lat="42.9010"><tag k="addr:place" v="Қарасу"/>'
    '<tag k="addr:housenumber" v="3"/></node>'
    '<node id="42" lon="71.3731" lat="42.9010"><tag k="addr:housenumber" v="5"/></node>'
    '<node id="43" lon="71.3990" lat="42.9010"><tag k="addr:street" v="Алыс"/>'
    '<tag k="addr:housenumber" v="7"/></node>'
)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Two squares of streets side by side, a nine-storey building in the first."""
    nodes = "".join(
        f'<node id="{1 + i + 3 * j}" lon="{71.37 + 0.002 * i}" lat="{42.90 + 0.002 * j}"/>'
        for j in range(2)
        for i in range(3)
    )
    nodes += (
        '<node id="31" lon="71.3705" lat="42.9005"/><node id="32" lon="71.3710" lat="42.9005"/>'
        '<node id="33" lon="71.3710" lat="42.9010"/>'
    )
    sides = [(1, 2), (2, 3), (4, 5), (5, 6), (1, 4), (2, 5), (3, 6)]
    ways = "".join(
        f'<way id="{10 + k}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="residential"/></way>'
        for k, (a, b) in enumerate(sides)
    )
    path = tmp_path / "squares.osm"
    path.write_text(f"{HEAD}{nodes}{DOORS}{ways}{BUILDING}</osm>")
    return path


def test_blocks_from_streets(extract: Path):
    """Faces between streets become blocks; residents go where the floors are."""
    city = import_city(extract, "Squares", "", 500, Tables(), Rejects())
    assert len(city.blocks) == 2
    assert sorted(block.population for block in city.blocks) == [0, 500]
    assert len(city.neighbours) == 1
    assert not city.synthetic


def test_addresses_of_the_extract_stand_in_their_blocks(extract: Path, tmp_path: Path):
    """A building's and a door's address are found in their blocks, also after the city was kept."""
    rejects = Rejects()
    city = import_city(extract, "Squares", "", 500, Tables(), rejects)
    homes = {block.id for block in city.blocks if block.population}
    assert [one.words for one in city.addresses] == ["Қарасу, 3", "Абай көшесі, 12а"]
    assert [one.block in homes for one in city.addresses] == [False, True]
    reasons = " ".join(row[2] for row in rejects.rows)
    assert "house 5 names no street" in reasons
    save_city(city, tmp_path / "city")
    assert load_city(tmp_path / "city").addresses == city.addresses
    (found,) = load_addresses(tmp_path / "city").find("абай 12а")
    assert found.block in homes


def test_each_rejected_row_has_its_reason(extract: Path, tmp_path: Path):
    """Wrong dates, places in the river, outlines that cross, unknown codes: named by row."""
    stations = tmp_path / "stations.csv"
    stations.write_text(
        "id,name,lng,lat,posts\nS1,a,71.370,42.900,4\nS2,river,71.39,42.95,4\nS3,b,x,42.9,4\n"
        "S4,c,71.370,42.900,-1\n"
    )
    accidents = tmp_path / "accidents.csv"
    accidents.write_text(
        "id,lng,lat,date,kind,injured\nA1,71.37,42.9,2022-05-01,a,1\nA2,71.37,42.9,May,a,1\n"
    )
    square = [[71.37, 42.9], [71.372, 42.9], [71.372, 42.902], [71.37, 42.902], [71.37, 42.9]]
    bow = [square[0], square[2], square[1], square[3], square[0]]
    features = [
        {"geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}
        for ring, properties in (
            (square, {"id": "B1", "population": 10}),
            (square, {"id": "B1", "population": 10}),
            (bow, {"id": "B2", "population": 10}),
            (square, {"id": "B3", "population": -5}),
            (square, {"id": "B4", "population": 5, "kato": "999999999"}),
        )
    ]
    blocks = tmp_path / "blocks.geojson"
    blocks.write_text(json.dumps({"features": features}))
    kato = tmp_path / "kato.csv"
    kato.write_text("kato,kato_version,level,name_ru,name_kk\n311010000,V,district,Тараз,Тараз\n")
    rejects = Rejects()
    tables = Tables(blocks, stations, None, accidents, kato)
    city = import_city(extract, "S", "311010000", None, tables, rejects)
    assert [station.id for station in city.stations] == ["S1"]
    assert [accident.id for accident in city.accidents] == ["A1"]
    assert [block.id for block in city.blocks] == ["B1"]
    reasons = {(source, row): why for source, row, why in rejects.rows}
    assert "nobody can drive there" in reasons["stations", "S2"]
    assert "could not convert" in reasons["stations.csv", "line 4"]
    assert "negative" in reasons["stations.csv", "line 5"]
    assert "May" in reasons["accidents.csv", "line 3"]
    assert "given before" in reasons["blocks.geojson", "2"]
    assert "crosses itself" in reasons["blocks.geojson", "3"]
    assert "not a number of people" in reasons["blocks.geojson", "4"]
    assert "no code 999999999" in reasons["blocks.geojson", "5"]
    rejects.write(tmp_path / "rejected.csv")
    lines = (tmp_path / "rejected.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(rejects.rows) + len(rejects.bulk)


def test_people_outside_the_streets_are_named(extract: Path, tmp_path: Path):
    """A block of another city is rejected with its residents; a file of such blocks is refused."""
    ring = [[10.0, 10.0], [10.1, 10.0], [10.1, 10.1], [10.0, 10.0]]
    near = [[71.37, 42.9], [71.372, 42.9], [71.372, 42.902], [71.37, 42.9]]
    path = tmp_path / "blocks.geojson"

    def write(*rings: list[list[float]]) -> Tables:
        features = [
            {"properties": {"population": 70}, "geometry": {"type": "Polygon", "coordinates": [r]}}
            for r in rings
        ]
        path.write_text(json.dumps({"features": features}))
        return Tables(blocks=path)

    rejects = Rejects()
    city = import_city(extract, "S", "", None, write(ring, near), rejects)
    assert (len(city.blocks), city.population) == (1, 70)
    assert any("70 people outside the streets" in row[2] for row in rejects.rows)
    with pytest.raises(ConfigError, match="another city"):
        import_city(extract, "S", "", None, write(ring), Rejects())


def test_an_extract_is_imported_once(extract: Path, tmp_path: Path, monkeypatch):
    """The second time the cache answers, without the reader."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = open_city(extract)
    monkeypatch.setattr("sergek.planning.city.importing.read_osm", None)
    assert open_city(extract).blocks == first.blocks
    with pytest.raises(ConfigError, match="not a city folder"):
        open_city(tmp_path / "absent")
