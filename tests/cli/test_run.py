"""`sergek run`: a whole node of real processes, killed piece by piece."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.cli.demo import demo_city


@pytest.mark.slow
def test_a_node_survives_the_death_of_each_part(run_city, eventually) -> None:
    """Passages go on after kill -9 of edge, bus and centre, and SIGTERM leaves a whole chain."""
    running, until = run_city(), eventually
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
    assert running.process.wait(90) == 0, running.said()
    engine = open_engine(f"sqlite:///{running.database}")
    log = SqlEventLog(engine)
    events = log.read(0, 10**6)
    assert log.verify().seq == len(events) == len({event.event_id for event in events})
    kinds = [event.kind for event in events]
    assert kinds.count("passage.recorded") == running.passages()
    assert kinds.count("coverage.recorded") > 0
    assert "fact.rejected" not in kinds
    engine.dispose()


CLIP = demo_city().parent.parent / "demo" / "section.mp4"


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
