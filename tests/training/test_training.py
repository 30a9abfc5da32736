"""The training loops: a short setting of each proves that they learn, resume and export."""

import hashlib
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")
sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from training.networks import PlateCornersNet, PlateLocatorNet, PlateReaderNet
from training.warm import load_onnx, settle

from sergek.simulation.plates.typefaces import installed
from sergek.vision.kz_recogniser import KzRecogniser, best_path
from sergek.vision.plate_weights import open_weights, weights_path
from training import corners, export, locator, reader

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_reader_learns_resumes_and_exports(tmp_path: Path) -> None:
    """120 steps teach most columns of near plates; a second start goes on where it ended; the
    exported file gives what the network gave."""
    first = reader.run(tmp_path, 1, steps=60)
    assert first.steps == 60
    done = reader.run(tmp_path, 1, steps=120)
    assert done.steps == 120
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
    """60 steps at least halve the loss of the first."""
    batch = locator.LocatorLesson().draw(np.random.default_rng(6), 16, 0.3)
    done = locator.run(tmp_path, 1, steps=60)
    fresh = PlateLocatorNet().eval()
    costs = []
    for net in (fresh, done.averaged):
        score, offsets = net(locator.tensor_of(batch, done.device))
        costs.append(float(locator.loss_of(score, offsets, batch).detach()))
    assert costs[1] < 0.5 * costs[0]


def test_the_corner_finder_beats_no_finder(tmp_path: Path) -> None:
    """After 150 steps corners are nearer than where the window puts them."""
    done = corners.run(tmp_path, 1, steps=150)
    windows = corners.CornersLesson().draw(np.random.default_rng(7), 200, 1.0)
    figures = corners.judged(done.averaged, windows, done.device)
    assert figures["corner_share"] < figures["before"]
    assert figures["told_apart"] > 0.7


def test_training_goes_on_from_the_committed_files() -> None:
    """Each network with the weights of its ONNX file answers as the file does, before and after
    its normalisations are fitted to examples."""
    rng = np.random.default_rng(8)
    shapes = {
        "plate_reader": (PlateReaderNet(), (4, 1, 32, 160)),
        "plate_corners": (PlateCornersNet(), (4, 1, 48, 128)),
        "plate_locator": (PlateLocatorNet(), (2, 3, 192, 256)),
    }
    for name, (net, shape) in shapes.items():
        pixels = rng.integers(0, 256, shape).astype(np.uint8)
        given = pixels.transpose(0, 2, 3, 1) if shape[1] == 3 else pixels
        session = open_weights(name)
        theirs = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(given)})[-1]
        load_onnx(net, weights_path(name))
        for step in range(2):
            with torch.no_grad():
                said = net.eval()(torch.from_numpy(pixels).float())
            ours = said[-1] if isinstance(said, tuple) else said
            if name == "plate_corners":  # the file's maps are sharper
                assert np.abs(ours[..., -8:].numpy() - theirs[..., -8:]).mean() < 0.05
            elif name == "plate_reader":
                assert (ours.argmax(-1).numpy() == theirs.argmax(-1)).mean() > 0.98
            else:
                assert np.allclose(ours[..., -8:].numpy(), theirs[..., -8:], atol=2e-3)
            if step == 0:
                settle(net, torch.from_numpy(pixels).float())


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
    asked = ["--minutes", "0.3", "--runs", str(tmp_path / "runs"), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["training", *asked])
    runpy.run_module("training", run_name="__main__")
    for name in ("plate_corners", "plate_locator", "plate_reader"):
        session = open_weights(name, folder=out)
        assert session.get_outputs()
        card = (out / f"{name}.md").read_text(encoding="utf-8")
        assert hashlib.sha256((out / f"{name}.onnx").read_bytes()).hexdigest() in card
    assert "Temperature" in (out / "plate_reader.md").read_text(encoding="utf-8")
