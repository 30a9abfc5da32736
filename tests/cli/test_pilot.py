"""`sergek pilot` and `sergek metrology --from-centre`, over a centre's own store."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import run

from sergek.config.load import load
from sergek.core.errors import ConfigError, NotFound
from sergek.core.passage import PassagePlate, passage_event
from sergek.core.plate import PlateStatus
from sergek.core.speed import Rejection, SpeedMeasurement
from sergek.testing.examples import a_passage
from sergek.wiring.offline import pilot_room
from sergek.wiring.stores import centre_stores

ROOT = Path(__file__).parents[2]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city with one complex whose centre has stored twelve passages of today."""
    site = (ROOT / "src/sergek/testing/abay_section.toml").read_text(encoding="utf-8")
    camera = '[[camera]]\nid = "abay-1"\nname = "Abay"\nmain = "a.mp4"\narea = "centre"\n'
    path = tmp_path / "city.toml"
    path.write_text(f'city = "Taraz"\n{camera}\n{site}', encoding="utf-8")
    stores = centre_stores(load(path))
    now = datetime.now(UTC)
    plate = PassagePlate(
        text="123ABC08", raw=("123ABC08",), layout="car", confidence=1, status=PlateStatus.READ
    )
    passages = []
    for n in range(1, 13):
        speed = (
            SpeedMeasurement(status="measured", kmh=61.0, u_kmh=0.8, second_kmh=60.5)
            if n % 3
            else SpeedMeasurement(status="rejected", reason=Rejection.LANE_CHANGE)
        )
        at = now - timedelta(minutes=n)
        passages.append(a_passage(n, entered_at=at, left_at=at, plate=plate, speed=speed))
    stores.intake.append([passage_event(one) for one in passages])
    stores.engine.dispose()
    return path


def test_a_pilot_is_drawn_labelled_and_judged(city: Path, tmp_path: Path) -> None:
    """Drawn from the terminal; figures with intervals, what is missing, and the export."""
    assert "wait for two people" in run("pilot", city, "--site", "abay-section", "--draw", 5)
    with pilot_room(city) as room:
        pilot_id = room.views.all()[0].pilot_id
        for sample in room.views.samples(pilot_id):
            for person in ("one", "other"):
                room.label(pilot_id, sample.passage_id, person, "plate", "123ABC08", "car")
        known = room.views.samples(pilot_id)[0].passage_id
    speeds = tmp_path / "speeds.json"
    speeds.write_text(json.dumps({known: 60.8}), encoding="utf-8")
    out = tmp_path / "pilot.json"
    said = run("pilot", city, "--site", "abay-section", "--reference", speeds, "--out", out)
    assert "1 reference speeds belong to the sample" in said
    assert "drawn 5, labelled 5" in said
    assert "missing: passages labelled by two: 5; 1000 needed" in said
    assert json.loads(out.read_text(encoding="utf-8"))["figures"]["exact"]["hits"] == 5


def test_bad_input_is_one_sentence(city: Path, tmp_path: Path) -> None:
    """No pilot yet, no such complex, a file of speeds that is none, a city without a complex."""
    with pytest.raises(NotFound, match="no pilot of abay-section yet"):
        run("pilot", city, "--site", "abay-section")
    with pytest.raises(NotFound, match="no site “nowhere”"):
        run("pilot", city, "--site", "nowhere", "--draw", 5)
    run("pilot", city, "--site", "abay-section", "--draw", 5)
    wrong = tmp_path / "speeds.json"
    wrong.write_text("[1]", encoding="utf-8")
    with pytest.raises(ConfigError, match="one JSON object"):
        run("pilot", city, "--site", "abay-section", "--reference", wrong)
    bare = tmp_path / "bare.toml"
    bare.write_text('city = "Taraz"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="no complex to look at"):
        run("pilot", bare, "--site", "abay-section")


def test_the_metrology_file_of_the_centres_store(city: Path, tmp_path: Path) -> None:
    """Eight of twelve measured, four rejected for changing the lane; PDF and JSON."""
    out = tmp_path / "files"
    run("metrology", city, "--out", out, "--from-centre", 7)
    found = json.loads((out / "metrology-abay-1.json").read_text(encoding="utf-8"))
    assert (found["passages"], found["measured"]) == (12, 8)
    assert found["rejected_by_reason"] == {"lane_change": 4}
    assert (out / "metrology-abay-1.pdf").read_bytes().startswith(b"%PDF")
