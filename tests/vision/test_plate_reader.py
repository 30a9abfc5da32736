"""The plate reader on photos of cars, and what it refuses to call a plate."""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from sergek.core.frame import Image
from sergek.core.plate import PlateStatus
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import layout_book
from sergek.vision.plate_reader import NetworkPlateReader, load_plate_reader
from sergek.vision.settings import PlateReaderSettings

DAY = date(2026, 11, 22)
FONT = cv2.FONT_HERSHEY_DUPLEX


@pytest.fixture(scope="module")
def kz_reader() -> NetworkPlateReader:
    return load_plate_reader(PlateReaderSettings(threads=2))


def drawn(lines: list[tuple[str, float]], size: tuple[int, int] = (200, 90)) -> Image:
    """A white plate with dark lines of text (text, scale) on a grey car."""
    picture = np.full((360, 480, 3), 110, np.uint8)
    x, y, (w, h) = 140, 150, size
    cv2.rectangle(picture, (x, y), (x + w, y + h), (235, 240, 240), -1)
    cv2.rectangle(picture, (x, y), (x + w, y + h), (20, 20, 20), 2)
    step = h / len(lines)
    for i, (text, scale) in enumerate(lines):
        (tw, th), _ = cv2.getTextSize(text, FONT, scale, 2)
        at = (x + (w - tw) // 2, int(y + step * i + (step + th) / 2))
        cv2.putText(picture, text, at, FONT, scale, (15, 15, 15), 2, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (3, 3), 0)


def test_a_drawn_plate_is_read_where_it_stands(kz_reader: NetworkPlateReader) -> None:
    """The text, its layout and the place of a clear one-line plate are found."""
    (looks,) = kz_reader.read([drawn([("123 ABC 08", 1.0)], (220, 50))])
    read = verdict(looks[:1], layout_book("kz"), DAY)
    assert (read.text, read.layout, read.status) == ("123ABC08", "kz-2012-car", PlateStatus.READ)
    assert looks[0].box.centre == pytest.approx((250, 175), abs=22)
    assert all(len(corner) == 2 for corner in looks[0].corners)


def test_a_two_line_plate_is_one_plate(kz_reader: NetworkPlateReader) -> None:
    """Two lines of a square plate become one look of two lines."""
    (looks,) = kz_reader.read([drawn([("845", 1.4), ("08 BKM", 1.2)], (170, 110))])
    assert looks[0].raw.count("\n") == 1
    read = verdict(looks[:1], layout_book("kz"), DAY)
    assert (read.text, read.layout) == ("84508BKM", "kz-2012-lorry-rear")


@pytest.mark.parametrize("text", ["TOYOTA", "PHARMACY", "15:34:11", "20140514", "SALE 50%"])
def test_badges_signs_and_clocks_are_never_acted_on(
    kz_reader: NetworkPlateReader, text: str
) -> None:
    """Text that is no plate gives no look, or looks that are never read."""
    (looks,) = kz_reader.read([drawn([(text, 1.0)], (230, 60))])
    for look in looks:
        assert verdict([look], layout_book("kz"), DAY).status is not PlateStatus.READ


def test_nothing_is_found_on_nothing(kz_reader: NetworkPlateReader) -> None:
    """A blank picture and no pictures give no looks."""
    assert kz_reader.read([np.full((300, 400, 3), 90, np.uint8)]) == [[]]
    assert kz_reader.read([]) == []


def test_many_pictures_give_what_each_gives(kz_reader: NetworkPlateReader) -> None:
    """Pictures are answered in order, whatever their size."""
    one, two = drawn([("123 ABC 08", 1.0)], (220, 50)), drawn([("H 456 KBM", 1.0)], (220, 50))[50:]
    together = kz_reader.read([one, two])
    assert [looks[0].raw for looks in together] == [
        kz_reader.read([picture])[0][0].raw for picture in (one, two)
    ]


@pytest.mark.shared
def test_a_real_photo_is_read(shared_data: Path) -> None:
    """A photographed car's plate is read among other text on the car; the letters of its
    country on its left edge may be read with it."""
    photo = cv2.imread(str(shared_data / "plates" / "ukraine_cars" / "8.jpeg"))
    reader = load_plate_reader(PlateReaderSettings(plates="any", sides_px=(960,)))
    (looks,) = reader.read([photo])
    text = verdict(looks[:1], layout_book("any"), DAY).text
    assert text is not None
    assert text.endswith("AE1077CO")
