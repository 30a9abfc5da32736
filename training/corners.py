"""Train the corner finder on drawn plates: `python -m training.corners --out runs/corners`.

It looks at the window around what the locator found and says where the corners truly are and
whether it is a plate at all. Each corner's map learns the four cells around the corner, weighted
so that their mean is the corner; the mean itself is learnt with a smooth L1 loss.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sergek.simulation.plates.corner_samples import CornerSample, corner_sample
from sergek.vision.plate_window import WINDOW
from training.loop import Lesson, seen_faces, trainer
from training.networks import PlateCornersNet

__all__ = ["CornersLesson", "judged", "tensor_of"]

SEED_VALIDATION = 80
_ROWS, _COLUMNS = 24, 64
# A plate is 92 pixels wide in its window of 128 × 48.
_SHARE_OF_PLATE = np.array((128, 48)) / 92


class _WithMaps(PlateCornersNet):
    """The same network, which in training gives its maps too."""

    def forward(self, window: Tensor) -> Tensor:
        """Nine numbers; in training followed by the maps' logits."""
        plate, heat = self.maps(window)
        said = torch.cat([plate, self.corners(heat.float())], 1)
        return torch.cat([said, heat.flatten(1)], 1) if self.training else said


class CornersLesson(Lesson[CornerSample]):
    """Windows to corners. Drawing costs more than learning, so each is seen about three times."""

    seed_train = 3_000_000
    samples = 500_000
    fresh, repeated, store = 48, 80, 20_000
    ramp = 0.0

    def network(self) -> nn.Module:
        """The corner finder's network."""
        return _WithMaps()

    def draw(self, rng: np.random.Generator, count: int, progress: float) -> list[CornerSample]:
        """Windows of every kind from the start."""
        return [corner_sample(rng, seen_faces()) for _ in range(count)]

    def tensor(self, batch: list[CornerSample], device: torch.device) -> Tensor:
        """Windows as n × 1 × 48 × 128 floats."""
        return tensor_of(batch, device)

    def loss(self, said: object, batch: list[CornerSample], progress: float) -> Tensor:
        """Corners, maps and being a plate."""
        assert isinstance(said, Tensor)
        return loss_of(said, batch)

    def judge(self) -> Callable[[nn.Module, torch.device], dict[str, float]]:
        """By 600 windows drawn once."""
        windows = self.draw(np.random.default_rng(SEED_VALIDATION), 600, 1.0)
        return lambda net, device: judged(net, windows, device)


def tensor_of(batch: list[CornerSample], device: torch.device) -> Tensor:
    """Windows as n × 1 × 48 × 128 floats, 0–255."""
    return torch.from_numpy(np.stack([s.pixels for s in batch]))[:, None].float().to(device)


def _spread(places: Tensor) -> Tensor:
    """For each place (n × 4 × 2, shares of the window) the weights of the cells around it, whose
    mean is the place (n × 4 × cells)."""
    size = torch.tensor((_COLUMNS, _ROWS), device=places.device)
    at = (places * size - 0.5).clamp(min=0).minimum(size - 1.001)
    low, part = at.floor().long(), at - at.floor()
    weights = torch.zeros(*places.shape[:2], _ROWS * _COLUMNS, device=places.device)
    for dx in (0, 1):
        for dy in (0, 1):
            x, y = low[..., 0] + dx, low[..., 1] + dy
            share = (part[..., 0] if dx else 1 - part[..., 0]) * (
                part[..., 1] if dy else 1 - part[..., 1]
            )
            weights.scatter_add_(2, (y * _COLUMNS + x)[..., None], share[..., None])
    return weights


def loss_of(said: Tensor, batch: list[CornerSample]) -> Tensor:
    """Smooth L1 and map entropy of the corners of plates, cross entropy of being one."""
    wanted = torch.from_numpy(np.stack([s.offsets for s in batch])).to(said.device)
    plate = torch.tensor([s.is_plate for s in batch], device=said.device).float()
    count = plate.sum().clamp(min=1)
    off = functional.smooth_l1_loss(said[:, 1:9], wanted, reduction="none", beta=0.005).mean(1)
    loss: Tensor = 20 * (off * plate).sum() / count
    if said.shape[1] > 9:
        home = torch.from_numpy(WINDOW.corners / WINDOW.size).to(said.device)
        target = _spread(wanted.reshape(-1, 4, 2) + home)
        logs = said[:, 9:].reshape(len(batch), 4, -1).log_softmax(-1)
        entropy = -(target * logs).sum(-1).mean(1)
        loss = loss + 0.1 * (entropy * plate).sum() / count
    return loss + 0.3 * functional.binary_cross_entropy_with_logits(said[:, 0], plate)


@torch.no_grad()
def judged(
    net: torch.nn.Module, windows: list[CornerSample], device: torch.device
) -> dict[str, float]:
    """Median and 95th percentile of a corner's error (shares of the plate's width, before and
    after), and how often plate and no plate are told apart."""
    found = net(tensor_of(windows, device)).float().cpu().numpy()
    wanted = np.stack([s.offsets for s in windows])
    plate = np.array([s.is_plate for s in windows])
    before = np.linalg.norm(wanted[plate].reshape(-1, 4, 2) * _SHARE_OF_PLATE, axis=2).mean(1)
    after = (wanted - found[:, 1:9])[plate].reshape(-1, 4, 2) * _SHARE_OF_PLATE
    errors = np.linalg.norm(after, axis=2).mean(1)
    return {
        "before": float(np.median(before)),
        "corner_share": float(np.median(errors)),
        "corner_share_95": float(np.quantile(errors, 0.95)),
        "told_apart": float(((found[:, 0] > 0) == plate).mean()),
    }


if __name__ == "__main__":
    trainer(CornersLesson(), "corners")
