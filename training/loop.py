"""The one loop that trains all three networks; what differs between them is a `Lesson`."""

import argparse
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from sergek.simulation.plates.typefaces import Typeface, installed
from training.session import Session

__all__ = ["HELD_OUT", "Lesson", "Store", "seen_faces", "train", "trainer", "unseen_faces"]

# Typefaces never trained on: with these the networks are judged on letters they have not seen.
HELD_OUT = ("NotoSans-Bold", "LiberationMono-Bold", "strokes-14-1")
_RATE = 2e-3  # the highest of a run

Sample = TypeVar("Sample")


def seen_faces() -> tuple[Typeface, ...]:
    """The typefaces of training."""
    return tuple(face for face in installed() if face.name not in HELD_OUT)


def unseen_faces() -> tuple[Typeface, ...]:
    """The typefaces kept back for judging."""
    return tuple(face for face in installed() if face.name in HELD_OUT)


class Lesson(ABC, Generic[Sample]):
    """What one network learns and how it is judged.

    It ends after `samples`. A step sees `fresh` new ones and `repeated` older ones, of which at
    most `store` are kept: drawing costs about as much as learning. `progress` runs from 0 at the
    first sample to 1 when they are as hard as they get, which is after the share `ramp` of all.
    """

    seed_train: int
    samples: int
    fresh: int
    repeated: int
    store: int
    ramp: float

    @abstractmethod
    def network(self) -> nn.Module:
        """A new network."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, count: int, progress: float) -> list[Sample]:
        """At least `count` new samples."""

    @abstractmethod
    def tensor(self, batch: list[Sample], device: torch.device) -> Tensor:
        """The network's input."""

    @abstractmethod
    def loss(self, said: object, batch: list[Sample], progress: float) -> Tensor:
        """What is wrong with the network's output."""

    @abstractmethod
    def judge(self) -> Callable[[nn.Module, torch.device], dict[str, float]]:
        """Draws the samples of judgement and returns what judges a network by them."""


class Store(Generic[Sample]):
    """An endless supply of samples with a store of some already seen."""

    def __init__(self, lesson: Lesson[Sample], seed: int) -> None:
        self.lesson = lesson
        self.rng = np.random.default_rng(seed)
        self.kept: list[Sample] = []

    def batch(self, progress: float) -> list[Sample]:
        """Fresh samples and repeated ones."""
        fresh = self.lesson.draw(self.rng, self.lesson.fresh, progress)
        picks = self.rng.integers(len(self.kept), size=self.lesson.repeated) if self.kept else ()
        old = [self.kept[i] for i in picks]
        for one in fresh:
            if len(self.kept) < self.lesson.store:
                self.kept.append(one)
            else:
                self.kept[self.rng.integers(self.lesson.store)] = one
        return fresh + old


def _floats(said: Tensor | tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    return said.float() if isinstance(said, Tensor) else tuple(each.float() for each in said)


def train(
    lesson: Lesson[Sample], out: Path, samples: int | None = None, log_every_s: float = 60.0
) -> Session:
    """Train, or go on, until all samples (the lesson's, unless told) were seen; the session."""
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    session = Session(lesson.network(), out, samples or lesson.samples, _RATE)
    supply = Store(lesson, lesson.seed_train + session.steps + session.samples)
    judge = lesson.judge()
    logged = session.elapsed_s
    while not session.done:
        progress = min(1.0, session.progress / max(lesson.ramp, 1e-9))
        batch = supply.batch(progress)
        session.net.train()
        with torch.autocast(session.device.type, torch.bfloat16):
            said = session.net(lesson.tensor(batch, session.device))
        loss = lesson.loss(_floats(said), batch, progress)
        session.step(loss, len(batch))
        if session.elapsed_s - logged > log_every_s or session.done:
            logged = session.elapsed_s
            session.log(loss=float(loss.detach()), **judge(session.averaged, session.device))
    session.save()
    return session


def trainer(lesson: Lesson[Sample], name: str) -> None:
    """The command line of one network's training."""
    parser = argparse.ArgumentParser(description=f"Train the network `{name}`.")
    parser.add_argument("--out", type=Path, default=Path("runs") / name)
    parser.add_argument("--samples", type=int, default=lesson.samples)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(lesson, given.out, given.samples)
