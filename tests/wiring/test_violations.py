"""The demo's junction and avenue through a whole edge: cases, sealed, that anybody can check."""

import dataclasses
import json
import time
from pathlib import Path

import av
import pytest

from sergek.adapters.evidence.container import unpack
from sergek.adapters.evidence.trust import TrustedKey, TrustList
from sergek.adapters.evidence.verify import verify
from sergek.adapters.video import open_source
from sergek.config.load import load
from sergek.core.passage import Passage
from sergek.core.violation import Offence, ViolationFound
from sergek.edge.worker import EdgeWorker
from sergek.testing.memory import MemoryBus
from sergek.testing.steady_source import SteadySource
from sergek.wiring.edge import edge_ports
from sergek.wiring.stores import edge_stores

ROOT = Path(__file__).parents[2]
WAIT_S = 350.0
# Where something happens: (from, until) in the clips.
PARTS_S = {"abay-1": (14.0, 21.5), "zhambyl-9": (10.5, 16.0)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Some seconds of junction and avenue through an edge worker."""
    data = tmp_path_factory.mktemp("edge")
    environment = {
        "SERGEK__STORAGE__DATA": json.dumps(str(data)),
        "SERGEK__STORAGE__RESERVE_MIB": "0",
    }
    settings = load(ROOT / "cities" / "taraz-demo.toml", environment)
    cameras = [camera for camera in settings.camera if camera.id in PARTS_S]
    stores, workers = edge_stores(settings), []

    def opened(url, **_):
        name = next(camera.id for camera in cameras if str(camera.main) == str(url))
        source = open_source(url, realtime=False)
        return SteadySource(source, lambda: workers[0].busy, *PARTS_S[name])

    ports = dataclasses.replace(
        edge_ports(settings, cameras, stores, MemoryBus()), open_source=opened
    )
    # A busy machine is no stalled camera.
    patient = settings.edge.model_copy(update={"stall_s": 30.0})
    workers.append(EdgeWorker(patient, cameras, ports, settings.tracker))
    workers[0].start()
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if {one.camera_id for one in violations(stores)} == set(PARTS_S):
            break
        time.sleep(0.3)
    assert workers[0].stop() == 0
    yield stores, data
    stores.engine.dispose()


def events(stores, kind):
    return [e.event for e in stores.log.read(0, 10**5) if e.kind == kind]


def violations(stores):
    return [ViolationFound.model_validate(e.body) for e in events(stores, "violation.found")]


@pytest.mark.timeout(400)
def test_the_red_light_runner_and_nobody_else_becomes_a_case(recorded):
    """Truth: 845RUN08 crossed the line 2.3 s after red began; the others waited or had green."""
    stores, _ = recorded
    passages = {
        p.passage_id: p
        for p in (Passage.model_validate(e.body) for e in events(stores, "passage.recorded"))
    }
    assert all(passage.speed is not None for passage in passages.values())
    found = [one for one in violations(stores) if one.camera_id == "abay-1"]
    assert {one.violation.offence for one in found} == {Offence.RED_LIGHT}
    assert {passages[one.passage_id].plate.text for one in found} == {"845RUN08"}
    assert found[0].site_id == "demo-junction"
    assert float(found[0].violation.facts["red_for_s"]) == pytest.approx(2.29, abs=0.4)


def test_the_fastest_on_the_avenue_becomes_a_heavy_case(recorded):
    """Truth: 97 km/h where a sign allows 50, part 3 of the article; nobody else here is as fast."""
    stores, _ = recorded
    texts = {e.body["passage_id"]: e.body["plate"] for e in events(stores, "passage.recorded")}
    found = [one for one in violations(stores) if one.camera_id == "zhambyl-9"]
    heavy = [one for one in found if one.violation.article == "592 ч. 3"]
    assert [texts[one.passage_id]["text"] for one in heavy] == ["701BMR08"]
    assert float(heavy[0].violation.facts["speed_kmh"]) == pytest.approx(97.0, abs=2)
    assert {one.violation.offence for one in found} == {Offence.SPEEDING}


def test_its_package_holds_the_clip_the_pictures_and_the_strip_and_verifies(recorded, tmp_path):
    """Signed by the device's key, which stands in the log for the centre's list."""
    stores, data = recorded
    found = next(one for one in violations(stores) if one.camera_id == "abay-1")
    package = stores.evidence.get(found.violation.package)
    key = TrustedKey.model_validate(events(stores, "key.published")[0].body)
    trust = TrustList(published_at=key.valid_from, keys=(key,))
    report = verify(package, trust, "0" * 64)
    assert report.ok, report
    assert report.trial
    items = unpack(package)
    assert {"overview_before.jpg", "overview_after.jpg", "plate.jpg", "signal_strip.jpg"} <= set(
        items
    )
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(items["clip.mp4"])
    with av.open(str(clip)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    assert 30 <= pictures <= 200
    assert (data / "edge" / "device.pem").stat().st_mode & 0o077 == 0
