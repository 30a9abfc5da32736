"""Before and after a measure, from the command line to the warning about 2024."""

import csv
import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.planning.city.store import save_city
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.hotspots.definition import read_definitions
from sergek.planning.hotspots.treated import read_places, treated_effect

CITY = make_taraz(size=24)
DAY = dt.date(2023, 1, 1)


def worst_places(count=6):
    """The crossings with the most accidents in the year before the day: how sites get chosen."""
    at = np.array([one.at for one in CITY.accidents])
    x, y = CITY.projection.to_metres(at[:, 0], at[:, 1])
    year = np.array([one.on.year for one in CITY.accidents])
    near, _ = CITY.roads.nearest_node(x[year == 2022], y[year == 2022])
    nodes = np.bincount(near, minlength=CITY.roads.nodes).argsort()[::-1][:count]
    lng, lat = CITY.projection.to_degrees(CITY.roads.x_m[nodes], CITY.roads.y_m[nodes])
    return tuple(zip(lng.tolist(), lat.tolist(), strict=True))


def test_doing_nothing_does_not_help():
    """Places chosen for a bad year improve by themselves; the estimate is fooled less."""
    _, breaks = read_definitions()
    found = treated_effect(CITY, worst_places(), DAY, 1.0, breaks)
    assert found.reference >= 10
    assert found.effect.naive < found.effect.ratio
    assert found.effect.low <= found.effect.ratio <= found.effect.high
    assert found.effect.warnings == ()


def test_a_measure_that_takes_accidents_away_is_seen():
    """With nine of ten later accidents at the places gone, the interval lies below one."""
    places = worst_places(12)
    px, py = CITY.projection.to_metres(*np.array(places).T)
    kept = []
    for k, one in enumerate(CITY.accidents):
        x, y = CITY.projection.to_metres(np.array([one.at[0]]), np.array([one.at[1]]))
        near = np.hypot(px - x[0], py - y[0]).min() < 100
        if one.on < DAY or not near or k % 10 == 0:
            kept.append(one)
    city = replace(CITY, accidents=tuple(kept))
    assert treated_effect(city, places, DAY, 1.0, ()).effect.high < 1


def test_the_command_prints_the_interval_and_the_break(tmp_path):
    """Across 2024 the changed statistics are flagged; JSON holds every number."""
    save_city(CITY, tmp_path / "city")
    file = tmp_path / "places.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([("lng", "lat"), *worst_places()])
    command = ["plan", "before-after", str(tmp_path / "city"), "--places", str(file), "--on"]
    said = CliRunner().invoke(app, [*command, "2024-01-01"])
    assert said.exit_code == 0, said.output
    assert "after/before alone would say" in said.output
    assert "the statistics changed on 2024-01-01" in said.output
    record = json.loads(CliRunner().invoke(app, [*command, "2023-01-01", "--json"]).output)
    assert record["effect"]["low"] <= record["effect"]["high"]


def test_faulty_places_are_listed(tmp_path):
    """Lines that are no place are named; an empty file is refused."""
    file = tmp_path / "places.csv"
    file.write_text("lng,lat\n71.3,here\n")
    with pytest.raises(ConfigError) as caught:
        read_places(file)
    assert caught.value.problems == ("line 2: lng and lat must be numbers",)
    with pytest.raises(ConfigError, match="above zero"):
        treated_effect(CITY, worst_places(), DAY, 0.0, ())
