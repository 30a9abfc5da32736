"""Where RapidOCR's weights lie: PP-OCRv6 small, Apache-2.0, inside the `rapidocr` wheel."""

import importlib.util
from pathlib import Path

from sergek.core.errors import ConfigError, Corrupt

__all__ = ["DETECTION_FILE", "RECOGNITION_FILE", "ocr_weights"]

DETECTION_FILE = "PP-OCRv6_det_small.onnx"
RECOGNITION_FILE = "PP-OCRv6_rec_small.onnx"


def ocr_weights(name: str) -> Path:
    """The path of one of the wheel's model files."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ConfigError("The plate reader needs the package rapidocr.")
    path = Path(spec.origin).parent / "models" / name
    if not path.is_file():
        raise Corrupt(f"{name} is missing from rapidocr: install it again.")
    return path
