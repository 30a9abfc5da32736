"""From nothing to the product's weights: `python -m training --minutes 120`.

Trains corner finder, locator and reader one after the other, each for a third of the time or, on
resuming, for what is left of it; then exports all three with their cards.
"""

import argparse
from pathlib import Path

import torch

from sergek.vision.plate_weights import WEIGHTS
from training import corners, locator, reader
from training.export import export

LESSONS = {"corners": corners.run, "locator": locator.run, "reader": reader.run}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    for name, run in LESSONS.items():
        print(f"== {name}", flush=True)
        run(given.runs / name, given.minutes / len(LESSONS))
    for name in LESSONS:
        export(name, given.runs / name, given.out)


if __name__ == "__main__":
    main()
