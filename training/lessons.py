"""The three lessons by name, for those who train or export all of them."""

from pathlib import Path

import torch

from training.corners import CornersLesson
from training.locator import LocatorLesson
from training.loop import train
from training.reader import ReaderLesson

__all__ = ["LESSONS", "teach"]

# The longest first, so that two cores end at about the same time.
LESSONS = {"reader": ReaderLesson, "corners": CornersLesson, "locator": LocatorLesson}


def teach(name: str, runs: Path, share: float, threads: int) -> str:
    """Train one network to its end; its name."""
    torch.set_num_threads(threads)
    lesson = LESSONS[name]()
    train(lesson, runs / name, max(1, round(share * lesson.samples)))
    return name
