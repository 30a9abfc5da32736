"""Train the plate locator on drawn scenes: `python -m training.locator --out runs/locator`.

Scores are learnt with the penalty-reduced focal loss of CenterNet (Zhou et al. 2019), corners with
a smooth L1 loss in units of the plate's own size.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sergek.simulation.plates.scenes import Scene, scene
from sergek.vision.plate_peaks import (
    LOCATOR_HEIGHT,
    LOCATOR_STRIDE,
    LOCATOR_WIDTH,
    OFFSET_PX,
    peaks,
)
from training.loop import Lesson, seen_faces, trainer
from training.networks import PlateLocatorNet

__all__ = ["LocatorLesson", "judged", "loss_of", "maps_of", "tensor_of"]

SEED_VALIDATION = 78
_ROWS, _COLUMNS = LOCATOR_HEIGHT // LOCATOR_STRIDE, LOCATOR_WIDTH // LOCATOR_STRIDE
_GRID = (
    np.stack(np.meshgrid(np.arange(_COLUMNS), np.arange(_ROWS)), -1) * LOCATOR_STRIDE
    + LOCATOR_STRIDE / 2
).astype(np.float32)

Maps = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


class LocatorLesson(Lesson[Scene]):
    """Pictures of vehicles to plates. Scenes are never turned left to right: a plate's text does
    not read backwards."""

    seed_train = 2_000_000
    samples = 300_000
    fresh, repeated, store = 16, 16, 3_000
    ramp = 0.1

    def network(self) -> nn.Module:
        """The locator's network."""
        return PlateLocatorNet()

    def draw(self, rng: np.random.Generator, count: int, progress: float) -> list[Scene]:
        """Scenes, easier ones at first."""
        return [scene(rng, seen_faces(), hard=0.3 + 0.7 * progress) for _ in range(count)]

    def tensor(self, batch: list[Scene], device: torch.device) -> Tensor:
        """Pictures as n × 3 × h × w floats."""
        return tensor_of(batch, device)

    def loss(self, said: object, batch: list[Scene], progress: float) -> Tensor:
        """Focal loss of the score and weighted smooth L1 of the corners."""
        assert isinstance(said, tuple)
        score, offsets = said
        return loss_of(score, offsets, batch)

    def judge(self) -> Callable[[nn.Module, torch.device], dict[str, float]]:
        """By 250 scenes drawn once."""
        scenes = self.draw(np.random.default_rng(SEED_VALIDATION), 250, 1.0)
        return lambda net, device: judged(net, scenes, device)


def maps_of(plates: NDArray[np.float32]) -> Maps:
    """Targets of one picture: score (h × w), offsets (8 × h × w), weight of the offsets."""
    score = np.zeros((_ROWS, _COLUMNS), np.float32)
    offsets = np.zeros((8, _ROWS, _COLUMNS), np.float32)
    weight = np.zeros((_ROWS, _COLUMNS), np.float32)
    for corners in plates:
        middle = corners.mean(0)
        ex = (corners[1] + corners[2] - corners[0] - corners[3]) / 4
        ey = (corners[2] + corners[3] - corners[0] - corners[1]) / 4
        span = np.linalg.norm(ex)
        # A plate lower than a cell still gets a row of cells.
        ey = ey * max(1.0, LOCATOR_STRIDE * 0.9 / np.linalg.norm(ey))
        uv = np.linalg.inv(np.stack([ex, ey], 1)) @ (_GRID - middle).reshape(-1, 2).T
        heat = np.exp(-((uv[0] / 0.5) ** 2) - (uv[1] / 0.6) ** 2).reshape(_ROWS, _COLUMNS)
        x, y = (middle / LOCATOR_STRIDE).astype(int)
        if 0 <= x < _COLUMNS and 0 <= y < _ROWS:
            heat[y, x] = 1.0
        ours = heat > np.maximum(score, 0.2)
        said = (corners[None, None] - _GRID[:, :, None]) / OFFSET_PX
        offsets[:, ours] = said[ours].reshape(-1, 8).T
        weight[ours] = (heat / (0.25 + span / 40))[ours]
        score = np.maximum(score, heat.astype(np.float32))
    return score, offsets, weight


def loss_of(score: Tensor, offsets: Tensor, batch: list[Scene]) -> Tensor:
    """Focal loss of the score and weighted smooth L1 of the corners."""
    targets = [maps_of(one.plates) for one in batch]
    heat, wanted, weight = (
        torch.from_numpy(np.stack([t[i] for t in targets])).to(score.device) for i in range(3)
    )
    logits = score[:, 0]
    chance = logits.sigmoid()
    centre = (heat > 0.95).float()
    hit = centre * (1 - chance) ** 2 * functional.logsigmoid(logits)
    miss = (1 - centre) * (1 - heat) ** 4 * chance**2 * functional.logsigmoid(-logits)
    plates = centre.sum().clamp(min=1)
    off = functional.smooth_l1_loss(offsets, wanted, reduction="none", beta=0.05).mean(1)
    loss: Tensor = -(hit + miss).sum() / plates + 4 * (off * weight).sum() / weight.sum().clamp(
        min=1
    )
    return loss


def tensor_of(batch: list[Scene], device: torch.device) -> Tensor:
    """Pictures as n × 3 × h × w floats, 0–255, channels last in memory."""
    pixels = torch.from_numpy(np.stack([one.image for one in batch])).to(device)
    return pixels.permute(0, 3, 1, 2).float()


@torch.no_grad()
def judged(net: torch.nn.Module, scenes: list[Scene], device: torch.device) -> dict[str, float]:
    """Recall and precision at score 0.4 (a plate's corners within a fifth of its width), and the
    median corner error in pixels and as a share of the plate's width."""
    errors: list[float] = []
    shares: list[float] = []
    truths = found_all = 0
    for start in range(0, len(scenes), 32):
        part = scenes[start : start + 32]
        score, offsets = net(tensor_of(part, device))
        chance, said = score.sigmoid()[:, 0].cpu().numpy(), offsets.float().cpu().numpy()
        for one, heat, off in zip(part, chance, said, strict=True):
            found = peaks(heat, off, 0.4)
            found_all += len(found)
            truths += len(one.plates)
            for corners in one.plates:
                wide = float(np.linalg.norm(corners[1] - corners[0]))
                far = [float(np.linalg.norm(f.corners - corners, axis=1).mean()) for f in found]
                if far and min(far) < 0.2 * wide:
                    errors.append(min(far))
                    shares.append(min(far) / wide)
    return {
        "recall": len(errors) / max(1, truths),
        "precision": len(errors) / max(1, found_all),
        "corner_px": float(np.median(errors)) if errors else float("nan"),
        "corner_share": float(np.median(shares)) if shares else float("nan"),
    }


if __name__ == "__main__":
    trainer(LocatorLesson(), "locator")
