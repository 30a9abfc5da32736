"""The plate networks that come with the product: found by name, opened only if whole.

`weights/weights.toml` names each file with its SHA-256; a model card lies beside it.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import onnxruntime as ort

from sergek.core.errors import ConfigError, Corrupt

__all__ = ["WEIGHTS", "open_weights", "weights_path"]

WEIGHTS = Path(__file__).parent / "weights"


def weights_path(name: str, folder: Path = WEIGHTS) -> Path:
    """The file of a network after its digest was checked.

    `ConfigError` if no network of that name comes with the product, `Corrupt` if its file is
    missing or its SHA-256 is not the listed one.
    """
    listed = tomllib.loads((folder / "weights.toml").read_text(encoding="utf-8"))
    if name not in listed:
        known = ", ".join(sorted(listed))
        raise ConfigError(f"There is no plate network named {name}; choose one of: {known}.")
    path = folder / str(listed[name]["file"])
    if not path.is_file():
        raise Corrupt(f"The weights {path.name} are missing: install the product again.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != listed[name]["sha256"]:
        raise Corrupt(f"The weights {path.name} do not match their SHA-256: install them again.")
    return path


def open_weights(name: str, threads: int = 1, folder: Path = WEIGHTS) -> Any:
    """An ONNX Runtime session of a network of ours, on the processor."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    path = weights_path(name, folder)
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
