"""What tests of the edge share: an edge on a real RTSP server, with a detector for drawn clips."""

import contextlib
import time
from dataclasses import dataclass, field

import pytest

from sergek.adapters.video import open_source
from sergek.core.coverage import Coverage
from sergek.core.live import CameraStatus, LiveBoxes
from sergek.core.passage import Passage
from sergek.core.plate import PlateLook
from sergek.core.vehicle import Box
from sergek.edge.settings import EdgeSettings
from sergek.edge.worker import EdgePorts, EdgeWorker
from sergek.testing.blobs import BlobDetector
from sergek.testing.memory import MemoryBus, MemoryEventLog, MemoryEvidenceStore
from sergek.testing.rtsp import FaultyProxy, write_clip
from sergek.wiring.sight import plate_verdict


class OnePlate:
    """Sees the same plate on every picture that is large enough."""

    def read(self, pictures):
        corners = ((0.0, 0.0), (52.0, 0.0), (52.0, 11.0), (0.0, 11.0))
        text = "123ABC08"
        letters = tuple(((letter, 1.0),) for letter in text)
        return [[PlateLook(Box(0, 0, 52, 11), corners, text, letters, 1.0, 1.0)] for _ in pictures]


# Ports and settings of a worker that reads one plate on all that drives.
ONE_PLATE = {
    "readers": {"kz": OnePlate()},
    "verdict": plate_verdict,
    "settings": EdgeSettings(plate_min_vehicle_px=20),
}


@dataclass
class Edge:
    """A running worker and everything that it said."""

    log: MemoryEventLog = field(default_factory=MemoryEventLog)
    evidence: MemoryEvidenceStore = field(default_factory=MemoryEvidenceStore)
    bus: MemoryBus = field(default_factory=MemoryBus)
    heard: list = field(default_factory=list)

    def __post_init__(self):
        self.bus.subscribe(
            "sergek.>", lambda name, data: self.heard.append((time.monotonic(), name, data))
        )

    @contextlib.contextmanager
    def running(self, *cameras, settings=None, opener=open_source, clock=None, **more):
        """Runs a worker; stops it in the end. `more` are further ports."""
        more |= {} if clock is None else {"clock": clock}
        ports = EdgePorts(opener, BlobDetector(), self.log, self.evidence, self.bus, **more)
        worker = EdgeWorker(settings or EdgeSettings(record_retry_s=0.1), cameras, ports)
        worker.start()
        try:
            yield worker
        finally:
            assert worker.stop() == 0

    def statuses(self, camera="c"):
        """(when, status) of a camera, in order."""
        return [
            (when, CameraStatus.model_validate_json(data))
            for when, name, data in self.heard
            if name == f"sergek.status.{camera}"
        ]

    def plates(self, camera="c"):
        """The plate on each box that was told of a camera, None where it shows none."""
        told = [data for _, name, data in self.heard if name == f"sergek.boxes.{camera}"]
        return [box.plate for data in told for box in LiveBoxes.model_validate_json(data).boxes]

    def until(self, condition, seconds=15.0):
        """Waits for what must happen; the condition sees nothing but this object."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s; last: {self.statuses()[-1:]}")

    def state(self, camera="c"):
        """The camera's last state."""
        told = self.statuses(camera)
        return told[-1][1].state if told else None

    def passages(self):
        """All passages in the log."""
        return [
            Passage.model_validate(e.event.body)
            for e in self.log.read(0, 10**6)
            if e.kind == "passage.recorded"
        ]

    def ledger(self, camera="c"):
        """All spans of a camera in the log."""
        return [
            Coverage.model_validate(e.event.body)
            for e in self.log.read(0, 10**6)
            if e.kind == "coverage.recorded" and e.event.subject == camera
        ]


@pytest.fixture
def edge():
    return Edge()


@pytest.fixture
def proxy(server):
    """Between the worker and the test module's server, to break the way."""
    with FaultyProxy(server.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """A square that crosses the picture every 2.75 s, large and small, and other codecs."""
    folder = tmp_path_factory.mktemp("edge-clips")
    return {
        "main": write_clip(folder / "main.h264", size=(640, 360), seconds=5.5),
        "sub": write_clip(folder / "sub.h264", size=(320, 180), seconds=5.5),
        "h265": write_clip(folder / "h265.h265", codec="libx265", seconds=5.5),
        "file": write_clip(folder / "file.mp4", size=(640, 360), seconds=5.5),
    }
