"""The default detector against the other ways to run the same file, and against a limit.

All run the same 300 × 300 picture on one thread. OpenCV's `dnn` and the whole graph must take at
least half as long again as the one in use; the tracker must take under a millisecond per picture.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import openvino as ov

from bench._results import note
from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.vision import ssd
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings, TrackerSettings
from sergek.vision.tracker import Tracker

TIMES_FASTER = 1.5
TRACKER_MS = 1.0
ONE_THREAD = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}


def cpu_ms(work: Callable[[], object], rounds: int = 15) -> float:
    """Median milliseconds of processor time."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1e3)
    return statistics.median(taken)


def _dnn(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Callable[[], object]:
    graph = ssd.graph_path()
    net = cv2.dnn.readNetFromTensorflow(
        str(graph), str(graph.parent / "ssd_mobilenet_v2_coco_2018_03_29.pbtxt")
    )

    def work() -> object:
        net.setInput(cv2.dnn.blobFromImage(picture, size=(300, 300), swapRB=True))
        return net.forward()

    return work


def _whole_graph(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Callable[[], object]:
    core = ov.Core()
    model = core.read_model(str(ssd.graph_path()))
    model.reshape({model.inputs[0]: ov.PartialShape([1, 300, 300, 3])})
    request = core.compile_model(model, "CPU", ONE_THREAD).create_infer_request()
    return lambda: request.infer({0: picture[None, ..., ::-1]})


def _tracker() -> Callable[[], object]:
    tracker = Tracker(TrackerSettings())
    clock = iter(range(1_000_000))

    def work() -> object:
        at = next(clock) / 5
        seen = [
            Detection(Box(40.0 * i + at, 100, 40.0 * i + at + 35, 130), VehicleClass.CAR, 0.9)
            for i in range(20)
        ]
        return tracker.update(seen, at)

    return work


def run() -> None:
    """Print each way's milliseconds and its multiple of the one in use."""
    cv2.setNumThreads(1)
    picture = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    detector = load_detector(DetectorSettings())
    own = cpu_ms(lambda: detector.detect([picture]))
    note("detector.cpu_ms_at_300_rows", own)
    print(f"in use (OpenVINO, cut graph, decoding and suppression) {own:.1f} ms")
    for name, work in (
        ("OpenVINO, whole graph", _whole_graph(picture)),
        ("OpenCV dnn", _dnn(picture)),
    ):
        ms = cpu_ms(work)
        note(f"detector.times_slower: {name}", ms / own, least=TIMES_FASTER)
        print(f"{name} {ms:.1f} ms, {ms / own:.1f} times (limit {TIMES_FASTER}: at least)")
    wide = np.zeros((720, 1280, 3), np.uint8)
    for height in (300, 416, 544):
        larger = load_detector(DetectorSettings(input_height_px=height))
        ms = cpu_ms(partial(larger.detect, [wide]))
        print(f"1280 × 720 at input height {height}: {ms:.1f} ms")
    ms = cpu_ms(_tracker(), 200)
    note("detector.tracker_ms_with_20_vehicles", ms, limit=TRACKER_MS)
    print(f"tracker, 20 vehicles {ms:.2f} ms ({ms / TRACKER_MS:.2f} of {TRACKER_MS} ms)")


if __name__ == "__main__":
    run()
