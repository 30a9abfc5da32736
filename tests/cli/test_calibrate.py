"""`sergek calibrate` and `sergek metrology` at the command line."""

import importlib
import json
import re
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.testing.passages import Mount, survey_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.lens import project, rotation_matrix, rotation_vector
from sergek.traffic.sitefile import load_sites

DEMO = Path(__file__).parents[2] / "demo"
AVENUE = DEMO / "avenue.mp4"

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


def test_a_focal_length_that_nothing_asks_for_is_refused(site):
    """It counts only where a camera is proposed from its traffic; a survey knows its own lens."""
    for more in ((), ("--traffic", "road.mp4")):
        refused = run("calibrate", site, "--focal-px", "3000", *more)
        assert "--focal-px is only for --traffic where no survey holds" in refused.exception.message


def blank(path, width, height):
    """A clip of an empty road."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=5)
        stream.width, stream.height = width, height
        picture = av.VideoFrame.from_ndarray(np.full((height, width, 3), 90, np.uint8), "bgr24")
        for index in range(3):
            picture.pts = index
            made.mux(stream.encode(picture))
        made.mux(stream.encode(None))
    return path


def test_traffic_that_cannot_tell_is_one_sentence(site, tmp_path):
    """Fewer than ten vehicles; a sub stream; two cameras; no survey and no focal length."""
    empty = run("calibrate", site, "--traffic", blank(tmp_path / "empty.mp4", 1920, 1080))
    assert empty.exception.exit_code == 2
    assert "0 vehicles were seen; at least 10 are needed" in empty.exception.message
    small = run("calibrate", site, "--traffic", blank(tmp_path / "small.mp4", 640, 360))
    assert "main stream" in small.exception.message
    early = run("calibrate", site, "--traffic", tmp_path / "empty.mp4", "--at", "2021-01-01")
    assert "give --focal-px" in early.exception.message
    text = site.read_text(encoding="utf-8")
    second = text[text.index("[[site.channels]]") :].replace("abay-1", "abay-2")
    site.write_text(text + second, encoding="utf-8")
    several = run("calibrate", site, "--traffic", "rtsp://user:secret@camera/1")
    assert "--camera: say which of abay-1, abay-2" in several.exception.message
    assert "secret" not in several.exception.message


def tilted(text, degrees):
    """The site's file had its camera been surveyed when it looked so much further down."""
    path = DEMO / "avenue.site.toml"
    channel = load_sites(path)[0].channels[0]
    parameters = np.array(calibrate(channel, channel.surveys[0]).pose.parameters)
    further = rotation_matrix(np.radians([degrees, 0.0, 0.0]))
    parameters[3:6] = rotation_vector(further @ rotation_matrix(parameters[3:6]))
    ground = np.array([point.position_m for point in channel.surveys[0].points])
    pixels = iter(project(parameters, (channel.width, channel.height), ground))
    return re.sub(r"pixel = \[[^]]*\]", lambda _: f"pixel = {next(pixels).tolist()}", text)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not AVENUE.exists(), reason="the demo clip is not in this checkout")
def test_the_traffic_of_the_demo_avenue_judges_its_survey(tmp_path, monkeypatch):
    """The survey agrees, one that is off by 1.5° does not, and without any the tilt is found; the
    clip is analysed once, up to the tenth vehicle, and its tracks are held against all three."""
    monkeypatch.setattr("sergek.wiring.watching._VEHICLES", 10)
    module = importlib.import_module("sergek.cli.calibrate")
    played, play = [], module.plate_tracks
    monkeypatch.setattr(
        module, "plate_tracks", lambda *given: played or played.extend(play(*given)) or played
    )
    text = (DEMO / "avenue.site.toml").read_text(encoding="utf-8")
    true = run("calibrate", DEMO / "avenue.site.toml", "--traffic", AVENUE, "--json")
    told = json.loads(true.stdout)
    assert told["traffic"]["agrees"]
    assert told["traffic"]["vehicles"] == 10

    wrong = tmp_path / "wrong.toml"
    for degrees in (1.5, -1.5):
        wrong.write_text(tilted(text, degrees), encoding="utf-8")
        off = run("calibrate", wrong, "--traffic", AVENUE)
        assert off.exception.exit_code == 2
        assert "does not agree with the survey of avenue" in off.exception.message
        assert "10 vehicles: their ways meet" in off.stdout

    bare = tmp_path / "bare.toml"
    surveys, lanes = text.index("[[site.channels.surveys]]"), text.index("[[site.lanes]]")
    bare.write_text(text[:surveys] + text[lanes:], encoding="utf-8")
    words = ["calibrate", bare, "--traffic", AVENUE, "--focal-px", told["pose"]["parameters"][0]]
    proposal = json.loads(run(*words, "--json").stdout)["proposal"]
    assert proposal["tilt_deg"] == pytest.approx(8.4, abs=0.5)
    assert proposal["height_m"] == pytest.approx(6.6, abs=0.5)
    assert "to be surveyed" in run(*words).stdout


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
