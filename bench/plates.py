"""How many plates a core draws a second; the limit is 500."""

import time

import cv2
import numpy as np

from sergek.simulation.plates.scenes import scene
from sergek.simulation.plates.strip_samples import plate_picture
from sergek.simulation.plates.typefaces import installed

PLATES_A_SECOND = 500


def run() -> None:
    """Draw plates and scenes on one thread and print processor time against the limit."""
    cv2.setNumThreads(1)
    faces = installed()
    rng = np.random.default_rng(0)
    for _ in range(200):
        plate_picture(rng, faces)
    start = time.process_time()
    for _ in range(1000):
        plate_picture(rng, faces)
    plates = 1000 / (time.process_time() - start)
    start = time.process_time()
    for _ in range(200):
        scene(rng, faces)
    scenes = 200 / (time.process_time() - start)
    print(f"plates a second {plates:.0f} ({plates / PLATES_A_SECOND:.1f} of {PLATES_A_SECOND})")
    print(f"scenes a second {scenes:.0f}")


if __name__ == "__main__":
    run()
