"""Photo files: upright pictures, or one sentence."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags
from PIL import Image as Pillow

from sergek.core.errors import ConfigError
from sergek.vision.photo_file import cleaned, decoded


def jpeg(orientation: int | None = None) -> bytes:
    """A 64 × 32 photo, red left and blue right."""
    picture = Pillow.new("RGB", (64, 32), (255, 0, 0))
    picture.paste((0, 0, 255), (32, 0, 64, 32))
    exif = Pillow.Exif()
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def test_colours_are_blue_green_red() -> None:
    """A red pixel comes out as OpenCV orders it."""
    picture = decoded(jpeg(), "a.jpg")
    assert picture.shape == (32, 64, 3)
    assert picture[16, 8] == pytest.approx([0, 0, 255], abs=6)


def test_photos_are_turned_upright() -> None:
    """A telephone's photo taken on its side stands as a viewer shows it."""
    picture = decoded(jpeg(orientation=6), "a.jpg")
    assert picture.shape == (64, 32, 3)
    assert picture[8, 16] == pytest.approx([0, 0, 255], abs=6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600), st.binary(max_size=40))
def test_any_bytes_are_a_picture_or_one_sentence(cut: int, tail: bytes) -> None:
    """Whatever is in the file, the answer is a picture or a ConfigError that names it."""
    try:
        picture = decoded(jpeg()[:cut] + tail, "a.jpg")
    except ConfigError as error:
        sentence = error.message
    else:
        sentence = "a.jpg is fine"
        assert picture.dtype == np.uint8
    assert sentence.startswith("a.jpg ")


def test_a_clean_photo_keeps_the_picture_and_hands_over_time_and_place() -> None:
    """What the camera wrote is read and gone from the file; nonsense is no place and no time."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    exif.get_ifd(ExifTags.IFD.Exif).update({0x9003: "2026:01:15 09:30:00", 0x9011: "+05:00"})
    gps = {1: "N", 2: (42.0, 54.0, 1.116), 3: "E", 4: (71.0, 22.0, 0.192)}
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    out = io.BytesIO()
    Pillow.new("RGB", (64, 32), (255, 0, 0)).save(out, "JPEG", exif=exif)
    clean = cleaned(out.getvalue(), "a.jpg")
    assert clean.taken_at is not None
    assert clean.taken_at.isoformat() == "2026-01-15T09:30:00+05:00"
    assert clean.place == (71.366720, 42.900310)
    kept = Pillow.open(io.BytesIO(clean.jpeg))
    assert kept.size == (32, 64)
    assert not kept.getexif()
    assert b"Exif" not in clean.jpeg
    plain = cleaned(jpeg(orientation=1), "b.jpg")
    assert (plain.taken_at, plain.place) == (None, None)
