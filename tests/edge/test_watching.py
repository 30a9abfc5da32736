"""One source from beginning to end: counts made by eye are met, nothing is counted twice."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.errors import ConfigError
from sergek.edge.settings import EdgeSettings
from sergek.edge.watching import watch
from sergek.testing.blobs import BlobDetector
from sergek.testing.rtsp import write_clip
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings, TrackerSettings

TRUTH = tomllib.loads((Path(__file__).parent / "truth_counts.toml").read_text())["clip"]


@pytest.fixture(scope="module")
def detector():
    return load_detector(DetectorSettings())


def _watched(path, detector, lines=(), fps=10.0):
    found = []
    camera = Camera(id="c", name="C", main=str(path), lines=lines, plates="none")
    result = watch(
        camera,
        open_source(str(path), realtime=False),
        detector,
        None,
        None,
        EdgeSettings(analysed_fps=fps),
        TrackerSettings(),
        passed=found.append,
    )
    return result, [draft.passage for draft in found]


@pytest.mark.shared
@pytest.mark.parametrize("truth", TRUTH, ids=lambda truth: truth["file"])
def test_counts_made_by_eye_are_met_within_five_percent(shared_data, detector, truth):
    """And each vehicle crosses a line once at most."""
    lines = (tuple(truth["line"]),) if "line" in truth else ()
    _, passages = _watched(shared_data / "video" / truth["file"], detector, lines)
    if lines:
        crossings = [c for passage in passages for c in passage.crossings]
        wanted, counted = truth["crossings"], len(crossings)
        assert {c.direction for c in crossings} == {truth["direction"]}
        assert max(Counter(len(p.crossings) for p in passages)) == 1
    else:
        wanted, counted = truth["passages"], len(passages)
    assert abs(counted - wanted) <= 0.05 * wanted


@pytest.mark.shared
def test_a_car_that_leaves_close_to_the_camera_is_one_passage(shared_data, detector):
    """At the toll booth a white and a red car leave at the lower edge, filling half the picture."""
    path = shared_data / "video/toll_lane_vn_parkpow.mp4"
    found = []
    watch(
        Camera(id="c", name="C", main=str(path), plates="none"),
        open_source(str(path), realtime=False),
        detector,
        None,
        None,
        EdgeSettings(analysed_fps=10),
        TrackerSettings(),
        passed=found.append,
    )
    near = [d for d in found if any(p.box.y2 > 690 and p.box.width > 300 for p in d.pictures)]
    assert len(near) == 2


@pytest.mark.shared
def test_people_alone_make_no_passage(shared_data, detector):
    """A crowd in an arcade: persons are never tracked."""
    result, passages = _watched(shared_data / "video/people_opencv4nodejs.mp4", detector, fps=5)
    assert result.pictures == 460
    assert passages == []


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "pictures", "seconds"),
    [
        ("bgs_lane_640.avi", 374, 12.4),
        ("bgs_highway_320.avi", 1699, 28.3),
        ("autostrade_bend_cif.mp4", 375, 14.96),
        ("toll_lane_vn_parkpow.mp4", 339, 18.69),
        ("street_above_ckuhn.mp4", 735, 73.23),
    ],
)
def test_odd_codecs_and_time_bases_are_read_to_the_end(shared_data, file, pictures, seconds):
    """Old MPEG-4 variants, CIF, 60 per second, a cut beginning: every picture, the true length."""
    last = []
    camera = Camera(id="c", name="C", main=str(shared_data / "video" / file), plates="none")
    result = watch(
        camera,
        open_source(camera.main, realtime=False),
        BlobDetector(threshold=254),
        None,
        None,
        EdgeSettings(analysed_fps=60),
        TrackerSettings(),
        passed=lambda draft: None,
        seen=lambda frame, analysed: last.append(analysed.media_s),
    )
    assert result.pictures == pictures
    assert last[0] == 0.0
    assert last[-1] == pytest.approx(seconds, abs=0.1)


def test_a_crossing_is_the_moment_when_the_boxs_middle_meets_the_line(tmp_path):
    """The drawn square's middle is at x = 45 + 200 t; the line at 300 is met at 1.275 s."""
    path = write_clip(tmp_path / "a.mp4", size=(640, 360), seconds=2.6)
    upward = (300.0, 360.0, 300.0, 0.0)
    downward = (300.0, 0.0, 300.0, 360.0)
    _, passages = _watched(path, BlobDetector(), (upward, downward))
    (passage,) = passages
    assert [(c.line, c.direction) for c in passage.crossings] == [(0, 1), (1, -1)]
    assert passage.crossings[0].media_s == pytest.approx(1.275, abs=0.06)
    assert passage.entered_s == pytest.approx(0.0, abs=0.11)


def test_a_source_without_one_picture_is_a_configuration_error(tmp_path):
    """A folder of files that are no pictures."""
    path = tmp_path / "a.h264"
    clip = write_clip(tmp_path / "b.h264", seconds=1)
    path.write_bytes(clip.read_bytes()[:120])
    with pytest.raises(ConfigError):
        _watched(path, BlobDetector())
