"""Each study from the command line to its files: JSON with proofs, GeoJSON, pictures, PDF."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.planning.city.store import save_city
from sergek.planning.city.synthetic import make_taraz
from sergek.planning.report.page import labels

STUDIES = {
    "precincts": (["--time-limit", "4"], ["max_load", "distance", "moved"], "precincts"),
    "staffing": (["--posts", "3"], ["station_load"], "stations"),
    "siting": (["--months", "3"], ["worth", "worth_months"], "complexes"),
    "survey-route": (["--time-limit", "6"], ["total_length", "route_length"], "routes"),
    "hotspots": (["--throws", "19"], [], "hotspots"),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small made-up town on disk."""
    folder = tmp_path_factory.mktemp("town")
    save_city(make_taraz(size=14), folder)
    return folder


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_writes_its_report(town: Path, tmp_path: Path, study: str):
    """Value, bound and gap of each proof stand in the JSON; every layer and picture is there."""
    options, proofs, layer = STUDIES[study]
    command = ["plan", study, str(town), "--out", str(tmp_path), "--lang", "kk", *options]
    result = CliRunner().invoke(app, command)
    assert result.exception is None, result.output
    record = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert record["synthetic"] is True
    assert list(record["proofs"]) == proofs
    for proof in record["proofs"].values():
        assert set(proof) == {"value", "bound", "gap", "optimal", "seconds"}
    features = json.loads((tmp_path / f"{layer}.geojson").read_text("utf-8"))["features"]
    assert features
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert list(tmp_path.glob("*.png"))


def test_statements_from_the_command_line(town: Path):
    """The article's case is the default; a city adds its own bases."""
    plain = CliRunner().invoke(app, ["plan", "statements", "--lang", "en"])
    assert "does not follow" in plain.output
    record = json.loads(CliRunner().invoke(app, ["plan", "statements", "--json"]).output)
    assert record["capacity"] == 441_600
    assert record["follows"] is False
    with_city = CliRunner().invoke(app, ["plan", "statements", str(town), "--lang", "ru"])
    assert "effective" in with_city.output


def test_every_word_has_three_languages():
    """No label is missing in Kazakh, Russian or English."""
    for key, words in labels().items():
        assert set(words) == {"kk", "ru", "en"}, key
        assert all(words.values()), key


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["siting", "--budget", "1"], "more than the budget"),
        (["siting", "--lang", "fr"], "not one of kk, ru, en"),
        (["precincts", "--minutes", "0.01"], "minutes"),
        (["staffing", "--norm", "0"], "norm"),
        (["survey-route", "--yard", "middle"], "LNG,LAT"),
        (["survey-route", "--yard", "10,10"], "km from the nearest street"),
        (["survey-route", "--kinds", "canal"], "no street is of kind"),
    ],
)
def test_bad_input_is_explained(town: Path, tmp_path: Path, options: list[str], words: str):
    """What cannot be done is refused with the reason in words."""
    command = ["plan", options[0], str(town), "--out", str(tmp_path), *options[1:]]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, ConfigError)
    assert words in result.exception.message
