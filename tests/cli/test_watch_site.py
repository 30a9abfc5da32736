"""`sergek watch --site`: which channel, and what is asked of it."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.simulation.truth import TruthFrame, read_truth
from sergek.traffic.calibration import calibrate
from sergek.traffic.sitefile import load_sites

FOLDER = Path(__file__).parents[2] / "demo"
DEMO = FOLDER / "section.site.toml"
AVENUE = FOLDER / "avenue.mp4"


def test_the_demo_sections_site_is_calibrated():
    """Its surveyed points come from the scene; the camera stands 6.6 m high."""
    site = load_sites(DEMO)[0]
    result = calibrate(site.channels[0], site.channels[0].surveys[0])
    assert result.rms_px < 0.1
    assert result.pose.parameters[8] == pytest.approx(6.6, abs=0.1)


def test_an_unclear_channel_is_one_sentence(tmp_path):
    """Before anything is opened."""
    words = ["watch", str(tmp_path / "x.mp4"), "--site", str(DEMO), "--channel", "other"]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, ConfigError)
    assert "say which camera" in result.exception.message


def cut(source: Path, seconds: float, out: Path) -> Path:
    """The first seconds of a clip, its packets untouched."""
    with av.open(str(source)) as box, av.open(str(out), "w") as copy:
        stream = copy.add_stream_from_template(box.streams.video[0])
        for packet in box.demux(video=0):
            if packet.pts is not None and packet.pts * packet.time_base < seconds:
                packet.stream = stream
                copy.mux(packet)
    return out


def true_speeds(path: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Per plate: moments and km/h."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for line in read_truth(path)[1]:
        for vehicle in line.vehicles if isinstance(line, TruthFrame) else ():
            for plate in vehicle.plates:
                moments, speeds = found.setdefault(plate.text, ([], []))
                moments.append(line.media_s)
                speeds.append(vehicle.speed_kmh)
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not AVENUE.exists(), reason="the demo clip is not in this checkout")
def test_speeds_from_the_pictures_of_the_demo_avenue_hold_the_truth(tmp_path):
    """Nothing is given but the clip and the site: every speed is within ± U of the truth."""
    clip = cut(AVENUE, 5.9, tmp_path / "avenue.mp4")
    site = FOLDER / "avenue.site.toml"
    out = tmp_path / "out"
    words = ["watch", str(clip), "--site", str(site), "--json", "--out", str(out)]
    result = CliRunner().invoke(app, words)
    told = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    truth = true_speeds(FOLDER / "avenue.truth.jsonl.gz")
    measured = [each for each in told if each["speed"]["status"] == "measured"]
    assert len(measured) >= 3
    for each in measured:
        _, speeds = truth[each["plate"]["text"]]
        speed = each["speed"]
        assert np.ptp(speeds) < 0.1  # nobody brakes in these seconds
        assert abs(speed["kmh"] - speeds[0]) <= speed["u_kmh"] < 1.5
    accused = [(each, v) for each in told for v in each["violations"]]
    assert [each["plate"]["text"] for each, _ in accused] == ["527KTA08"]
    package = out / accused[0][1]["package"]
    checked = CliRunner().invoke(
        app, ["verify", str(package), "--trust", str(out / "trust.json"), "--json"]
    )
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["kmh"] == pytest.approx(
        accused[0][0]["speed"]["kmh"], abs=0.1
    )


def bumped(source: Path, at_s: float, until_s: float, every: int, out: Path) -> Path:
    """The clip with every n-th picture only, moved by 8 px from `at_s` on, encoded anew."""
    with av.open(str(source)) as box, av.open(str(out), "w") as made:
        stream = made.add_stream("libx264", rate=5, options={"preset": "ultrafast", "crf": "20"})
        size = box.streams.video[0]
        stream.width, stream.height = size.width, size.height
        for index, frame in enumerate(box.decode(video=0)):
            if index % every or frame.time > until_s:
                continue
            picture = frame.to_ndarray(format="bgr24")
            if frame.time >= at_s:
                picture = np.roll(picture, (-5, 6), axis=(0, 1))
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        made.mux(stream.encode(None))
    return out


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not AVENUE.exists(), reason="the demo clip is not in this checkout")
def test_a_camera_bumped_in_mid_stream_gives_no_more_speeds(tmp_path):
    """The picture moves by 8 px at the fourth second: from the 24th on every vehicle says so,
    well within a minute, and before it none does."""
    clip = bumped(FOLDER / "section.mp4", 4.0, 30.0, 4, tmp_path / "bumped.mp4")
    words = ["watch", str(clip), "--site", str(DEMO), "--json"]
    result = CliRunner().invoke(app, words)
    told = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    late = [each["speed"]["reason"] for each in told if each["left_s"] > 24]
    early = [each["speed"]["reason"] for each in told if each["left_s"] < 9]
    assert len(late) >= 2
    assert set(late) == {"camera_moved"}
    assert early
    assert "camera_moved" not in early
