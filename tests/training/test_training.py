"""The training loops: a short setting of each proves that they learn, resume and export."""

import hashlib
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")
sys.path.insert(0, str(Path(__file__).parents[2]))

from training.loop import train
from training.networks import PlateLocatorNet

from sergek.simulation.plates.typefaces import installed
from sergek.vision.kz_recogniser import KzRecogniser, best_path
from sergek.vision.plate_weights import open_weights
from training import corners, export, locator, reader

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_reader_learns_resumes_and_exports(tmp_path: Path) -> None:
    """24,000 samples teach most columns of near plates; a second start goes on where the first
    ended; the exported file gives what the network gave."""
    lesson = reader.ReaderLesson()
    first = train(lesson, tmp_path, 12_000)
    assert 12_000 <= first.samples < 12_000 + 128
    done = train(lesson, tmp_path, 24_000)
    assert done.samples >= 24_000
    assert done.steps > first.steps
    assert len(done.curve) > len(first.curve)
    judge = reader.strips_at(np.random.default_rng(5), installed(), 200, 0.9)
    right = same = total = 0
    export.export("reader", tmp_path, tmp_path)
    read = KzRecogniser(folder=tmp_path).columns([s.pixels for s in judge])
    logits = done.averaged(reader.tensor_of(judge, done.device)).argmax(-1).cpu().numpy()
    for sample, columns, ours in zip(judge, read, logits, strict=True):
        same += int((columns.argmax(1) == ours).sum())
        right += sum(a[0][0] == b for a, b in zip(best_path(columns), sample.text, strict=False))
        total += len(sample.text)
    assert same > 0.99 * logits.size
    assert right > 0.4 * total  # chance is a thirty-sixth


def test_the_locator_learns_where_plates_are(tmp_path: Path) -> None:
    """2,600 scenes at least halve the loss of the first."""
    lesson = locator.LocatorLesson()
    batch = lesson.draw(np.random.default_rng(6), 16, 0.3)
    done = train(lesson, tmp_path, 2_600)
    fresh = PlateLocatorNet().eval()
    costs = []
    for net in (fresh, done.averaged):
        score, offsets = net(locator.tensor_of(batch, done.device))
        costs.append(float(locator.loss_of(score, offsets, batch).detach()))
    assert costs[1] < 0.5 * costs[0]


def test_the_corner_finder_beats_no_finder(tmp_path: Path) -> None:
    """After 19,000 windows corners are nearer than where the window puts them."""
    lesson = corners.CornersLesson()
    done = train(lesson, tmp_path, 19_000)
    windows = lesson.draw(np.random.default_rng(7), 200, 1.0)
    figures = corners.judged(done.averaged, windows, done.device)
    assert figures["corner_share"] < figures["before"]
    assert figures["told_apart"] > 0.7


def test_targets_are_where_the_plate_is() -> None:
    """Offsets at the middle cell lead to the corners, and the score peaks there."""
    plate = np.array([[(100, 80), (160, 84), (160, 98), (100, 94)]], np.float32)
    score, offsets, weight = locator.maps_of(plate)
    y, x = np.unravel_index(int(score.argmax()), score.shape)
    assert (x, y) == (32, 22)
    cell = np.array((x, y)) * 4 + 2
    assert np.allclose(offsets[:, y, x].reshape(4, 2) * 16 + cell, plate[0], atol=1e-3)
    assert weight[y, x] > 0
    assert not score[:10].any() or score[:10].max() < 0.01


def test_one_command_trains_and_exports_all_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The documented command in a setting of seconds: three files with cards and digests, which
    the product opens."""
    out = tmp_path / "weights"
    asked = ["--share", "0.004", "--runs", str(tmp_path / "runs"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["training", *asked])
    runpy.run_module("training", run_name="__main__")
    for name in ("plate_corners", "plate_locator", "plate_reader"):
        session = open_weights(name, folder=out)
        assert session.get_outputs()
        card = (out / f"{name}.md").read_text(encoding="utf-8")
        assert hashlib.sha256((out / f"{name}.onnx").read_bytes()).hexdigest() in card
    assert "Temperature" in (out / "plate_reader.md").read_text(encoding="utf-8")
