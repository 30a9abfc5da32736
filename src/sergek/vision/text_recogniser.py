"""Reads lines of text: PP-OCRv6's recogniser on OpenVINO, decoded without a fixed alphabet.

The network gives, per step along the line, the probability of every character it knows (18,708
and a blank); repeats merge and blanks vanish (CTC: Graves et al., ICML 2006). Decoding freely
and looking at Latin letters and digits afterwards reads more plates right than forbidding the
others beforehand.
"""

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
import onnxruntime
import openvino as ov
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.vision.networks import Network
from sergek.vision.ocr_weights import RECOGNITION_FILE, ocr_weights
from sergek.vision.plate_ports import PlateCandidate, Recognition
from sergek.vision.quads import straightened

__all__ = ["TextRecogniser"]

_HEIGHT_PX = 48
_WIDTHS_PX = (160, 320, 640)
_LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALTERNATIVES, _LEAST_PROBABILITY = 5, 0.005


class TextRecogniser:
    """`PlateRecogniser` on RapidOCR's weights; safe to call from several threads."""

    def __init__(self, core: ov.Core, threads: int) -> None:
        self._path = ocr_weights(RECOGNITION_FILE)
        self._network = Network(core, core.read_model(str(self._path)), threads)

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        return "pp-ocrv6-rec-small"

    def recognise(self, wanted: Sequence[tuple[Image, PlateCandidate]]) -> list[Recognition]:
        """One reading per candidate, in order; a candidate without lines is read as one."""
        inputs: list[NDArray[np.float32]] = []
        counts: list[int] = []
        for picture, candidate in wanted:
            lines = candidate.lines or (candidate.corners,)
            inputs.extend(
                _planes(straightened(picture, np.array(line), _HEIGHT_PX, _WIDTHS_PX[-1]))
                for line in lines
            )
            counts.append(len(lines))
        answers = iter(self._network.infer(inputs))
        found: list[Recognition] = []
        for count in counts:
            read = [self._decoded(next(answers)[0][0]) for _ in range(count)]
            found.append(
                Recognition(
                    raw="\n".join(each.raw for each in read if each.raw),
                    characters=tuple(c for each in read for c in each.characters),
                )
            )
        return found

    @cached_property
    def _alphabet(self) -> list[str]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(self._path), options, providers=["CPUExecutionProvider"]
        )
        listed = session.get_modelmeta().custom_metadata_map["character"].split("\n")
        return ["", *listed, " "]

    @cached_property
    def _latin_columns(self) -> NDArray[np.intp]:
        """Per Latin letter or digit the columns of it and its small form (the digit twice)."""
        index = {character: i for i, character in enumerate(self._alphabet)}
        return np.array([(index[c], index[c.lower()]) for c in _LATIN], dtype=np.intp)

    def _decoded(self, steps: NDArray[np.float32]) -> Recognition:
        best = steps.argmax(axis=1)
        raw: list[str] = []
        characters: list[tuple[tuple[str, float], ...]] = []
        start = 0
        for i in range(1, len(best) + 1):
            if i < len(best) and best[i] == best[start]:
                continue
            if best[start] != 0 and self._alphabet[best[start]].strip():
                run = steps[start:i]
                raw.append(self._alphabet[best[start]])
                characters.append(self._alternatives(run[run[:, best[start]].argmax()]))
            start = i
        return Recognition("".join(raw), tuple(characters))

    def _alternatives(self, step: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
        pairs = step[self._latin_columns]
        # A digit's two columns are one and the same.
        chances = np.where(np.arange(len(_LATIN)) < 10, pairs[:, 0], pairs.sum(axis=1))
        found = [(_LATIN[i], float(chances[i])) for i in np.argsort(-chances)[:_ALTERNATIVES]]
        found.append(("", max(1.0 - float(chances.sum()), 0.0)))
        likely = [each for each in found if each[1] >= _LEAST_PROBABILITY]
        return tuple(sorted(likely, key=lambda each: -each[1]))


def _planes(strip: Image) -> NDArray[np.float32]:
    """The strip as the network takes it: 1 × 3 × 48 × the next width, the rest grey."""
    width = strip.shape[1]
    room = next((each for each in _WIDTHS_PX if width <= each), _WIDTHS_PX[-1])
    if width > room:
        strip = cv2.resize(strip, (room, _HEIGHT_PX)).astype(np.uint8)
        width = room
    planes = np.zeros((1, 3, _HEIGHT_PX, room), dtype=np.float32)
    planes[0, :, :, :width] = strip.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
    return planes
