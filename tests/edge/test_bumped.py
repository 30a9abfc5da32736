"""A bumped camera stops accusing: a whole edge, the picture shifted by 8 px in mid-stream."""

import time
from datetime import datetime

import av
import numpy as np
import pytest

from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.disqualification import Disqualification
from sergek.core.passage import Passage
from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.core.vehicle import Box
from sergek.edge.drifting import MemoryReferences
from sergek.edge.sealing import SitePorts
from sergek.edge.settings import EdgeSettings
from sergek.edge.sites import SiteBook
from sergek.edge.worker import EdgePorts, EdgeWorker
from sergek.testing.blobs import BlobDetector
from sergek.testing.memory import MemoryBus, MemoryEventLog, MemoryEvidenceStore
from sergek.testing.passages import Mount, survey_of
from sergek.testing.sites import example_site, with_changes
from sergek.testing.steady_source import SteadySource

MOUNT = Mount(focal_px=700.0, k1=0.0, turn_deg=0.0, roll_deg=0.0, x_m=0.0, width=640, height=360)
SECONDS, BUMPED_S, FPS = 60, 22.0, 10


class Plates:
    """A plate in the middle of every vehicle, always legible."""

    def read(self, pictures):
        return [[self._look(picture)] for picture in pictures]

    def _look(self, picture):
        high, wide = picture.shape[:2]
        x, y = wide / 2, high / 2
        box = Box(x - 20, y - 5, x + 20, y + 5)
        corners = ((x - 20, y - 5), (x + 20, y - 5), (x + 20, y + 5), (x - 20, y + 5))
        return PlateLook(box, corners, "123ABC08", (), 1.0, 1.0)


def verdict(looks, plates, on):
    status = PlateStatus.READ if looks else PlateStatus.NONE
    return PlateRead("123ABC08" if looks else None, "car", 0.999, status, (), ())


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A bright car crosses a dark street every four seconds; the camera is bumped once."""
    path = tmp_path_factory.mktemp("bumped") / "street.mp4"
    rng = np.random.default_rng(4)
    street = np.full((360, 660, 3), 70, np.uint8)
    for _ in range(160):
        x, y = int(rng.integers(0, 630)), int(rng.integers(0, 330))
        street[y : y + 26, x : x + 26] = rng.integers(10, 130, 3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for i in range(SECONDS * FPS):
            shift = 8 if i / FPS >= BUMPED_S else 0
            picture = np.ascontiguousarray(street[:, shift : shift + 640])
            x = (i % 40) * 18 - 40
            picture[187:223, max(0, x) : max(0, x + 40)] = 220
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))
    return path


def site():
    """A road across the picture; everybody drives it the wrong way."""
    channel, survey = survey_of(MOUNT)
    lane = {
        "number": 1,
        "polygon_m": [(-9.0, 14.0), (9.0, 14.0), (9.0, 20.0), (-9.0, 20.0)],
        "heading_deg": 270.0,
        "valid_from": "2015-01-01T00:00:00+06:00",
    }
    data = channel.model_dump() | {"camera_id": "c", "surveys": [survey.model_dump()]}
    return with_changes(
        example_site(), channels=[data], heads=[], lines=[], zones=[], limits=[], lanes=[lane]
    )


@pytest.fixture(scope="module")
def log(clip):
    workers, log = [], MemoryEventLog()
    ports = EdgePorts(
        lambda url, **_: SteadySource(open_source(url, realtime=False), lambda: workers[0].busy),
        BlobDetector(),
        log,
        MemoryEvidenceStore(),
        MemoryBus(),
        readers={"kz": Plates()},
        verdict=verdict,
        sites=SitePorts(
            SiteBook({"c": site()}), lambda _: 1, lambda _: b"sealed", MemoryReferences()
        ),
    )
    settings = EdgeSettings(site_fps=FPS, plate_min_vehicle_px=16, gate=False, stall_s=30)
    workers.append(EdgeWorker(settings, [Camera(id="c", name="c", main=str(clip))], ports))
    workers[0].start()
    end = time.monotonic() + 120
    while time.monotonic() < end and len(passages(log)) < SECONDS // 4 - 1:
        time.sleep(0.1)
    assert workers[0].stop() == 0
    return log


def passages(log):
    found = [e.event for e in log.read(0, 10**5) if e.kind == "passage.recorded"]
    return sorted((Passage.model_validate(e.body) for e in found), key=lambda p: p.entered_s)


@pytest.mark.timeout(300)
def test_it_stops_accusing_within_a_minute_and_for_good(log):
    """Every vehicle has a case before the bump; from 15 s after it nobody has, with the reason."""
    accused = {
        e.event.body["passage_id"] for e in log.read(0, 10**5) if e.kind == "violation.found"
    }
    before = [p for p in passages(log) if p.left_s < BUMPED_S]
    after = [p for p in passages(log) if p.entered_s > BUMPED_S + 16]
    assert len(before) >= 4
    assert len(after) >= 4
    assert all(p.passage_id in accused for p in before)
    assert not any(p.passage_id in accused for p in after)
    assert {p.speed.reason for p in after} == {"camera_moved"}


def test_the_cases_in_doubt_can_be_told_from_the_sound_ones(log):
    """One fact says by how much, when it was noticed, and since when nothing is sure."""
    told = [e.event for e in log.read(0, 10**5) if e.kind == "site.disqualified"]
    assert len(told) == 1
    found = Disqualification.model_validate(told[0].body)
    assert found.shift_px == pytest.approx(8, abs=1)
    began = min(p.entered_at for p in passages(log))
    first_s = passages(log)[0].entered_s

    def media_s(at: datetime) -> float:
        return first_s + (at - began).total_seconds()

    assert media_s(found.last_good_at) < BUMPED_S
    assert media_s(found.noticed_at) < BUMPED_S + 20
    doubtful = [
        e.event.happened_at
        for e in log.read(0, 10**5)
        if e.kind == "violation.found" and e.event.happened_at > found.last_good_at
    ]
    assert doubtful
