"""Any ONNX vehicle detector that the config describes, on onnxruntime."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as native

from sergek.core.errors import ConfigError
from sergek.core.frame import Image, fitting_size
from sergek.core.vehicle import Detection
from sergek.vision.digests import file_sha256
from sergek.vision.merging import RawBoxes, merged
from sergek.vision.onnx_layouts import LAYOUTS
from sergek.vision.settings import DetectorSettings
from sergek.vision.views import Part, parts

__all__ = ["OnnxDetector"]

# What onnxruntime raises at a file that is no model, a broken one, or one it has no operator for.
_BAD_FILE = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NotImplemented,
    native.RuntimeException,
)
# Side of the network's picture where the file leaves it open.
_OPEN_SIDE_PX = 640
_GPU = "CUDAExecutionProvider"


class OnnxDetector:
    """A detector from a file; on a GPU where onnxruntime has one. Safe for several threads.

    Raises `ConfigError` if the file is missing, is not the one of the stated SHA-256, is no ONNX
    model or does not answer in the stated layout.
    """

    def __init__(self, settings: DetectorSettings) -> None:
        if not isinstance(settings.model, Path) or settings.layout is None:
            raise ConfigError("A detector file needs a path and a layout.")
        self._settings = settings
        self._path = settings.model
        self._layout = LAYOUTS[settings.layout]
        self._classes = settings.classes or self._layout.classes
        self._session = _session(self._path, settings.sha256)
        picture = self._session.get_inputs()[0]
        sides = [side if isinstance(side, int) else _OPEN_SIDE_PX for side in picture.shape[2:]]
        if len(sides) != 2:
            raise ConfigError(f"{self._path.name} does not take pictures: {picture.shape}.")
        self._height, self._width = sides
        self._workers = ThreadPoolExecutor(settings.threads, thread_name_prefix="detect")
        # A first answer tells a wrong layout now rather than at the first vehicle.
        self.detect([np.zeros((self._height, self._width, 3), np.uint8)])

    @property
    def name(self) -> str:
        """What the model is called in `sergek models`."""
        return self._path.stem

    def picture_size(self, width: int, height: int, most_wide: int) -> tuple[int, int]:
        """See `core.ports.Detector.picture_size`: the same shape."""
        return fitting_size(width, height, most_wide)

    def detect(self, frames: Sequence[Image]) -> list[list[Detection]]:
        """Road users per picture, boxes in that picture's pixels, best score first."""
        jobs = [
            (i, part)
            for i, frame in enumerate(frames)
            for part in parts(
                self._settings.views, self._settings.tiles, frame.shape[1], frame.shape[0]
            )
        ]
        found: list[list[tuple[Part, RawBoxes]]] = [[] for _ in frames]
        answers = self._workers.map(lambda job: self._look(frames[job[0]], job[1]), jobs)
        for (i, part), raw in zip(jobs, answers, strict=True):
            found[i].append((part, raw))
        return [
            merged(each, (frame.shape[1], frame.shape[0]), self._settings.max_overlap)
            for frame, each in zip(frames, found, strict=True)
        ]

    def _look(self, frame: Image, part: Part) -> RawBoxes:
        crop = frame[part.y1 : part.y2, part.x1 : part.x2]
        fitted = self._layout.fit(crop, self._width, self._height)
        outputs = self._session.run(None, self._inputs(fitted.planes))
        answer = self._layout.decode(outputs, self._width, self._height)
        known = np.isin(answer.classes, list(self._classes))
        good = np.flatnonzero(known & (answer.scores >= self._settings.min_score))
        scale = np.array([fitted.scale_x, fitted.scale_y] * 2)
        return RawBoxes(
            answer.boxes[good] * scale,
            [self._classes[int(kind)] for kind in answer.classes[good]],
            answer.scores[good],
        )

    def _inputs(self, planes: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
        picture, *others = self._session.get_inputs()
        inputs: dict[str, NDArray[np.generic]] = {picture.name: planes}
        for other in others:  # D-FINE asks for the size that its boxes shall be in
            inputs[other.name] = np.array([[self._width, self._height]], np.int64)
        return inputs


def _session(path: Path, sha256: str | None) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise ConfigError(f"There is no detector file {path}.")
    if file_sha256(path) != sha256:
        raise ConfigError(
            f"{path.name} is not the file the config means: its SHA-256 is {file_sha256(path)}."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    there = onnxruntime.get_available_providers()
    wanted = [each for each in (_GPU, "CPUExecutionProvider") if each in there]
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except _BAD_FILE as error:
        raise ConfigError(f"{path.name} is not a model that onnxruntime can run.") from error
