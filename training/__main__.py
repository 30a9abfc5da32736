"""From nothing to the product's weights: `python -m training --minutes 120`.

Trains corner finder, locator and reader one after the other, each for a third of the time or, on
resuming, for what is left of it; then exports all three with their cards.
"""

import argparse
from pathlib import Path

import torch

from sergek.vision.plate_weights import WEIGHTS
from training import corners, locator, reader
from training.card import write_card
from training.export import export_corners, export_locator, export_reader


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    for name, network in (("corners", corners), ("locator", locator), ("reader", reader)):
        print(f"== {name}", flush=True)
        network.run(given.runs / name, given.minutes / 3)
    export_corners(given.runs / "corners", given.out)
    export_locator(given.runs / "locator", given.out)
    temperature = export_reader(given.runs / "reader", given.out)
    write_card("plate_corners", given.runs / "corners", given.out)
    write_card("plate_locator", given.runs / "locator", given.out)
    write_card("plate_reader", given.runs / "reader", given.out, f" Temperature {temperature:.2f}.")


if __name__ == "__main__":
    main()
