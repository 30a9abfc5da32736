"""The vehicle detectors: the default network, or any ONNX file the config describes."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from sergek.core.errors import Corrupt
from sergek.core.frame import Image, fitting_size
from sergek.core.ports import Detector
from sergek.core.vehicle import Detection
from sergek.vision import ssd
from sergek.vision.digests import file_sha256
from sergek.vision.merging import RawBoxes, merged
from sergek.vision.networks import ShapedNetwork
from sergek.vision.onnx_detector import OnnxDetector
from sergek.vision.settings import DetectorSettings
from sergek.vision.views import Part, parts

__all__ = ["SsdDetector", "load_detector"]


def load_detector(settings: DetectorSettings) -> Detector:
    """The detector that the settings name.

    Raises `ConfigError` if a file is missing, has another SHA-256 than stated, or does not have
    the stated layout; `Corrupt` if the default weights are not the known ones.
    """
    if settings.model == "default":
        return SsdDetector(settings)
    return OnnxDetector(settings)


def _default_cache() -> Path:
    """Where converted networks are kept unless the config says: XDG base directory rules."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "sergek"


class SsdDetector:
    """SSD MobileNet v2 (COCO) on OpenVINO; see `vision.ssd` for what was cut and why.

    COCO knows no van: a van is named car or truck, and this detector never says `VAN`.
    Safe to call from several threads.
    """

    def __init__(self, settings: DetectorSettings) -> None:
        self._settings = settings
        digest = file_sha256(ssd.graph_path())
        if digest != ssd.GRAPH_SHA256:
            raise Corrupt("The default detector's weights are not the known ones: reinstall.")
        core = ov.Core()
        network = ssd.read_network(core, settings.cache_dir or _default_cache())
        self._network = ShapedNetwork(
            core, lambda shape: ssd.shaped(network, shape[1], shape[2]), settings.threads
        )

    @property
    def name(self) -> str:
        """What the model is called in `sergek models`."""
        return "ssd_mobilenet_v2_coco"

    def picture_size(self, width: int, height: int, most_wide: int) -> tuple[int, int]:
        """The network's own input where it looks at the whole picture once."""
        seen = parts(self._settings.views, self._settings.tiles, width, height)
        if len(seen) == 1 and (seen[0].x2, seen[0].y2) == (width, height):
            wide, high = self._input_size(seen[0])
            if wide <= min(width, most_wide) and high % 2 == 0:
                return wide, high
        return fitting_size(width, height, most_wide)

    def detect(self, frames: Sequence[Image]) -> list[list[Detection]]:
        """Road users per picture, boxes in that picture's pixels, best score first."""
        jobs: list[tuple[int, Part]] = []
        for i, frame in enumerate(frames):
            height, width = frame.shape[:2]
            wanted = parts(self._settings.views, self._settings.tiles, width, height)
            jobs.extend((i, part) for part in wanted)
        pictures = [_seen(frames[i], part, self._input_size(part)) for i, part in jobs]
        found: list[list[tuple[Part, RawBoxes]]] = [[] for _ in frames]
        for (i, part), (codes, scores) in zip(jobs, self._network.infer(pictures), strict=True):
            size = self._input_size(part)
            found[i].append((part, self._decoded(codes[0], scores[0], part, size)))
        return [
            merged(answers, (frame.shape[1], frame.shape[0]), self._settings.max_overlap)
            for frame, answers in zip(frames, found, strict=True)
        ]

    def _input_size(self, part: Part) -> tuple[int, int]:
        """(width, height) at which the network sees a part: its own shape, in steps of 16."""
        high = self._settings.input_height_px
        shape = (part.x2 - part.x1) / (part.y2 - part.y1)
        wide = round(high * min(max(shape, 0.25), 4.0) / 16) * 16
        return max(wide, 64), high

    def _decoded(
        self,
        codes: NDArray[np.float32],
        scores: NDArray[np.float32],
        part: Part,
        size: tuple[int, int],
    ) -> RawBoxes:
        # Few of some thousand rows are any good: the flat comparison is ten times a row's best.
        good = np.unique(np.flatnonzero(scores >= self._settings.min_score) // scores.shape[1])
        best = scores[good].argmax(axis=1)
        score = scores[good, best]
        boxes = ssd.decode_boxes(codes[good], ssd.anchors(size[1], size[0])[good])
        scale = np.array([(part.x2 - part.x1) / size[0], (part.y2 - part.y1) / size[1]] * 2)
        kinds = [ssd.COCO_CLASSES[ssd.COCO_COLUMNS[i]] for i in best]
        return RawBoxes(boxes * scale, kinds, score.astype(np.float64))


def _seen(frame: Image, part: Part, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The part as the network sees it, 1 × height × width × 3."""
    crop: NDArray[Any] = frame[part.y1 : part.y2, part.x1 : part.x2]
    if (crop.shape[1], crop.shape[0]) != size:
        crop = cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(crop, dtype=np.uint8)[None]
