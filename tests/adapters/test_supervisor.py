"""Keeping processes alive."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sergek.adapters.processes.supervisor import ProcessSpec, Supervisor

WAIT_S = 30.0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.02)


def sleeper(name: str, tmp_path: Path, extra: str = "") -> ProcessSpec:
    script = f"""
import os, signal, sys, time
with open({str(tmp_path / name)!r}, "a") as out:
    def end(*_):
        out.write("ended\\n"); out.flush(); sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    out.write(f"began {{os.environ.get('GREETING')}}\\n"); out.flush()
    {extra or "time.sleep(600)"}
"""
    command = [sys.executable, "-c", script]
    return ProcessSpec(name=name, command=lambda: command, environment={"GREETING": "salem"})


def lines(tmp_path: Path, name: str) -> list[str]:
    path = tmp_path / name
    return path.read_text().splitlines() if path.exists() else []


def test_what_is_killed_runs_again_and_all_end_in_order(tmp_path: Path) -> None:
    """kill -9 brings a new process; stopping ends each with SIGTERM."""
    supervisor = Supervisor([sleeper("bus", tmp_path), sleeper("edge", tmp_path)])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        until(lambda: lines(tmp_path, "edge") == ["began salem"])
        first = supervisor.pids()["edge"]
        os.kill(first, signal.SIGKILL)
        until(lambda: lines(tmp_path, "edge") == ["began salem"] * 2)
        assert supervisor.pids()["edge"] != first
        until(lambda: lines(tmp_path, "bus") == ["began salem"])
    finally:
        supervisor.stop()
        thread.join(WAIT_S)
    assert lines(tmp_path, "bus") == ["began salem", "ended"]
    assert lines(tmp_path, "edge") == ["began salem", "began salem", "ended"]
    assert supervisor.pids().keys() == {"bus", "edge"}


def test_what_keeps_dying_is_started_ever_more_slowly(tmp_path: Path) -> None:
    """A process that ends at once does not become a busy loop."""
    supervisor = Supervisor([sleeper("edge", tmp_path, extra="sys.exit(3)")])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    time.sleep(2.0)
    supervisor.stop()
    thread.join(WAIT_S)
    assert 2 <= len(lines(tmp_path, "edge")) <= 5


SUPERVISE = """
import sys
from sergek.adapters.processes.supervisor import ProcessSpec, Supervisor
sleep = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
supervisor = Supervisor([ProcessSpec(name="edge", command=lambda: sleep)])
supervisor.obey_signals()
supervisor.run()
"""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_nothing_outlives_a_supervisor_that_is_killed() -> None:
    """kill -9 of the supervisor ends its processes too; SIGHUP restarts them; SIGTERM ends all."""
    for last in (signal.SIGKILL, signal.SIGTERM):
        running = subprocess.Popen([sys.executable, "-c", SUPERVISE], stdout=subprocess.PIPE)
        assert running.stdout
        first = int(running.stdout.readline())
        running.send_signal(signal.SIGHUP)
        second = int(running.stdout.readline())
        assert first != second
        running.send_signal(last)
        assert running.wait(WAIT_S) == (0 if last is signal.SIGTERM else -last)
        until(lambda pid=second: not _alive(pid))
        running.stdout.close()
