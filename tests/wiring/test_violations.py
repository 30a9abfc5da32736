"""The demo's junction through a whole edge: a red-light case, sealed, that anybody can check."""

import json
import time
from pathlib import Path

import av
import pytest

from sergek.adapters.evidence.container import unpack
from sergek.adapters.evidence.trust import TrustedKey, TrustList
from sergek.adapters.evidence.verify import verify
from sergek.config.load import load
from sergek.core.passage import Passage
from sergek.core.violation import Offence, ViolationFound
from sergek.wiring.edge import edge_ports
from sergek.wiring.stores import edge_stores

ROOT = Path(__file__).parents[2]
WAIT_S = 150.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """One pass of the junction's clip through an edge worker, at the clip's own pace."""
    from sergek.edge.worker import EdgeWorker
    from sergek.testing.memory import MemoryBus

    data = tmp_path_factory.mktemp("edge")
    environment = {
        "SERGEK__STORAGE__DATA": json.dumps(str(data)),
        "SERGEK__STORAGE__RESERVE_MIB": "0",
    }
    settings = load(ROOT / "cities" / "taraz-demo.toml", environment)
    camera = next(c for c in settings.camera if c.id == "abay-1")
    stores = edge_stores(settings)
    ports = edge_ports(settings, [camera], stores, MemoryBus())
    worker = EdgeWorker(settings.edge, [camera], ports, settings.tracker)
    worker.start()
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if any(e.kind == "violation.found" for e in stores.log.read(0, 10**5)):
            break
        time.sleep(0.5)
    assert worker.stop() == 0
    yield stores, data
    stores.engine.dispose()


def events(stores, kind):
    return [e.event for e in stores.log.read(0, 10**5) if e.kind == kind]


def test_the_red_light_runner_and_nobody_else_becomes_a_case(recorded):
    """Truth: 845RUN08 crossed the line 2.3 s after red began; the others waited or had green."""
    stores, _ = recorded
    found = [ViolationFound.model_validate(e.body) for e in events(stores, "violation.found")]
    assert {f.violation.offence for f in found} == {Offence.RED_LIGHT}
    passages = {
        p.passage_id: p
        for p in (Passage.model_validate(e.body) for e in events(stores, "passage.recorded"))
    }
    assert {passages[f.passage_id].plate.text for f in found} == {"845RUN08"}
    assert all(p.speed is not None for p in passages.values())
    first = found[0]
    assert (first.camera_id, first.site_id) == ("abay-1", "demo-junction")
    assert float(first.violation.facts["red_for_s"]) == pytest.approx(2.29, abs=0.4)


def test_its_package_holds_the_clip_the_pictures_and_the_strip_and_verifies(recorded, tmp_path):
    """Signed by the device's key, which stands in the log for the centre's list."""
    stores, data = recorded
    found = ViolationFound.model_validate(events(stores, "violation.found")[0].body)
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
