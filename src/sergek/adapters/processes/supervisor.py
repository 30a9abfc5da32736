"""Starts processes, restarts what dies, and ends them all."""

import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sergek.adapters.processes.signals import on_signals

__all__ = ["ProcessSpec", "Supervisor"]

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 30.0
# Who ran this long gets a quick restart again.
_SETTLED_S = 30.0
_STOP_S = 12.0
_POLL_S = 0.1
_LOOK_EVERY_S = 1.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """One process: `command` is asked anew at each start; `restarted_by_hup` ends it on SIGHUP.

    `unwell` is asked every second while it runs: True ends it, so that it is started again.
    """

    name: str
    command: Callable[[], Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    restarted_by_hup: bool = True
    unwell: Callable[[], bool] = lambda: False


class _Child:
    def __init__(self, spec: ProcessSpec) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        self.start_at_s = 0.0
        self.wait_s = _FIRST_WAIT_S
        self.look_at_s = 0.0

    def poll(self, now_s: float) -> None:
        if self.process is None:
            if now_s >= self.start_at_s:
                self._start(now_s)
            return
        code = self.process.poll()
        if code is None:
            self._look_after(now_s)
            return
        if now_s - self.started_s > _SETTLED_S:
            self.wait_s = _FIRST_WAIT_S
        _LOG.warning("%s %s; starting it again", self.spec.name, _how(code))
        self.process = None
        self.start_at_s = now_s + self.wait_s
        self.wait_s = min(self.wait_s * 2, _LONGEST_WAIT_S)

    def _look_after(self, now_s: float) -> None:
        if now_s < self.look_at_s:
            return
        self.look_at_s = now_s + _LOOK_EVERY_S
        if self.spec.unwell():
            _LOG.warning("%s runs but does not work: it is ended", self.spec.name)
            self.signal(signal.SIGTERM)
            self.look_at_s = now_s + _STOP_S

    def _start(self, now_s: float) -> None:
        self.started_s = now_s
        self.look_at_s = now_s + _LOOK_EVERY_S
        self.process = subprocess.Popen(
            list(self.spec.command()),
            env={**os.environ, **self.spec.environment},
            stdin=subprocess.DEVNULL,
            # A key press in the terminal reaches the supervisor alone, which ends all in order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


class Supervisor:
    """Keeps processes running until told to stop (SIGTERM, SIGINT or `stop`).

    What dies is started again, quickly at first, then with growing pauses. SIGHUP restarts
    everything that wants it, with the file read anew. If the supervisor itself is killed its
    processes are ended by the system.
    """

    def __init__(self, specs: Sequence[ProcessSpec]) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._stop = threading.Event()
        self._hang_up = threading.Event()

    def pids(self) -> dict[str, int]:
        """Process ids of what runs now, by name."""
        alive = ((child.spec.name, child.process) for child in self._children)
        return {name: process.pid for name, process in alive if process is not None}

    def stop(self) -> None:
        """Make `run` end everything and return; safe from any thread or signal."""
        self._stop.set()

    def run(self, every: Callable[[], None] = lambda: None) -> None:
        """Supervise until stopped; `every` is called several times a second."""
        try:
            while not self._stop.is_set():
                self.poll()
                every()
                self._stop.wait(_POLL_S)
        finally:
            self.end()

    def poll(self) -> None:
        """Look after every process once: start what does not run."""
        now_s = time.monotonic()
        for child in self._children:
            child.poll(now_s)
        if self._hang_up.is_set():
            self._hang_up.clear()
            for child in self._children:
                if child.spec.restarted_by_hup:
                    child.signal(signal.SIGTERM)

    def obey_signals(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP restarts; only from the main thread."""
        on_signals((signal.SIGTERM, signal.SIGINT), self._stop.set)
        on_signals((signal.SIGHUP,), self._hang_up.set)

    def end(self) -> None:
        """End all, the last started first: the bus outlives those who still speak on it.

        Each has its own time: an edge that still measures what passed takes none of the centre's.
        """
        for child in reversed(self._children):
            child.signal(signal.SIGTERM)
            if child.process is not None:
                try:
                    child.process.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    _LOG.warning("%s does not end; it is killed", child.spec.name)
                    child.process.kill()
                    child.process.wait()


def _how(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
