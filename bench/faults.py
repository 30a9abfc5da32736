"""How soon a broken camera is noticed, and how soon its picture is back.

    python -m bench faults

A real RTSP server, a proxy before it, an edge that watches one camera. Ten times each: the stream
stalls with its connection open (limit 3 s), the camera is killed ("at once": half a second), and
it comes back after four seconds of refusing (first decoded picture within 2 s).
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from bench._results import note
from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.live import CameraState
from sergek.edge.camera import CameraWorker
from sergek.edge.settings import EdgeSettings
from sergek.edge.worker import EdgePorts, EdgeWorker
from sergek.testing.blobs import BlobDetector
from sergek.testing.memory import MemoryBus, MemoryEventLog, MemoryEvidenceStore
from sergek.testing.rtsp import APT_LINE, FaultyProxy, RtspServer, camera, write_clip

_ROUNDS, _AWAY_S = 10, 4.0
_LIMITS = {"stall_noticed_s": 3.0, "killed_noticed_s": 0.5, "first_picture_s": 2.0}


def run() -> None:
    if not RtspServer.available():
        print(f"no RTSP server here: {APT_LINE}")
        return
    with tempfile.TemporaryDirectory() as folder:
        clip = write_clip(Path(folder) / "clip.h264", size=(1280, 720), seconds=11, gop=50)
        with RtspServer({"c": camera(clip)}) as server, FaultyProxy(server.port) as proxy:
            url = server.url("c", port=proxy.port)
            memory = MemoryEventLog(), MemoryEvidenceStore(), MemoryBus()
            ports = EdgePorts(open_source, BlobDetector(), *memory)
            worker = EdgeWorker(EdgeSettings(), [Camera(id="c", name="C", main=url)], ports)
            worker.start()
            found = _measure(worker.cameras["c"], proxy)
            worker.stop()
    for name, values in found.items():
        limit = _LIMITS[name]
        print(
            f"{name}: median {median(values):.2f}, worst {max(values):.2f} of {len(values)} "
            f"(limit {limit}) = {max(values) / limit:.2f}"
        )
        note(f"faults.{name}_worst_of_{len(values)}", max(values), limit=limit)


def _measure(watched: CameraWorker, proxy: FaultyProxy) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in _LIMITS}

    def is_up() -> bool:
        return watched.main.condition.state is CameraState.LIVE

    for _ in range(_ROUNDS):
        _wait(is_up)
        time.sleep(2)
        proxy.stall()
        # The last packet may have passed up to a frame interval before.
        found["stall_noticed_s"].append(_wait(lambda: not is_up()))
        proxy.cut()
        proxy.flow()
        _wait(is_up)
        time.sleep(2)
        proxy.refuse()
        found["killed_noticed_s"].append(_wait(lambda: not is_up()))
        time.sleep(_AWAY_S)
        before = watched.decoded
        proxy.accept()
        found["first_picture_s"].append(_wait(partial(_grown, watched, before)))
    return found


def _grown(watched: CameraWorker, before: int) -> bool:
    return watched.decoded > before


def _wait(condition: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > 30:
            raise SystemExit("the camera did not come to that state within 30 s")
        time.sleep(0.005)
    return time.monotonic() - began
