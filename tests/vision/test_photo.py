"""Plates of whole photos: one per vehicle, signs and cut plates never acted on."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from sergek.core.frame import Image, fitting_size
from sergek.core.plate import PlateLook, PlateStatus
from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.traffic.plates import layout_book
from sergek.vision.photo import read_photo

PHOTO = np.zeros((400, 600, 3), np.uint8)
DAY = date(2026, 11, 22)
CAR = Box(100, 100, 400, 350)


class Vehicles:
    """A detector that sees what it is told."""

    name = "told"

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes

    def picture_size(self, width: int, height: int, most_wide: int) -> tuple[int, int]:
        """See `core.ports.Detector.picture_size`: the same shape."""
        return fitting_size(width, height, most_wide)

    def detect(self, frames: Sequence[Image]) -> list[list[Detection]]:
        return [[Detection(box, VehicleClass.CAR, 0.9) for box in self.boxes] for _ in frames]


class Texts:
    """A plate reader that reads what it is told, at (x, y, text)."""

    def __init__(self, *texts: tuple[float, float, str]) -> None:
        self.texts = texts

    def read(self, pictures: Sequence[Image]) -> list[list[PlateLook]]:
        return [[look(*each) for each in self.texts] for _ in pictures]


def look(x: float, y: float, text: str, score: float = 0.8) -> PlateLook:
    box = Box(max(0.0, x - 50), y - 10, min(600.0, x + 50), y + 10)
    corners = ((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2))
    return PlateLook(box, corners, text, tuple(((c, 0.999),) for c in text), 1.0, score)


def read(vehicles: Vehicles, texts: Texts) -> list[tuple[str | None, PlateStatus]]:
    found = read_photo(PHOTO, vehicles, texts, layout_book("any"), DAY)
    return [(each.read.text, each.read.status) for each in found]


def test_a_vehicle_gives_one_plate_and_signs_none() -> None:
    """Of two texts on a car the lower one is its plate; text beside the car is a sign."""
    texts = Texts((250, 300, "ABC1234"), (250, 130, "FLEET99"), (500, 50, "SALE2024"))
    assert read(Vehicles(CAR), texts) == [("ABC1234", PlateStatus.READ)]


def test_text_on_no_vehicle_is_never_acted_on() -> None:
    """Where no vehicle carries a plate, the best other text is unsure at most."""
    assert read(Vehicles(CAR), Texts((500, 50, "ABC1234"))) == [("ABC1234", PlateStatus.UNSURE)]


def test_a_close_view_without_a_vehicle_is_read() -> None:
    """A photo on which no vehicle is found is a close view of one."""
    assert read(Vehicles(), Texts((300, 200, "ABC1234"))) == [("ABC1234", PlateStatus.READ)]


def test_a_plate_cut_by_the_photo_is_never_acted_on() -> None:
    """A plate that reaches the photo's edge may go on beyond it."""
    car = Box(400, 100, 600, 350)
    assert read(Vehicles(car), Texts((580, 300, "ABC123"))) == [("ABC123", PlateStatus.UNSURE)]


def test_looks_at_one_place_vote() -> None:
    """Several looks at one plate are one plate with all their raw reads."""
    texts = Texts((250, 300, "ABC1234"), (252, 301, "ABC1234"), (249, 300, "A8C1234"))
    (found,) = read_photo(PHOTO, Vehicles(CAR), texts, layout_book("any"), DAY)
    assert found.read.text == "ABC1234"
    assert len(found.read.raw) == 3
