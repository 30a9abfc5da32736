"""The bus over a real nats-server."""

import queue
import time

import pytest

from sergek.adapters.nats.bus import NatsBus
from sergek.core.errors import Unavailable

WAIT_S = 20.0


def heard_eventually(bus: NatsBus, news: "queue.Queue[tuple[str, bytes]]", subject: str) -> bytes:
    """Publish until it is heard: a subscription takes a moment to be in force."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        bus.publish(subject, b"now")
        try:
            return news.get(timeout=0.1)[1]
        except queue.Empty:
            continue
    raise AssertionError("nothing was heard")


def test_what_is_said_is_heard_by_who_listens(nats) -> None:
    """A subscription with `*` hears every camera, and nothing once it is closed."""
    bus = NatsBus(nats.connect())
    news: queue.Queue[tuple[str, bytes]] = queue.Queue()
    other: queue.Queue[tuple[str, bytes]] = queue.Queue()
    subscription = bus.subscribe("sergek.status.*", lambda *message: news.put(message))
    bus.subscribe("sergek.boxes.>", lambda *message: other.put(message))
    assert heard_eventually(bus, news, "sergek.status.abay-1") == b"now"
    assert heard_eventually(bus, other, "sergek.boxes.abay-1") == b"now"
    subscription.close()
    time.sleep(0.3)
    while not news.empty():
        news.get()
    bus.publish("sergek.status.abay-1", b"late")
    assert heard_eventually(bus, other, "sergek.boxes.abay-1") == b"now"
    assert news.empty()


def test_listening_survives_a_bus_that_is_killed(nats) -> None:
    """Speaking to a dead bus returns at once; after its restart the same subscription hears."""
    connection = nats.connect()
    bus = NatsBus(connection)
    news: queue.Queue[tuple[str, bytes]] = queue.Queue()
    bus.subscribe("sergek.status.abay-1", lambda *message: news.put(message))
    heard_eventually(bus, news, "sergek.status.abay-1")
    nats.kill()
    for _ in range(100):
        bus.publish("sergek.status.abay-1", b"x" * 100_000)
    nats.restart()
    while not news.empty():
        news.get()
    assert heard_eventually(bus, news, "sergek.status.abay-1")
    assert connection.is_up()


def test_the_bus_wants_its_token(nats) -> None:
    """Without the right token nobody gets in, and the token stands in no message."""
    stranger = nats.connect(token="guessed-token")
    with pytest.raises(Unavailable) as raised:
        stranger.wait_up(1.5)
    assert "guessed-token" not in raised.value.message
    assert not stranger.is_up()
    assert (nats.server.folder / "token").stat().st_mode & 0o077 == 0
    assert (nats.server.folder / "nats.conf").stat().st_mode & 0o077 == 0


def test_a_closed_connection_says_so(nats) -> None:
    """After closing, calls are refused with one sentence; closing again is nothing."""
    connection = nats.connect()
    connection.wait_up(WAIT_S)
    bus = NatsBus(connection)
    connection.close()
    connection.close()
    bus.publish("sergek.status.abay-1", b"")
    with pytest.raises(Unavailable, match="closed"):
        bus.subscribe("sergek.status.*", lambda *_: None)
