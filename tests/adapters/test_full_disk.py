"""A disk that is really full: refused in one sentence, nothing lost, on again with room."""

import os
import time
from collections.abc import Callable

import pytest

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.consumer import Consumer
from sergek.adapters.nats.forwarder import Forwarder
from sergek.adapters.nats.server import NatsServer, StoreWatch, free_port
from sergek.adapters.processes.supervisor import ProcessSpec, Supervisor
from sergek.adapters.sql.cursor import SqlCursor
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.migrate import upgrade
from sergek.core.errors import SergekError, Unavailable
from sergek.core.passage import passage_event
from sergek.testing.examples import a_passage, an_event
from sergek.testing.memory import MemoryEventLog, MemoryEvidenceStore

WAIT_S = 90.0


def test_pictures_are_refused_and_leave_nothing(small_disk) -> None:
    """A picture that does not fit is refused whole; stored ones stay; with room it goes on."""
    store = DiskEvidenceStore(small_disk.root / "evidence", reserve_mib=0)
    first = store.put(b"first")
    small_disk.fill(leave_bytes=1 << 20)
    with pytest.raises(Unavailable, match="full"):
        store.put(b"x" * (2 << 20))
    small_disk.fill()
    with pytest.raises(Unavailable, match="full"):
        store.put(b"y" * 100_000)
    assert list(store.keys()) == [first]
    small_disk.make_room()
    store.put(b"y" * 100_000)
    assert store.get(first) == b"first"


def test_facts_are_refused_whole_and_the_chain_stays(small_disk) -> None:
    """Appending until the disk is full loses nothing that was acknowledged."""
    engine = open_engine(f"sqlite:///{small_disk.root}/log.db")
    upgrade(engine)
    log = SqlEventLog(engine)
    log.append([an_event(1)])
    small_disk.fill(leave_bytes=1 << 20)
    acknowledged = 1

    def append_for_ever() -> None:
        nonlocal acknowledged
        while True:
            log.append([an_event(acknowledged + 1, body={"x": "y" * 4000})])
            acknowledged += 1

    with pytest.raises(Unavailable, match="full"):
        append_for_ever()
    assert log.verify().seq == acknowledged
    small_disk.make_room()
    log.append([an_event(acknowledged + 1)])
    assert log.verify().seq == acknowledged + 1
    engine.dispose()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it never became true"


def step(*steps: Callable[[], int]) -> None:
    for each in steps:
        try:
            each()
        except SergekError:
            continue


@pytest.mark.slow
def test_a_bus_whose_disk_was_full_works_again(small_disk, sqlite_engine) -> None:
    """The bus that got stuck is started again when there is room, and every fact arrives once."""
    server = NatsServer(
        folder=small_disk.root / "bus",
        host="127.0.0.1",
        port=free_port("127.0.0.1"),
        max_store_bytes=1 << 30,
    )
    watch = StoreWatch(server.folder)
    starts: list[float] = []

    def command() -> list[str]:
        starts.append(time.monotonic())
        return server.command()

    supervisor = Supervisor([ProcessSpec(name="bus", command=command, unwell=watch.stuck)])
    connection = NatsConnection(server.url, server.token())
    log, evidence, taken = SqlEventLog(sqlite_engine), MemoryEvidenceStore(), MemoryEventLog()
    cursor = SqlCursor(sqlite_engine, "bus")
    forwarder = Forwarder(connection, log, evidence, cursor, answer_s=2.0)
    consumer = Consumer(connection, MemoryEvidenceStore(), taken.append)
    numbers = iter(range(1, 1000))

    def record(count: int) -> None:
        for number in (next(numbers) for _ in range(count)):
            key = evidence.put(os.urandom(100_000))
            picture = {"key": key, "kind": "vehicle", "media_s": None}
            log.append([passage_event(a_passage(number, pictures=(picture,)))])

    def forward_all() -> None:
        while forwarder.step():
            pass

    def work() -> bool:
        supervisor.poll()
        step(forwarder.step, consumer.step)
        return taken.head().seq == log.head().seq

    try:
        supervisor.poll()
        connection.wait_up(WAIT_S)
        record(5)
        until(work)
        small_disk.fill(leave_bytes=3 << 20)
        record(60)
        with pytest.raises(Unavailable, match="bus"):
            forward_all()
        assert not watch.stuck(), "full is not stuck"
        small_disk.make_room()
        until(work)
        assert len(starts) == 2
        assert len({stored.event_id for stored in taken.read(0)}) == 65
    finally:
        supervisor.end()
        connection.close()
