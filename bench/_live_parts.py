"""The processes of the live view's bench: an edge that only shows, and a centre.

`python -m bench._live_parts edge RTSP_URL BUS_URL` and `… centre DATABASE BUS_URL`; the bus's
token comes in `SERGEK_BENCH_TOKEN`. The centre prints its port.
"""

import os
import sys
import threading
import time

from sergek.adapters.nats.bus import NatsBus
from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.migrate import upgrade
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.adapters.video.avsource import AvSource
from sergek.centre.app import Wiring, serve
from sergek.centre.people.actions import Account, PeopleActions
from sergek.centre.rights import Role
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.live import CameraState, CameraStatus, subject
from sergek.edge.live import LiveView
from sergek.edge.ring import PacketRing
from sergek.testing.memory import MemoryEvidenceStore

CAMERA = "clock"
PASSWORD = "only-for-this-bench"


def _bus(url: str) -> NatsConnection:
    connection = NatsConnection(url, os.environ["SERGEK_BENCH_TOKEN"])
    connection.wait_up(10)
    return connection


def edge(source_url: str, bus_url: str) -> None:
    """Read the camera, keep the ring, publish while watched: the live view's share of an edge."""
    bus, clock = NatsBus(_bus(bus_url)), SystemClock()
    ring = PacketRing(10.0, 64 << 20)
    view = LiveView(CAMERA, bus, ring, clock)
    bus.subscribe(subject("watch", CAMERA), lambda _subject, _data: view.watch())
    threading.Thread(target=_say_state, args=(bus,), daemon=True).start()
    source = AvSource(source_url)
    view.begun(source.info)
    for packet in source.packets():
        ring.push(packet)
        view.packet(packet)


def _say_state(bus: NatsBus) -> None:
    while True:
        now = SystemClock().now()
        status = CameraStatus(camera_id=CAMERA, at=now, state=CameraState.LIVE)
        bus.publish(subject("status", CAMERA), status.model_dump_json().encode())
        time.sleep(1)


def centre(database: str, bus_url: str) -> None:
    """The real application on a fresh database, with one person who may look."""
    connection, clock = _bus(bus_url), SystemClock()
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    settings = CentreSettings(port=0, language="en")
    log = SqlEventLog(engine)
    account = Account(name="bench", full_name="Bench", role=Role.VIEWER)
    PeopleActions(engine, log, clock, settings).add(account, PASSWORD, "bench")
    server = serve(
        Wiring(
            settings=settings,
            engine=engine,
            log=log,
            reads=SqlReadStore(engine),
            coverage=SqlCoverageStore(engine),
            evidence=MemoryEvidenceStore(),
            bus=NatsBus(connection),
            cameras={CAMERA: Camera(id=CAMERA, name="Clock", main="rtsp://127.0.0.1/clock")},
            clock=clock,
            bus_is_up=connection.is_up,
        )
    )
    threading.Thread(target=_tell_port, args=(server,), daemon=True).start()
    server.run()


def _tell_port(server: object) -> None:
    while not getattr(server, "started", False):
        time.sleep(0.05)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)  # type: ignore[attr-defined]


if __name__ == "__main__":
    {"edge": edge, "centre": centre}[sys.argv[1]](sys.argv[2], sys.argv[3])
