"""Train the corner finder on drawn plates: `python -m training.corners --out runs/corners`.

It looks at the window around what the locator found and says where the corners truly are and
whether it is a plate at all.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sergek.simulation.plates.corner_samples import CornerSample, corner_sample
from sergek.simulation.plates.typefaces import Typeface, installed
from training.networks import PlateCornersNet
from training.reader import HELD_OUT
from training.session import Session

# Drawing costs more than learning here, so each window is seen about four times.
FRESH, REPEATED = 32, 96
SEED_TRAIN, SEED_VALIDATION = 3_000_000, 80


class Windows:
    """An endless supply of windows with a store of some already seen."""

    def __init__(self, seed: int, faces: tuple[Typeface, ...], store: int = 20_000) -> None:
        self.rng = np.random.default_rng(seed)
        self.faces, self.limit = faces, store
        self.store: list[CornerSample] = []

    def fresh(self, count: int) -> list[CornerSample]:
        """New windows."""
        return [corner_sample(self.rng, self.faces) for _ in range(count)]

    def batch(self) -> list[CornerSample]:
        """Fresh windows and three times as many repeated ones."""
        fresh = self.fresh(FRESH)
        picks = self.rng.integers(len(self.store), size=REPEATED) if self.store else ()
        old = [self.store[i] for i in picks]
        for one in fresh:
            if len(self.store) < self.limit:
                self.store.append(one)
            else:
                self.store[self.rng.integers(self.limit)] = one
        return fresh + old


def tensor_of(batch: list[CornerSample], device: torch.device) -> Tensor:
    """Windows as n × 1 × 48 × 128 floats, 0–255."""
    return torch.from_numpy(np.stack([s.pixels for s in batch]))[:, None].float().to(device)


def loss_of(found: Tensor, batch: list[CornerSample]) -> Tensor:
    """Smooth L1 of the corners of plates, cross entropy of being one."""
    wanted = torch.from_numpy(np.stack([s.offsets for s in batch])).to(found.device)
    plate = torch.tensor([s.is_plate for s in batch], device=found.device).float()
    off = functional.smooth_l1_loss(found[:, 1:], wanted, reduction="none", beta=0.01).mean(1)
    loss: Tensor = 20 * (off * plate).sum() / plate.sum().clamp(min=1)
    return loss + 0.6 * functional.binary_cross_entropy_with_logits(found[:, 0], plate)


@torch.no_grad()
def judged(
    net: torch.nn.Module, windows: list[CornerSample], device: torch.device
) -> dict[str, float]:
    """Median and 95th percentile of a corner's error (shares of the plate's width, before and
    after), and how often plate and no plate are told apart."""
    found = net(tensor_of(windows, device)).float().cpu().numpy()
    wanted = np.stack([s.offsets for s in windows])
    plate = np.array([s.is_plate for s in windows])
    size = np.array((128, 48)) / 92  # a plate is 92 pixels wide in the window
    before = np.linalg.norm(wanted[plate].reshape(-1, 4, 2) * size, axis=2).mean(1)
    after = (wanted - found[:, 1:])[plate].reshape(-1, 4, 2) * size
    errors = np.linalg.norm(after, axis=2).mean(1)
    return {
        "before": float(np.median(before)),
        "corner_share": float(np.median(errors)),
        "corner_share_95": float(np.quantile(errors, 0.95)),
        "told_apart": float(((found[:, 0] > 0) == plate).mean()),
    }


def train(
    out: Path, minutes: float, rate: float = 2e-3, log_every_s: float = 60.0,
    steps: int | None = None, start: Path | None = None,
) -> Session:  # fmt: skip
    """Train or resume for `minutes`, or `steps` if given; returns the finished session."""
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    session = Session(PlateCornersNet(), out, minutes, rate, steps, start)
    faces = tuple(face for face in installed() if face.name not in HELD_OUT)
    supply = Windows(SEED_TRAIN + session.steps, faces)
    judge = Windows(SEED_VALIDATION, faces).fresh(600)
    logged = session.elapsed_s
    while not session.done:
        batch = supply.batch()
        session.net.train()
        with torch.autocast(session.device.type, torch.bfloat16):
            found = session.net(tensor_of(batch, session.device))
        loss = loss_of(found.float(), batch)
        session.step(loss, len(batch))
        if session.elapsed_s - logged > log_every_s or session.done:
            logged = session.elapsed_s
            session.log(
                loss=float(loss.detach()), **judged(session.averaged, judge, session.device)
            )
    session.save()
    return session


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/corners"))
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="an earlier run to begin with")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(given.out, given.minutes, given.rate, start=given.start)


if __name__ == "__main__":
    main()
