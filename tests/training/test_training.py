"""The training loops: a short setting of each proves that they learn, resume and export."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch: training/requirements.txt")
sys.path.insert(0, str(Path(__file__).parents[2]))

from sergek.simulation.plates.typefaces import installed
from sergek.vision.kz_recogniser import KzRecogniser, best_path
from training import corners, export, locator, reader

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_reader_learns_resumes_and_exports(tmp_path: Path) -> None:
    """120 steps teach most columns of near plates; a second start goes on where it ended; the
    exported file gives what the network gave."""
    first = reader.train(tmp_path, 1, steps=60)
    assert first.steps == 60
    done = reader.train(tmp_path, 1, steps=120)
    assert done.steps == 120
    assert len(done.curve) > len(first.curve)
    judge = reader.Strips(5, installed()).fresh(200, 0.9)
    right = same = total = 0
    assert export.export_reader(tmp_path, tmp_path) > 0
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
    supply = locator.Scenes(6, installed())
    batch = supply.fresh(16, 0.5)
    done = locator.train(tmp_path, 1, steps=60)
    fresh = locator.PlateLocatorNet().eval()
    costs = []
    for net in (fresh, done.averaged):
        score, offsets = net(locator.tensor_of(batch, done.device))
        costs.append(float(locator.loss_of(score, offsets, batch).detach()))
    assert costs[1] < 0.5 * costs[0]


def test_the_corner_finder_beats_no_finder(tmp_path: Path) -> None:
    """After 150 steps corners are nearer than where the window puts them."""
    done = corners.train(tmp_path, 1, steps=150)
    figures = corners.judged(done.averaged, corners.Windows(7, installed()).fresh(200), done.device)
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
