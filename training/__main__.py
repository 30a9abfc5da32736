"""From nothing to the product's weights: `python -m training`.

Trains reader, corner finder and locator, `--jobs` of them at once (drawing and learning each keep
one core busy), or goes on where it was; then exports all three with their cards. `--share` shortens
the lessons: 0.01 is a try of a minute, not weights to use.
"""

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sergek.vision.plate_weights import WEIGHTS
from training.export import export
from training.lessons import LESSONS, teach


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(given.jobs, fresh) as pool:
        works = [pool.submit(teach, n, given.runs, given.share, given.threads) for n in LESSONS]
        for work in works:
            print(f"== {work.result()} is trained", flush=True)
    for name in LESSONS:
        export(name, given.runs / name, given.out)


if __name__ == "__main__":
    main()
