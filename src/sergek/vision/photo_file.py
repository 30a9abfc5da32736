"""A photo's bytes as a picture, upright as a viewer shows it; anything else is one sentence."""

import io
import warnings
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import ExifTags, ImageOps, UnidentifiedImageError
from PIL import Image as Pillow

from sergek.core.errors import ConfigError
from sergek.core.frame import Image
from sergek.core.geo import LngLat

__all__ = ["CleanPhoto", "cleaned", "decoded"]

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
_MOST_PIXELS = 200_000_000
_SMALLEST_PX = 16


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A JPEG without anything of the camera's own data, and what that data said.

    `place` is WGS 84 (°); `taken_at` has no zone where the camera wrote none.
    """

    jpeg: bytes
    taken_at: datetime | None
    place: LngLat | None


def cleaned(data: bytes, name: str, most_px: int = 2048) -> CleanPhoto:
    """The photo drawn anew, upright, at most so large; its EXIF time and place beside it.

    EXIF 2.32 (JEITA CP-3451): time of the original and its offset, GPS as degrees, minutes,
    seconds. Raises `ConfigError` as `decoded` does.
    """
    upright, exif = _opened(data, name)
    upright.thumbnail((most_px, most_px))
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG", quality=90, optimize=True)
    return CleanPhoto(drawn.getvalue(), _taken_at(exif), _place(exif))


def decoded(data: bytes, name: str) -> Image:
    """The picture in a photo file, turned as its EXIF orientation says.

    Raises `ConfigError` with one sentence that names the file: empty, not a photo, cut short,
    broken, or too large or small to be one.
    """
    upright, _exif = _opened(data, name)
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[..., ::-1])


def _opened(data: bytes, name: str) -> tuple[Pillow.Image, Pillow.Exif]:
    if not data:
        raise ConfigError(f"{name} is empty.")
    if data.startswith(b"%PDF"):
        raise ConfigError(f"{name} is a PDF document: export its pages as JPEG or PNG photos.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            photo = Pillow.open(io.BytesIO(data), formats=_FORMATS)
            if photo.width * photo.height > _MOST_PIXELS:
                raise ConfigError(f"{name} has {photo.width} × {photo.height} pixels: too many.")
            exif = photo.getexif()
            colours = ImageOps.exif_transpose(photo).convert("RGB")
    except (UnidentifiedImageError, Pillow.DecompressionBombError) as error:
        raise ConfigError(f"{name} is not a photo (JPEG, PNG, WebP, BMP or TIFF).") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ConfigError(f"{name} is cut short or damaged: send the file again.") from error
    if min(colours.size) < _SMALLEST_PX:
        raise ConfigError(f"{name} has only {colours.width} × {colours.height} pixels.")
    return colours, exif


def _taken_at(exif: Pillow.Exif) -> datetime | None:
    """When the shutter opened, if the camera says so in the standard's form."""
    about = exif.get_ifd(ExifTags.IFD.Exif)
    text = str(about.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(about.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    for words, form in ((text + offset, "%Y:%m:%d %H:%M:%S%z"), (text, "%Y:%m:%d %H:%M:%S")):
        try:
            return datetime.strptime(words, form)  # noqa: DTZ007 – the caller knows the zone
        except ValueError:
            continue
    return None


def _place(exif: Pillow.Exif) -> LngLat | None:
    """Where the camera stood, if its receiver knew."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat, lng = (
            sum(float(part) / 60**power for power, part in enumerate(gps[tag]))
            for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)
        )
        south = gps[ExifTags.GPS.GPSLatitudeRef] == "S"
        west = gps[ExifTags.GPS.GPSLongitudeRef] == "W"
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    place = (round(-lng if west else lng, 6), round(-lat if south else lat, 6))
    known = abs(place[0]) <= 180 and abs(place[1]) <= 90 and place != (0.0, 0.0)
    return place if known else None
