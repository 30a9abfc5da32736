"""A bus of our own for the adapters' tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.server import NatsServer, free_port


class RunningServer:
    """A real `nats-server` on a free port that a test may kill, start again or rob of its store."""

    def __init__(self, folder: Path) -> None:
        self.server = NatsServer(
            folder=folder,
            host="127.0.0.1",
            port=free_port("127.0.0.1"),
            max_store_bytes=1 << 28,
        )
        self._connections: list[NatsConnection] = []
        self.process = self.server.start()

    def connect(self, token: str | None = None) -> NatsConnection:
        """A connection that the fixture closes."""
        made = NatsConnection(self.server.url, token or self.server.token())
        self._connections.append(made)
        return made

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        self.process.kill()
        self.process.wait()

    def restart(self, *, lose_store: bool = False) -> None:
        """Kill it and start it again on the same port, with an empty store if asked."""
        self.kill()
        if lose_store:
            shutil.rmtree(self.server.folder / "jetstream")
        self.process = self.server.start()

    def close(self) -> None:
        """End everything."""
        for connection in self._connections:
            connection.close()
        self.kill()


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[RunningServer]:
    """A running bus of our own."""
    running = RunningServer(tmp_path / "bus")
    yield running
    running.close()
