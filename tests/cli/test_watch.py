"""`sergek watch` as a person runs it."""

import json

import av
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError
from sergek.testing.rtsp import write_clip

KEYS = {
    "passage_id",
    "camera",
    "class",
    "entered_s",
    "left_s",
    "lane",
    "crossings",
    "plate",
    "speed",
    "violations",
    "best_frame",
}


def _run(*arguments):
    result = CliRunner().invoke(app, ["watch", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.shared
def test_one_json_object_per_passage_with_the_documented_keys(shared_data, tmp_path):
    """Pictures and the line of passages are written where asked."""
    out = tmp_path / "out"
    clip = shared_data / "video/park_lane_1080_alizahid.mp4"
    result = _run(clip, "--json", "--plates", "any", "--out", out, "--fps", 5)
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(told) == 1
    assert set(told[0]) == KEYS
    assert told[0]["class"] == "car"
    assert told[0]["speed"] is None
    assert told[0]["violations"] == []
    assert set(told[0]["plate"]) == {"text", "raw", "layout", "confidence", "status"}
    assert (out / told[0]["best_frame"]["picture"]).read_bytes()[:2] == b"\xff\xd8"
    assert json.loads((out / "passages.jsonl").read_text()) == told[0]


def test_the_annotated_video_holds_every_analysed_picture(tmp_path):
    """Two seconds at ten pictures per second, with the source's own times."""
    clip, video = write_clip(tmp_path / "a.mp4", seconds=2), tmp_path / "seen.mp4"
    _run(clip, "--json", "--plates", "none", "--annotate", video, "--line", "160,0,160,180")
    with av.open(str(video)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) == 20
    assert times[-1] == pytest.approx(1.9, abs=0.05)


def test_without_passages_json_is_empty_and_the_table_says_nothing_passed(tmp_path):
    """An empty street is not an error; the summary goes to stderr."""
    clip = write_clip(tmp_path / "a.mp4", seconds=1)
    result = _run(clip, "--json", "--plates", "none")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "0 passages; 25 pictures read" in result.stderr


@pytest.mark.parametrize(
    ("line", "said"), [("1,2,3", "four numbers"), ("a,b,c,d", "four numbers"), ("5,5,5,5", "same")]
)
def test_a_wrong_line_is_one_sentence(tmp_path, line, said):
    """With the option and the text in it."""
    with pytest.raises(ConfigError, match=said):
        _run(tmp_path, "--line", line)


def test_a_missing_file_is_one_sentence(tmp_path):
    """Nothing is loaded for a file that is not there."""
    with pytest.raises(ConfigError, match="there is no file"):
        _run(tmp_path / "nothing.mp4")
