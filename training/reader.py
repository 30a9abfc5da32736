"""Train the plate reader on drawn plates: `python -m training.reader --out runs/reader`.

Columns of a strip are first learnt one by one, because the drawing knows where each character
stands; once that works, a CTC loss (Graves et al. 2006) on the whole text joins in.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sergek.simulation.plates.photograph import Conditions
from sergek.simulation.plates.strip_samples import (
    ALPHABET,
    StripSample,
    grammarless,
    plate_picture,
    strip_samples,
)
from sergek.simulation.plates.typefaces import Typeface, installed
from training.networks import PlateReaderNet
from training.session import Session

BATCH = 64  # fresh strips a step; as many seen before are repeated
RAMP_SAMPLES = 150_000
CTC_FROM_SAMPLES = 60_000
SEED_TRAIN, SEED_VALIDATION = 1_000_000, 77
# Typefaces never trained on: with these the reader is judged on letters it has not seen.
HELD_OUT = ("NotoSans-Bold", "LiberationMono-Bold", "strokes-14-1")


class Strips:
    """An endless supply of strips, easy at first, with a store of some already seen."""

    def __init__(self, seed: int, faces: tuple[Typeface, ...], store: int = 24_000) -> None:
        self.rng = np.random.default_rng(seed)
        self.faces = faces
        self.store: list[StripSample] = []
        self.limit = store

    def fresh(self, count: int, ease: float) -> list[StripSample]:
        """New strips; `ease` 1 is near and clean, 0 the street."""
        found: list[StripSample] = []
        widths = (30 + 80 * ease, 210.0)
        while len(found) < count:
            seen = Conditions.random(self.rng, widths, 1 - 0.8 * ease)
            form = grammarless(self.rng) if self.rng.random() < 0.12 else None
            picture = plate_picture(self.rng, self.faces, seen, form)
            # As far off as the locator's corners are, at their best and at their worst.
            found += strip_samples(picture, self.rng, 0.003 + 0.03 * self.rng.random() ** 2)
        return found

    def batch(self, ease: float) -> list[StripSample]:
        """Fresh strips and as many repeated ones."""
        fresh = self.fresh(BATCH, ease)
        old = (
            [self.store[i] for i in self.rng.integers(len(self.store), size=BATCH)]
            if self.store
            else []
        )
        for sample in fresh:
            if len(self.store) < self.limit:
                self.store.append(sample)
            else:
                self.store[self.rng.integers(self.limit)] = sample
        return fresh + old


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


def train(
    out: Path, minutes: float, rate: float = 2e-3, log_every_s: float = 60.0,
    steps: int | None = None, start: Path | None = None,
) -> Session:  # fmt: skip
    """Train or resume for `minutes`, or `steps` if given; returns the finished session."""
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    session = Session(PlateReaderNet(), out, minutes, rate, steps, start)
    faces = tuple(face for face in installed() if face.name not in HELD_OUT)
    unseen = tuple(face for face in installed() if face.name in HELD_OUT)
    supply = Strips(SEED_TRAIN + session.steps, faces)
    judge = Strips(SEED_VALIDATION, faces)
    street, near = judge.fresh(800, 0.0), judge.fresh(400, 0.8)
    strange = Strips(SEED_VALIDATION, unseen).fresh(400, 0.0)
    # The rate's first fifth of a short run is enough to get going.
    ramp = min(RAMP_SAMPLES, 4_000 * minutes)
    logged = session.elapsed_s
    while not session.done:
        batch = supply.batch(max(0.0, 1 - session.samples / ramp))
        pixels = tensor_of(batch, session.device)
        session.net.train()
        with torch.autocast(session.device.type, torch.bfloat16):
            logits = session.net(pixels)
        loss = loss_of(logits.float(), batch, session.samples > min(CTC_FROM_SAMPLES, ramp))
        session.step(loss, len(batch))
        if session.elapsed_s - logged > log_every_s or session.done:
            logged = session.elapsed_s
            session.log(
                loss=float(loss.detach()),
                street=exact_share(session.averaged, street, session.device),
                near=exact_share(session.averaged, near, session.device),
                unseen=exact_share(session.averaged, strange, session.device),
            )
    session.save()
    return session


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/reader"))
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="an earlier run to begin with")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(given.out, given.minutes, given.rate, start=given.start)


if __name__ == "__main__":
    main()
