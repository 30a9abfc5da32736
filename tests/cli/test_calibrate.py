"""`sergek calibrate` and `sergek metrology` at the command line."""

import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.testing.passages import Mount, survey_of

SITE = """
[[site]]
id = "abay"
name = "Abay"
place = {{ ru = "Тараз" }}
location = [71.4, 42.9]
device = {{ name = "Sergek", model = "open", serial = "1" }}
[[site.certificates]]
number = "7"
issuer = "lab"
valid_from = 2022-02-01
valid_until = 2023-02-01
[[site.channels]]
camera_id = "abay-1"
width = 1920
height = 1080
[[site.channels.surveys]]
valid_from = 2022-03-01
surveyed_by = "Ә. Қалиева"
points = [
{points}
]
"""


@pytest.fixture
def site(tmp_path):
    _, survey = survey_of(Mount(), np.random.default_rng(1))
    points = ",\n".join(
        f'{{ name = "{p.name}", pixel = [{p.pixel[0]}, {p.pixel[1]}], '
        f"ground_m = [{p.ground_m[0]}, {p.ground_m[1]}] }}"
        for p in survey.points
    )
    path = tmp_path / "site.toml"
    path.write_text(SITE.format(points=points), encoding="utf-8")
    return path


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_calibrate_prints_the_pose_and_draws_the_grid(site, tmp_path):
    """Six metres up; the grid is a picture of the camera's size."""
    grid = tmp_path / "grid.png"
    result = run("calibrate", site, "--json", "--grid", grid)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["pose"]["parameters"][8] == pytest.approx(6.0, abs=0.1)
    picture = cv2.imread(str(grid))
    assert picture.shape == (1080, 1920, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10
    assert "scale of the road" in run("calibrate", site).stdout


def test_a_camera_that_is_not_there_is_one_sentence(site):
    """And so is a time before the survey."""
    assert "no channel" in run("calibrate", site, "--camera", "x").exception.message
    early = run("calibrate", site, "--at", "2021-01-01")
    assert isinstance(early.exception, ConfigError)


def test_the_metrology_file_counts_and_prints(site, tmp_path):
    """Two measured (one with known truth), one rejected; PDF and JSON."""
    rows = [
        ("a", {"kmh": 60.4, "u_kmh": 0.8, "status": "measured", "reason": None}),
        ("b", {"kmh": 80.0, "u_kmh": 0.9, "status": "measured", "reason": None}),
        ("c", {"kmh": None, "u_kmh": None, "status": "rejected", "reason": "lane_change"}),
    ]
    passages = tmp_path / "passages.jsonl"
    passages.write_text(
        "\n".join(
            json.dumps({"passage_id": name, "camera": "abay-1", "speed": speed})
            for name, speed in rows
        )
    )
    truth = tmp_path / "truth.json"
    truth.write_text('{"a": 60.0}')
    appeals = tmp_path / "appeals.json"
    appeals.write_text('{"abay-1": [5, 1]}')
    out = tmp_path / "out"
    options = ["--passages", passages, "--truth", truth, "--appeals", appeals]
    result = run("metrology", site, "--out", out, *options)
    assert result.exit_code == 0, result.exception
    told = json.loads((out / "metrology-abay-1.json").read_text())
    assert (told["measured"], told["rejected_by_reason"]) == (2, {"lane_change": 1})
    assert told["against_truth"]["mean_abs_kmh"] == pytest.approx(0.4)
    assert told["against_truth"]["covered"] == 1.0
    assert told["appeals_upheld"] == 1
    assert told["calibrations"][0]["rms_px"] < 2
    assert (out / "metrology-abay-1.pdf").read_bytes().startswith(b"%PDF")


def test_a_broken_passages_file_is_one_sentence(site, tmp_path):
    """No traceback."""
    broken = tmp_path / "passages.jsonl"
    broken.write_text("{")
    result = run("metrology", site, "--out", tmp_path, "--passages", broken)
    assert isinstance(result.exception, ConfigError)
