"""What the pipeline costs over the bare decode and bare inference of the same pictures.

    python -m bench pipeline

Four 1080p25 cameras of a real RTSP server (its own process, not counted), 5 analysed pictures per
second. The limit is the CPU of decoding the same number of pictures with FFmpeg and of the same
number of bare network calls, in the same run. Then how many cameras two cores would hold, and
what becomes of sixteen with sub streams that really run (`python -m bench.pipeline --held 16`
runs that alone).
"""

import argparse
import os
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
from av.codec.context import ThreadType
from av.video.stream import VideoStream

from bench._cpu import cpu_s
from bench._results import note
from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.edge.settings import EdgeSettings
from sergek.edge.worker import EdgePorts, EdgeWorker
from sergek.testing.memory import MemoryBus, MemoryEventLog, MemoryEvidenceStore
from sergek.testing.rtsp import APT_LINE, RtspServer, camera
from sergek.vision.detector import load_detector
from sergek.vision.settings import DetectorSettings

_CAMERAS = 4
_SECONDS = 20
# A road where something always moves, and one with a vehicle now and then.
_SCENES = {"busy": "hangzhou_stopline_msaid.mp4", "quiet": "car-detection_intel.mp4"}
_LIMIT = 1.15
_HELD, _HELD_S = 16, 60.0
# Five are due; with fewer the machine was too busy for the figures to mean anything.
_WHOLE_FPS, _BOTH_CORES = 4.5, 1.6


@dataclass(frozen=True)
class _Run:
    """One measured run: CPU and wall seconds, pictures, network calls, share of open gate."""

    cpu_s: float
    wall_s: float
    pictures: int
    main_pictures: int
    calls: int
    open_share: float
    analysed_fps: float
    least_fps: float


def run() -> None:
    if not RtspServer.available():
        print(f"no RTSP server here: {APT_LINE}")
        return
    # Kept for the next time: encoding takes a minute.
    folder = Path(tempfile.gettempdir()) / f"sergek-bench-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for scene, file in _SCENES.items():
        main, sub = _clips(folder, scene, file)
        with RtspServer({"main": camera(main), "sub": camera(sub)}) as server:
            for label, low in (("one_stream", None), ("sub_stream", server.url("sub"))):
                _report(f"{scene}.{label}", server.url("main"), low, main, sub)
    hold(_HELD)


def hold(cameras: int) -> None:
    """Run so many cameras with sub streams, on each scene."""
    folder = Path(tempfile.gettempdir()) / f"sergek-bench-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for scene, file in _SCENES.items():
        _held(scene, cameras, *_clips(folder, scene, file))


def _held(scene: str, cameras: int, main: Path, sub: Path) -> None:
    """Run so many cameras with sub streams in real time; their server runs beside them."""
    mounts = {"main": camera(main, shared=True), "sub": camera(sub, shared=True)}
    with RtspServer(mounts) as server:
        served_s = cpu_s(server.pid)
        done = _pipeline(
            load_detector(DetectorSettings(threads=EdgeSettings().analysis_threads)),
            server.url("main"),
            server.url("sub"),
            cameras,
            _HELD_S,
        )
        served_s = cpu_s(server.pid) - served_s
    print(
        f"{scene}: {cameras} cameras with sub streams for {done.wall_s:.0f} s: analysed "
        f"{done.analysed_fps:.2f} per second and camera, {done.least_fps:.2f} at the worst camera; "
        f"{done.cpu_s / done.wall_s:.2f} cores, the server of the streams beside it "
        f"{served_s / done.wall_s:.2f}; other work on this machine: load {os.getloadavg()[0]:.1f}"
    )
    if done.analysed_fps < _WHOLE_FPS and done.cpu_s / done.wall_s < _BOTH_CORES:
        print("  not kept: other work had most of this machine")
        return
    note(f"pipeline.{scene}.sub_stream.run_{cameras}.analysed_fps", done.analysed_fps, least=4.8)
    note(f"pipeline.{scene}.sub_stream.run_{cameras}.cores", done.cpu_s / done.wall_s, limit=2)


def _report(label: str, main_url: str, sub_url: str | None, main: Path, sub: Path) -> None:
    detector = load_detector(DetectorSettings())
    done = _pipeline(detector, main_url, sub_url)
    decode_ms = _bare_decode_ms(main if sub_url is None else sub)
    main_ms = _bare_decode_ms(main)
    infer_ms = _bare_inference_ms(detector)
    bare_s = (done.pictures * decode_ms + done.calls * infer_ms) / 1e3
    bare_s += done.main_pictures * main_ms / 1e3
    ratio = done.cpu_s / bare_s
    held = os.cpu_count() or 1
    per_camera = done.cpu_s / done.wall_s / _CAMERAS
    print(
        f"{label}: pipeline {done.cpu_s:.2f} s CPU, bare {bare_s:.2f} s "
        f"({done.pictures} pictures × {decode_ms:.2f} ms, {done.main_pictures} of the main stream "
        f"on demand × {main_ms:.2f} ms, {done.calls} network calls × {infer_ms:.2f} ms); "
        f"gate open {done.open_share:.0%}, analysed {done.analysed_fps:.1f} per second and camera"
    )
    print(f"  ratio {ratio:.3f} (limit {_LIMIT})")
    print(
        f"  {per_camera:.3f} of a core per camera: {2 / per_camera:.1f} cameras on 2 cores "
        f"(computed; this machine has {held})"
    )
    if done.analysed_fps < _WHOLE_FPS:
        print("  not kept: other work left too little of this machine to analyse every due picture")
        return
    note(f"pipeline.{label}.cpu_over_bare", ratio, limit=_LIMIT)
    least = 8 if sub_url is None else 16
    note(f"pipeline.{label}.cameras_on_2_cores", 2 / per_camera, least=least)
    note(f"pipeline.{label}.gate_open_share", done.open_share)


def _pipeline(
    detector: Any,
    main_url: str,
    sub_url: str | None,
    count: int = _CAMERAS,
    for_s: float = _SECONDS,
) -> _Run:
    cameras = [
        Camera(id=f"c{i}", name=f"C{i}", main=main_url, sub=sub_url, plates="none")
        for i in range(count)
    ]
    ports = EdgePorts(open_source, detector, MemoryEventLog(), MemoryEvidenceStore(), MemoryBus())
    worker = EdgeWorker(EdgeSettings(), cameras, ports)
    worker.start()
    time.sleep(5)
    before, wall, cpu = _counts(worker), time.monotonic(), time.process_time()
    time.sleep(for_s)
    cpu_s, wall_s = time.process_time() - cpu, time.monotonic() - wall
    after = _counts(worker)
    share = sum(c.status().gate_open_share for c in worker.cameras.values()) / count
    worker.stop()
    pictures, main_pictures, calls = (
        sum(b[i] - a[i] for a, b in zip(before, after, strict=True)) for i in range(3)
    )
    analysed = [(b[3] - a[3]) / wall_s for a, b in zip(before, after, strict=True)]
    return _Run(
        cpu_s,
        wall_s,
        pictures,
        main_pictures,
        calls,
        share,
        sum(analysed) / count,
        min(analysed),
    )


def _counts(worker: EdgeWorker) -> list[tuple[int, int, int, int]]:
    """Per camera: pictures decoded, of the main stream on demand, network calls, analysed."""
    return [
        (c.decoded, c.pictures.decoded, c.analysing.network_calls, c.analysing.taken)
        for c in worker.cameras.values()
    ]


def _bare_decode_ms(clip: Path) -> float:
    """CPU per picture of FFmpeg alone, one thread; the median of three passes.

    Not the best: the pipeline too was measured on a machine as busy as this one is.
    """
    passes: list[float] = []
    for _ in range(3):
        with av.open(str(clip)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            stream.codec_context.thread_type = ThreadType.SLICE
            began, count = time.process_time(), 0
            for _ in container.decode(stream):
                count += 1
            passes.append((time.process_time() - began) * 1e3 / count)
    return median(passes)


def _bare_inference_ms(detector: Any) -> float:
    """CPU of one call of the network with its input ready, nothing before or after."""
    high = detector._settings.input_height_px
    wide = round(high * 16 / 9 / 16) * 16
    picture = np.random.default_rng(1).integers(0, 255, (1, high, wide, 3), np.uint8)
    detector._network.infer([picture])
    passes: list[float] = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(20):
            detector._network.infer([picture])
        passes.append((time.process_time() - began) * 1e3 / 20)
    return median(passes)


def _clips(folder: Path, scene: str, file: str) -> tuple[Path, Path]:
    """A street of the shared data at 1080p25 and 640 × 360, about 4 and 0.7 Mbit/s."""
    shared = Path(os.environ.get("SERGEK_SHARED", "../shared"))
    source = shared / "data/video" / file
    if not source.exists():
        raise SystemExit(f"no street footage at {source} (set SERGEK_SHARED)")
    made = []
    for name, size, rate in (("main", (1920, 1080), "4M"), ("sub", (640, 360), "700k")):
        target = folder / f"{scene}-{name}.h264"
        if not target.exists():
            half = folder / f"{scene}-{name}.half.h264"
            _encode(source, half, size, rate)
            half.rename(target)
        made.append(target)
    return made[0], made[1]


def _encode(source: Path, target: Path, size: tuple[int, int], rate: str) -> None:
    options = {"preset": "veryfast", "g": "50", "bf": "0", "b": rate, "maxrate": rate}
    options |= {"bufsize": rate, "sc_threshold": "0"}
    with av.open(str(source)) as given, av.open(str(target), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=25, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        repeat = round(25 / float(given.streams.video[0].average_rate or 25))
        pictures = (frame for frame in given.decode(video=0) for _ in range(repeat))
        for index, frame in enumerate(pictures):
            scaled = frame.reformat(*size, format="yuv420p")
            scaled.pts, scaled.time_base = index, Fraction(1, 25)
            out.mux(stream.encode(scaled))
        out.mux(stream.encode(None))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", type=int, default=_HELD)
    hold(parser.parse_args().held)
