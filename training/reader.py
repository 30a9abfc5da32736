"""Train the plate reader on drawn plates: `python -m training.reader --out runs/reader`.

Columns of a strip are first learnt one by one, because the drawing knows where each character
stands; once that works, a CTC loss (Graves et al. 2006) on the whole text joins in.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sergek.simulation.plates.photograph import Conditions
from sergek.simulation.plates.strip_samples import (
    ALPHABET,
    StripSample,
    grammarless,
    plate_picture,
    strip_samples,
)
from sergek.simulation.plates.typefaces import Typeface
from training.loop import Lesson, seen_faces, trainer, unseen_faces
from training.networks import PlateReaderNet

__all__ = ["ReaderLesson", "exact_share", "strips_at", "tensor_of", "texts_of"]

SEED_VALIDATION = 77
# The share of the samples' ramp after which CTC joins in.
_CTC_FROM = 0.4


def strips_at(
    rng: np.random.Generator, faces: tuple[Typeface, ...], count: int, ease: float
) -> list[StripSample]:
    """New strips; `ease` 1 is near and clean, 0 the street."""
    found: list[StripSample] = []
    widths = (30 + 80 * ease, 210.0)
    while len(found) < count:
        seen = Conditions.random(rng, widths, 1 - 0.8 * ease)
        form = grammarless(rng) if rng.random() < 0.12 else None
        picture = plate_picture(rng, faces, seen, form)
        # As far off as the locator's corners are, at their best and at their worst.
        found += strip_samples(picture, rng, 0.003 + 0.03 * rng.random() ** 2)
    return found


class ReaderLesson(Lesson[StripSample]):
    """Strips to characters."""

    seed_train = 1_000_000
    samples = 1_200_000
    fresh, repeated, store = 64, 64, 24_000
    ramp = 0.125

    def network(self) -> nn.Module:
        """The reader's network."""
        return PlateReaderNet()

    def draw(self, rng: np.random.Generator, count: int, progress: float) -> list[StripSample]:
        """Strips, near and clean at first."""
        return strips_at(rng, seen_faces(), count, 1 - progress)

    def tensor(self, batch: list[StripSample], device: torch.device) -> Tensor:
        """Strips as n × 1 × 32 × 160 floats."""
        return tensor_of(batch, device)

    def loss(self, said: object, batch: list[StripSample], progress: float) -> Tensor:
        """Cross entropy per column, and CTC of the text."""
        assert isinstance(said, Tensor)
        return loss_of(said, batch, progress > _CTC_FROM)

    def judge(self) -> Callable[[nn.Module, torch.device], dict[str, float]]:
        """Exact share on the street, near by, and in typefaces never seen."""
        rng = np.random.default_rng(SEED_VALIDATION)
        sets = {
            "street": strips_at(rng, seen_faces(), 800, 0.0),
            "near": strips_at(rng, seen_faces(), 400, 0.8),
            "unseen": strips_at(
                np.random.default_rng(SEED_VALIDATION), unseen_faces() or seen_faces(), 400, 0.0
            ),
        }
        return lambda net, device: {
            name: exact_share(net, samples, device) for name, samples in sets.items()
        }


def loss_of(logits: Tensor, batch: list[StripSample], with_ctc: bool) -> Tensor:
    """Cross entropy per column, and CTC of the text."""
    device = logits.device
    columns = torch.from_numpy(np.stack([s.columns for s in batch])).long().to(device)
    loss = functional.cross_entropy(logits.transpose(1, 2), columns)
    if with_ctc:
        text = torch.tensor([ALPHABET.index(c) + 1 for s in batch for c in s.text], device=device)
        lengths = torch.tensor([len(s.text) for s in batch])
        steps = torch.full((len(batch),), logits.shape[1], dtype=torch.long)
        scores = logits.log_softmax(-1).transpose(0, 1)
        loss = loss + 0.1 * functional.ctc_loss(scores, text, steps, lengths, zero_infinity=True)
    return loss


def tensor_of(batch: list[StripSample], device: torch.device) -> Tensor:
    """Strips as n × 1 × 32 × 160 floats, 0–255."""
    pixels: NDArray[np.uint8] = np.stack([s.pixels for s in batch])
    return torch.from_numpy(pixels)[:, None].float().to(device)


def texts_of(logits: Tensor) -> list[str]:
    """The best path: runs of one class become one character."""
    found = []
    for row in logits.argmax(-1).cpu().numpy():
        starts = [c for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)]
        found.append("".join(ALPHABET[c - 1] for c in starts))
    return found


@torch.no_grad()
def exact_share(net: torch.nn.Module, samples: list[StripSample], device: torch.device) -> float:
    """Share of strips read without a fault."""
    right = 0
    for start in range(0, len(samples), 250):
        part = samples[start : start + 250]
        read = texts_of(net(tensor_of(part, device)))
        right += sum(text == sample.text for text, sample in zip(read, part, strict=True))
    return right / len(samples)


if __name__ == "__main__":
    trainer(ReaderLesson(), "reader")
