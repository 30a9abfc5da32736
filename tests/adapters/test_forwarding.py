"""From the edge's log over the bus into the centre's."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine

from sergek.adapters.nats.consumer import Consumer
from sergek.adapters.nats.forwarder import Forwarder
from sergek.adapters.sql.cursor import SqlCursor
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.core.errors import Unavailable
from sergek.core.event import Event, derive_id
from sergek.core.passage import passage_event
from sergek.testing.examples import a_case_of, a_passage, an_event
from sergek.testing.memory import MemoryEventLog, MemoryEvidenceStore


class Edge:
    """An edge's log, evidence and forwarder."""

    def __init__(self, connection, engine: Engine) -> None:
        self.evidence = MemoryEvidenceStore()
        self.log = SqlEventLog(engine)
        self.cursor = SqlCursor(engine, "bus")
        self.forwarder = Forwarder(connection, self.log, self.evidence, self.cursor)

    def record(self, number: int, *, picture: bytes | None = None) -> Event:
        """Record a passage, its picture first."""
        pictures = ()
        if picture is not None:
            key = self.evidence.put(picture)
            pictures = ({"key": key, "kind": "vehicle", "media_s": None},)
        event = passage_event(a_passage(number, pictures=pictures))
        self.log.append([event])
        return event


class Centre:
    """A centre's log, evidence and consumer; `refuse` is raised by the next commits."""

    def __init__(self, connection) -> None:
        self.evidence = MemoryEvidenceStore()
        self.log = MemoryEventLog()
        self.refuse: list[Exception] = []
        self.check: Callable[[Event], None] = lambda _event: None
        self.consumer = Consumer(connection, self.evidence, self._commit)

    def _commit(self, events: Sequence[Event]) -> None:
        if self.refuse:
            raise self.refuse.pop()
        for event in events:
            self.check(event)
        self.log.append(events)

    def take(self, count: int) -> list[str]:
        """Consume until the log has that many events; their ids."""
        for _ in range(60):
            if self.log.head().seq >= count:
                break
            try:
                self.consumer.step()
            except Unavailable:
                continue
        return [stored.event_id for stored in self.log.read(0)]


@pytest.fixture
def edge(nats, sqlite_engine: Engine) -> Edge:
    return Edge(nats.connect(), sqlite_engine)


@pytest.fixture
def centre(nats) -> Centre:
    return Centre(nats.connect())


def forward_all(edge: Edge) -> None:
    while edge.forwarder.step():
        pass


def test_facts_arrive_once_with_their_pictures_before_them(edge: Edge, centre: Centre) -> None:
    """Whatever order the bus is read in, a passage is committed when its pictures are there."""
    events = [edge.record(i, picture=b"picture %d" % i) for i in range(1, 6)]

    def has_pictures(event: Event) -> None:
        assert all(centre.evidence.has(picture["key"]) for picture in event.body["pictures"])

    centre.check = has_pictures
    forward_all(edge)
    assert sorted(centre.take(5)) == sorted(event.event_id for event in events)
    assert edge.cursor.load().seq == 5


def test_what_was_sent_twice_arrives_once(edge: Edge, centre: Centre) -> None:
    """A cursor that was lost sends everything again; the centre ends with the same events."""
    edge.record(1)
    forward_all(edge)
    edge.cursor.save(0, edge.cursor.load().epoch)
    edge.record(2)
    forward_all(edge)
    assert len(centre.take(2)) == 2
    centre.consumer.step()
    assert centre.log.head().seq == 2


def test_a_commit_that_fails_is_tried_again(edge: Edge, centre: Centre) -> None:
    """Nothing is acknowledged before it is committed: after a full disk the facts come again."""
    events = [edge.record(i, picture=b"p") for i in range(1, 4)]
    forward_all(edge)
    centre.refuse = [Unavailable("The disk is full.")] * 2
    assert sorted(centre.take(3)) == sorted(event.event_id for event in events)


def test_a_bus_that_lost_its_store_gets_everything_again(nats, edge: Edge, centre: Centre) -> None:
    """Facts the bus had acknowledged and then lost with its disk reach the centre all the same."""
    taken = edge.record(1)
    forward_all(edge)
    centre.take(1)
    lost = edge.record(2)
    forward_all(edge)
    nats.restart(lose_store=True)
    after = edge.record(3)
    for _ in range(100):
        try:
            if edge.forwarder.step() == 0 and edge.cursor.load().seq == 3:
                break
        except Unavailable:
            continue
    assert set(centre.take(3)) == {taken.event_id, lost.event_id, after.event_id}


def test_a_fact_outlives_its_lost_picture(edge: Edge, centre: Centre, monkeypatch) -> None:
    """A passage whose picture the edge no longer has waits a while, then is taken without."""
    monkeypatch.setattr("sergek.adapters.nats.consumer._TRIES_WITHOUT_PICTURE", 3)
    monkeypatch.setattr("sergek.adapters.nats.consumer._WAIT_FOR_PICTURE_S", 0.1)
    event = edge.record(1, picture=b"gone")
    edge.evidence.delete(event.body["pictures"][0]["key"])
    forward_all(edge)
    assert centre.take(1) == [event.event_id]


def test_any_subject_can_be_forwarded(edge: Edge, centre: Centre) -> None:
    """A fact about something whose name is no bus token travels too."""
    events = [
        passage_event(a_passage(number)).model_copy(update={"subject": name})
        for number, name in enumerate(("т. Ахметов > *", ""))
    ]
    edge.log.append(events)
    forward_all(edge)
    assert sorted(centre.take(2)) == sorted(event.event_id for event in events)


@pytest.mark.parametrize("subject", ["sergek.fact.abay-1", f"sergek.evidence.{'0' * 64}"])
def test_what_is_no_fact_is_kept_and_reported(nats, centre: Centre, subject: str) -> None:
    """Garbage does not stop the intake: its bytes are kept and an event says so."""
    stranger = nats.connect()
    centre.consumer.step()
    for data in (b'{"half": ', an_event(1).model_dump_json().encode()):
        stranger.call(stranger.jetstream().publish(subject, data), 10)
    # An event of kind passage.recorded whose body is no passage is refused like garbage.
    centre.take(2)
    stored = [one.event for one in centre.log.read(0)]
    assert [event.kind for event in stored] == ["fact.rejected"] * 2
    assert stored[0].body["key"] in set(centre.evidence.keys())
    assert stored[0].event_id == derive_id(subject, stored[0].body["key"], "fact.rejected")


@pytest.mark.parametrize("kind", ["case.signed", "key.revoked", "person.added", "made.up"])
def test_an_edge_does_not_speak_for_people(edge: Edge, centre: Centre, kind: str) -> None:
    """What only people and the centre say is kept and reported, but never becomes a fact."""
    edge.log.append([an_event(1, kind=kind)])
    forward_all(edge)
    centre.take(1)
    (stored,) = [one.event for one in centre.log.read(0)]
    assert stored.kind == "fact.rejected"
    assert kind in stored.body["why"]


def test_a_bus_without_room_keeps_facts_at_the_edge(nats, edge: Edge) -> None:
    """When the stream is full the forwarder says so, and its cursor stays."""
    edge.forwarder = Forwarder(
        nats.connect(), edge.log, edge.evidence, edge.cursor, max_bytes=10_000
    )
    edge.record(1, picture=b"x" * 50_000)
    with pytest.raises(Unavailable, match="bus"):
        edge.forwarder.step()
    assert edge.cursor.load().seq == 0


def test_an_orderly_end_forwards_and_stores_what_waits(edge: Edge, centre: Centre) -> None:
    """Who is asked to stop first hands on the facts that it already has."""
    for number in range(3):
        edge.record(number)
    edge.forwarder.stop()
    edge.forwarder.run()
    centre.consumer.stop()
    centre.consumer.run()
    assert len(centre.log.read(0)) == 3


def test_a_case_arrives_with_its_package_before_it(edge, centre) -> None:
    """A sealed package of 12 MB, larger than any picture."""
    package = bytes(range(256)) * 48_000
    passage = a_passage(1)
    key = edge.evidence.put(package)
    case = a_case_of(passage, key)
    centre.check = lambda event: (
        None if event.kind != "violation.found" else _held(centre.evidence.get(key), package)
    )
    edge.log.append([passage_event(passage), case])
    while edge.forwarder.step():
        pass
    assert centre.take(2) == [passage_event(passage).event_id, case.event_id]


def _held(found: bytes, expected: bytes) -> None:
    assert found == expected
