"""`sergek read --plates any` on photos of whole cars: exact text, wrong reads, coverage and error.

The photos are the shared ones of Europe and America; nothing was fitted on them. Their truth is
taken as it is, although four European ones write O where the country has a digit 0.
"""

import csv
import os
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import cv2

from bench._results import note
from sergek.core.plate import PlateStatus
from sergek.traffic.plates import layout_book
from sergek.vision.detector import load_detector
from sergek.vision.photo import PhotoPlate, read_photo
from sergek.vision.photo_file import decoded
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import PHOTO_SIDES_PX, DetectorSettings, PlateReaderSettings

# Set, least share of photos whose plate is read exactly, most wrong among status `read`.
SETS = (("openalpr_eu", 0.80, 1), ("openalpr_us", 0.65, 1))
DAY = date(2026, 11, 22)


class Said(NamedTuple):
    """One plate that was given: its confidence and whether it is the photo's."""

    confidence: float
    right: bool
    is_read: bool


def _photos(name: str) -> list[tuple[Path, str]]:
    folder = Path(os.environ.get("SERGEK_SHARED", "../shared")) / "data" / "plates" / name
    with (folder / "truth.csv").open(encoding="utf-8") as rows:
        return [(folder / row["image"], row["text"]) for row in csv.DictReader(rows)]


def _curve(said: list[Said], photos: int) -> None:
    """Coverage and error when only plates from a confidence on are taken."""
    print("  confidence from | of the photos taken | wrong among them")
    for least in (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98):
        taken = [each for each in said if each.confidence >= least]
        wrong = sum(not each.right for each in taken)
        share = wrong / len(taken) if taken else 0.0
        print(f"  {least:4.2f} | {len(taken) / photos:6.1%} | {wrong} = {share:.1%}")


def _said(plates: list[PhotoPlate], truth: str) -> list[Said]:
    return [
        Said(p.read.confidence, p.read.text == truth, p.read.status is PlateStatus.READ)
        for p in plates
    ]


def run() -> None:
    """Print and keep the figures of each set."""
    cv2.setNumThreads(1)
    detector = load_detector(DetectorSettings())
    reader = load_plate_reader(
        PlateReaderSettings(plates="any", sides_px=PHOTO_SIDES_PX, thorough=True)
    )
    book = layout_book("any")
    for name, least, most_wrong in SETS:
        photos = _photos(name)
        began, right, first, every = time.process_time(), 0, 0, list[Said]()
        for path, truth in photos:
            said = _said(
                read_photo(decoded(path.read_bytes(), path.name), detector, reader, book, DAY),
                truth,
            )
            right += any(each.right for each in said)
            first += bool(said) and said[0].right
            every += said
        ms = (time.process_time() - began) / len(photos) * 1e3
        reads = [each for each in every if each.is_read]
        wrong = sum(not each.right for each in reads)
        share = right / len(photos)
        print(
            f"{name}: exact {right} of {len(photos)} = {share:.1%} ({share / least:.2f} of {least})"
        )
        print(f"  as the first plate {first}; status read {len(reads)}, wrong {wrong}; {ms:.0f} ms")
        _curve(every, len(photos))
        note(f"reading.{name}.exact", share, least=least)
        note(f"reading.{name}.wrong_reads", wrong, limit=most_wrong)


if __name__ == "__main__":
    run()
