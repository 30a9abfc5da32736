"""`sergek run`: a whole node of real processes, killed piece by piece."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.cli.demo import demo_city
from sergek.core.ports import PassageFilter

CLIP = demo_city().parent.parent / "demo" / "plate.mp4"
WAIT_S = 90.0


def until(true: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, why()
        time.sleep(0.2)


class Running:
    """A `sergek run` over a city of one looped clip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.city = folder / "city.toml"
        self.city.write_text(
            f'city = "T"\n[storage]\ndata = "data"\nreserve_mib = 0\n[centre]\nport = 0\n'
            f'[[camera]]\nid = "abay-1"\nname = "A"\nmain = "{CLIP}"\nloop = true\n'
        )
        self.database = folder / "data" / "centre" / "facts.db"
        self.err = folder / "err"
        command = [sys.executable, "-m", "sergek", "run", str(self.city)]
        with self.err.open("wb") as err:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err)
        assert self.process.stdout
        self.answer = json.loads(self.process.stdout.readline())

    def said(self) -> str:
        return self.err.read_text()

    def children(self) -> dict[str, int]:
        """Process ids by what they are."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {}
        for pid in path.read_text().split():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except FileNotFoundError:
                continue
            if "process" in words:
                found[words[words.index("process") + 1]] = int(pid)
            elif "nats-server" in words[0]:
                found["bus"] = int(pid)
        return found

    def healthy(self) -> bool:
        try:
            with urlopen(f"{self.answer['url']}health", timeout=2) as answer:
                return bool(json.load(answer)["bus"] == "up")
        except (URLError, OSError):
            return False

    def passages(self) -> int:
        if not self.database.exists():
            return 0
        engine = open_engine(f"sqlite:///{self.database}")
        try:
            return SqlReadStore(engine).count(PassageFilter())
        finally:
            engine.dispose()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.mark.slow
def test_a_node_survives_the_death_of_each_part(running: Running) -> None:
    """Passages go on after kill -9 of edge, bus and centre, and SIGTERM leaves a whole chain."""
    until(lambda: running.healthy() and running.passages() > 0, running.said)
    assert "sign in as  admin" in running.said()

    second = subprocess.run(
        [sys.executable, "-m", "sergek", "run", str(running.city)], capture_output=True, text=True
    )
    assert second.returncode == 4
    assert f"process {running.process.pid}" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1

    for name in ("edge", "bus", "centre"):
        before, pid = running.passages(), running.children()[name]
        os.kill(pid, signal.SIGKILL)
        until(lambda n=name, p=pid: running.children().get(n, p) != p, running.said)
        until(lambda b=before: running.healthy() and running.passages() > b, running.said)

    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(WAIT_S) == 0, running.said()
    engine = open_engine(f"sqlite:///{running.database}")
    log = SqlEventLog(engine)
    events = log.read(0, 10**6)
    assert log.verify().seq == len(events) == len({event.event_id for event in events})
    kinds = [event.kind for event in events]
    assert kinds.count("passage.recorded") == running.passages()
    assert kinds.count("coverage.recorded") > 0
    assert "fact.rejected" not in kinds
    engine.dispose()


def run_sergek(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sergek", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, **environment},
    )


def test_an_edge_alone_must_know_its_bus(tmp_path: Path) -> None:
    """Without an address, a token or a centre on the same folder it says what to set."""
    city = tmp_path / "city.toml"
    city.write_text(f'city = "T"\n[[camera]]\nid = "a"\nname = "A"\nmain = "{CLIP}"\n')
    done = run_sergek("process", "edge", str(city))
    assert done.returncode == 2
    assert "SERGEK__BUS__TOKEN" in done.stderr


def test_an_edge_without_cameras_is_refused(tmp_path: Path) -> None:
    """A city with no camera is a mistake in the file."""
    city = tmp_path / "city.toml"
    city.write_text('city = "T"\n')
    done = run_sergek("run", str(city))
    assert done.returncode == 2
    assert "camera" in done.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """The centre's process says which address it cannot serve on."""
    city = tmp_path / "city.toml"
    city.write_text(f'city = "T"\n[[camera]]\nid = "a"\nname = "A"\nmain = "{CLIP}"\n')
    (tmp_path / "data" / "bus").mkdir(parents=True)
    (tmp_path / "data" / "bus" / "token").write_text("x" * 20)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_sergek("process", "centre", str(city), SERGEK__CENTRE__PORT=port)
    assert done.returncode == 4
    assert f"127.0.0.1:{port}" in done.stderr
