"""How many passages an edge can make durable and forward, and what a start costs with a full log.

    python -m bench facts

The edge's own stores (SQLite, pictures on disk) and a real `nats-server`: passages with a picture
of 60 kB each are recorded one after another as the recorder does it, then forwarded. Sixteen busy
cameras bring about 16 a second; the limits are twice that. The start reads where the gap
ledger of 16 cameras ends from a log that holds 100,000 facts.
"""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench._results import note
from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.forwarder import Forwarder
from sergek.adapters.nats.server import NatsServer, free_port
from sergek.config.settings import Settings
from sergek.core.coverage import Coverage, CoverageState, coverage_event
from sergek.core.passage import passage_event
from sergek.testing.examples import NOON, a_passage
from sergek.wiring.stores import EdgeStores, edge_stores

_PASSAGES, _HELD, _CAMERAS = 500, 100_000, 16
_LEAST_PER_S, _START_MS = 32, 50


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {"city": "Bench", "storage": {"data": folder, "reserve_mib": 0}}
        )
        stores = edge_stores(settings)
        recorded = _record(stores)
        forwarded = _forward(stores, Path(folder))
        _fill(stores)
        start_ms = _start_ms(stores)
        stores.engine.dispose()
    for name, value in (("recorded", recorded), ("forwarded", forwarded)):
        print(f"{name}: {value:.0f} passages a second (at least {_LEAST_PER_S})")
        note(f"facts.{name}_per_s", value, least=_LEAST_PER_S)
    print(f"start with {_HELD} facts: {start_ms:.1f} ms for {_CAMERAS} cameras (limit {_START_MS})")
    note("facts.covered_until_ms_of_16_cameras", start_ms, limit=_START_MS)


def _record(stores: EdgeStores) -> float:
    began = time.perf_counter()
    for number in range(_PASSAGES):
        key = stores.evidence.put(os.urandom(60_000))
        pictures = ({"key": key, "kind": "vehicle", "media_s": None},)
        stores.intake.append([passage_event(a_passage(number, pictures=pictures))])
    return _PASSAGES / (time.perf_counter() - began)


def _forward(stores: EdgeStores, folder: Path) -> float:
    server = NatsServer(
        folder=folder / "bus",
        host="127.0.0.1",
        port=free_port("127.0.0.1"),
        max_store_bytes=1 << 30,
    )
    process = server.start()
    connection = NatsConnection(server.url, server.token())
    try:
        connection.wait_up(10)
        forwarder = Forwarder(connection, stores.log, stores.evidence, stores.cursor)
        began, count = time.perf_counter(), 0
        while step := forwarder.step():
            count += step
        return count / (time.perf_counter() - began)
    finally:
        connection.close()
        process.terminate()
        process.wait()


def _fill(stores: EdgeStores) -> None:
    """A hundred thousand spans of the ledger; one camera in four has none at all."""
    held = range(_CAMERAS * 3 // 4)
    for first in range(0, _HELD, 5000):
        events = []
        for index in range(first, first + 5000):
            at = NOON + timedelta(minutes=index // len(held))
            events.append(
                coverage_event(
                    Coverage(
                        camera_id=f"c{index % len(held)}",
                        from_at=at,
                        until_at=at + timedelta(minutes=1),
                        state=CoverageState.ANALYSED,
                    )
                )
            )
        stores.intake.append(events)


def _start_ms(stores: EdgeStores) -> float:
    began = time.perf_counter()
    found = [stores.coverage.covered_until(f"c{number}") for number in range(_CAMERAS)]
    assert sum(at is not None for at in found) == _CAMERAS * 3 // 4
    return (time.perf_counter() - began) * 1e3
