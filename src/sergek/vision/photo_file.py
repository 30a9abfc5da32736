"""A photo's bytes as a picture, upright as a viewer shows it; anything else is one sentence."""

import io
import warnings

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from sergek.core.errors import ConfigError
from sergek.core.frame import Image

__all__ = ["decoded"]

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
_MOST_PIXELS = 200_000_000
_SMALLEST_PX = 16


def decoded(data: bytes, name: str) -> Image:
    """The picture in a photo file, turned as its EXIF orientation says.

    Raises `ConfigError` with one sentence that names the file: empty, not a photo, cut short,
    broken, or too large or small to be one.
    """
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
            upright = ImageOps.exif_transpose(photo)
            colours = upright.convert("RGB")
    except (UnidentifiedImageError, Pillow.DecompressionBombError) as error:
        raise ConfigError(f"{name} is not a photo (JPEG, PNG, WebP, BMP or TIFF).") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ConfigError(f"{name} is cut short or damaged: send the file again.") from error
    if min(colours.size) < _SMALLEST_PX:
        raise ConfigError(f"{name} has only {colours.width} × {colours.height} pixels.")
    return np.ascontiguousarray(np.asarray(colours, dtype=np.uint8)[..., ::-1])
