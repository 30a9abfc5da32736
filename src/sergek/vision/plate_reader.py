"""The plate reader: candidates, their text, and which of them are plates."""

import math
import re
from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
import openvino as ov

from sergek.core.frame import Image
from sergek.core.plate import PlateLook
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import LayoutBook, layout_book, plain
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.fused_recogniser import FusedRecogniser
from sergek.vision.kz_recogniser import KzRecogniser
from sergek.vision.plate_locator import TextPlateLocator
from sergek.vision.plate_ports import (
    PlateCandidate,
    PlateLocator,
    PlateRecogniser,
    Recognition,
)
from sergek.vision.quads import bounds, straightened
from sergek.vision.settings import PlateReaderSettings
from sergek.vision.text_recogniser import TextRecogniser

__all__ = ["NetworkPlateReader", "load_plate_reader"]

# A candidate is the same plate as a better one if it shares this much of the smaller of the two.
_SAME_PLATE = 0.5
# How plate-like a text is besides its confidence: of a layout; mixed; digits only; letters only.
_NO_LAYOUT, _DIGITS_ONLY, _LETTERS_ONLY = 0.3, 0.5, 0.25
_USUAL_LENGTH = 7
# For each character that only position rules made fit: half a plate may pass for another layout.
_CORRECTED = 0.7
# Share of the best look's likeness that another look at the same place needs to have a vote.
_NEARLY = 0.7
# From this likeness on no other locator is asked.
_GOOD_ENOUGH = 0.5
# Signs that never stand on a plate, but in clocks, prices, addresses and telephone numbers.
_NEVER = frozenset("/@%&+=?!(),;№$€₸")
# A clock, or a date written as year, month and day.
_TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d)?|(?:19|20)\d\d[-.]?(?:0\d|1[0-2])[-.]?[0-3]\d")
_ANY_DAY = date.max


class NetworkPlateReader:
    """`PlateReader` of locators and a recogniser; as safe for threads as they are.

    The first locator looks at every picture. The next one looks where nothing plate-like was
    read, or at every picture if the reader is `thorough`.
    """

    def __init__(
        self,
        locators: Sequence[PlateLocator],
        recogniser: PlateRecogniser,
        book: LayoutBook,
        thorough: bool = False,
    ) -> None:
        self._locators = tuple(locators)
        self._recogniser = recogniser
        self._book = book
        self._thorough = thorough

    def read(self, pictures: Sequence[Image]) -> list[list[PlateLook]]:
        """Looks per picture in that picture's pixels, most plate-like first; often empty.

        Each place gives one look: of overlapping candidates the most plate-like stays. A
        `thorough` reader gives all that are nearly as plate-like, for a vote.
        """
        found: list[list[PlateLook]] = [[] for _ in pictures]
        for locator in self._locators:
            open_ = [
                i
                for i, looks in enumerate(found)
                if self._thorough or all(look.found_score < _GOOD_ENOUGH for look in looks)
            ]
            located = locator.locate([pictures[i] for i in open_])
            jobs = [(i, each) for i, places in zip(open_, located, strict=True) for each in places]
            read = self._recogniser.recognise([(pictures[i], each) for i, each in jobs])
            for (i, candidate), recognition in zip(jobs, read, strict=True):
                look = self._look(pictures[i], candidate, recognition)
                if look is not None:
                    found[i].append(look)
        return [_by_place(looks, self._thorough) for looks in found]

    def _look(
        self, picture: Image, candidate: PlateCandidate, recognition: Recognition
    ) -> PlateLook | None:
        likeness = self._plate_likeness(candidate, recognition)
        if likeness <= 0:
            return None
        corners = np.array(candidate.corners)
        height, width = picture.shape[:2]
        return PlateLook(
            box=bounds(corners).clipped(width, height),
            corners=candidate.corners,
            raw=recognition.raw,
            characters=recognition.characters,
            sharpness=_sharpness(straightened(picture, corners, 48, 480)),
            found_score=likeness,
        )

    def _plate_likeness(self, candidate: PlateCandidate, recognition: Recognition) -> float:
        """0 (no plate) to 1: the locator's score, the text's confidence and its kind."""
        text, _ = plain(recognition.raw)
        raw = recognition.raw
        if not 4 <= len(text) <= 10 or _NEVER & set(raw) or _TIME.fullmatch(raw):
            return 0.0
        look = PlateLook(
            bounds(np.array(candidate.corners)),
            candidate.corners,
            recognition.raw,
            recognition.characters,
            0.0,
            candidate.score,
        )
        read = verdict([look], self._book, _ANY_DAY)
        # Part of a plate is read more surely than the whole: judge by character, and by length.
        likeness = candidate.score * math.pow(read.confidence, 1 / len(text))
        likeness *= min(len(text) / _USUAL_LENGTH, 1.0)
        if read.layout is None:
            likeness *= _NO_LAYOUT
        likeness *= _CORRECTED ** len(read.corrected)
        if text.isdigit():
            likeness *= _DIGITS_ONLY
        elif text.isalpha():
            likeness *= _LETTERS_ONLY
        return likeness


def _sharpness(strip: Image) -> float:
    """Mean absolute Laplacian of the straightened plate over its contrast."""
    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    return float(edges.mean() / max(float(grey.std()), 1.0))


def _by_place(looks: list[PlateLook], several: bool) -> list[PlateLook]:
    kept: list[PlateLook] = []
    others: list[PlateLook] = []
    for look in sorted(looks, key=lambda each: -each.found_score):
        rival = next((other for other in kept if _shared(look, other) >= _SAME_PLATE), None)
        if rival is None:
            kept.append(look)
        elif several and look.found_score >= _NEARLY * rival.found_score:
            others.append(look)
    return sorted(kept + others, key=lambda each: -each.found_score)


def _shared(a: PlateLook, b: PlateLook) -> float:
    wide = min(a.box.x2, b.box.x2) - max(a.box.x1, b.box.x1)
    high = min(a.box.y2, b.box.y2) - max(a.box.y1, b.box.y1)
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / max(min(a.box.area, b.box.area), 1.0)


def load_plate_reader(settings: PlateReaderSettings) -> NetworkPlateReader:
    """The default reader: our corner locator, then RapidOCR's text detector, and a recogniser.

    The corner locator takes a few milliseconds a picture and straightens what it finds; the text
    detector is an order of magnitude slower and finds what does not look like a plate to it.
    Kazakh plates are read by our own reader, which asks RapidOCR's where it doubts; plates of any
    country by RapidOCR's alone, which reads real foreign letters better (`docs/ref/accuracy.md`).
    """
    core = ov.Core()
    text = TextRecogniser(core, settings.threads)
    kazakh = settings.plates == "kz"
    return NetworkPlateReader(
        (CornerLocator(threads=1), TextPlateLocator(core, settings)),
        FusedRecogniser(KzRecogniser(), text) if kazakh else text,
        layout_book(settings.plates),
        settings.thorough,
    )
