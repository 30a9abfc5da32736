"""Keeps one stream of one camera open: connect, read, notice a fault, connect again.

One thread reads a stream. A stall is noticed by the owner's call to `supervise`, from the time of
the last packet, whatever FFmpeg believes; a reader that does not come back is left behind and a
new one takes over. Every connection is a run with its own id.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sergek.core.clock import Clock
from sergek.core.coverage import GapReason
from sergek.core.errors import ConfigError, Forbidden, SergekError, Unavailable
from sergek.core.frame import Packet
from sergek.core.live import CameraState
from sergek.core.ports import FrameSource, OpenSource
from sergek.edge.settings import EdgeSettings

__all__ = ["Condition", "Connection"]


@dataclass(frozen=True, slots=True)
class Condition:
    """How a connection is now; `sentence` is for people and holds no credentials."""

    state: CameraState
    reason: GapReason
    sentence: str = ""


class Connection:
    """One stream kept open.

    `begun(source)` is called when a run begins, `packet(source, packet)` for each of its packets,
    both on the reading thread; `changed(condition)` at every change of state, on any thread.
    """

    def __init__(
        self,
        url: str,
        open_source: OpenSource,
        settings: EdgeSettings,
        clock: Clock,
        *,
        begun: Callable[[FrameSource], None],
        packet: Callable[[FrameSource, Packet], None],
        changed: Callable[[Condition], None],
        loop: bool = False,
        name: str = "stream",
    ) -> None:
        self._url, self._open_source, self._loop = url, open_source, loop
        self._settings, self._clock, self._name = settings, clock, name
        self._begun, self._packet, self._changed = begun, packet, changed
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._generation = 0
        self._source: FrameSource | None = None
        self._thread: threading.Thread | None = None
        self._last_packet_s: float | None = None
        self._condition = Condition(CameraState.CONNECTING, GapReason.STARTING)

    @property
    def condition(self) -> Condition:
        """How the connection is now."""
        return self._condition

    @property
    def source(self) -> FrameSource | None:
        """The run being read, if any."""
        return self._source

    def start(self) -> None:
        """Begin connecting, on a thread of its own."""
        with self._lock:
            self._launch()

    def stop(self, timeout_s: float = 4.0) -> None:
        """End for good; waits so long for the reader to leave."""
        self._stop.set()
        self._wake.set()
        source, thread = self._source, self._thread
        if source is not None:
            source.close()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)

    def restart(self) -> None:
        """Leave the present run and open the source anew at once."""
        with self._lock:
            if not self._stop.is_set():
                self._abandon()
                self._launch()

    def supervise(self) -> None:
        """The watchdog; call several times a second."""
        with self._lock:
            last_s = self._last_packet_s
            if last_s is None or self._stop.is_set():
                return
            if self._clock.monotonic_s() - last_s <= self._settings.stall_s:
                return
            self._abandon()
            self._launch()
        self._turn(
            Condition(
                CameraState.LOST,
                GapReason.STALLED,
                "the camera sends nothing any more; connecting again",
            )
        )

    def _launch(self) -> None:
        self._generation += 1
        self._wake.set()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._keep_open, args=(self._generation,), name=self._name, daemon=True
        )
        self._thread.start()

    def _abandon(self) -> None:
        self._last_packet_s = None
        if self._source is not None:
            self._source.close()
            self._source = None

    def _mine(self, generation: int) -> bool:
        return generation == self._generation and not self._stop.is_set()

    def _keep_open(self, generation: int) -> None:
        wake = self._wake
        wait_s = self._settings.retry_first_s
        while self._mine(generation):
            try:
                received = self._one_run(generation)
                fault = None
            except SergekError as error:
                received, fault = self._last_packet_s is not None, error
            if not self._mine(generation):
                return
            condition = self._diagnosis(fault, received=received)
            self._last_packet_s = None
            self._source = None
            if received:
                wait_s = self._settings.retry_first_s
            self._turn(condition)
            if fault is None and self._ends():
                return
            if isinstance(fault, (ConfigError, Forbidden)):
                wait_s = self._settings.retry_hopeless_s
            # Half to full wait: cameras that died together do not come back in step.
            wake.wait(wait_s * random.uniform(0.5, 1.0))
            wait_s = min(wait_s * 2, self._settings.retry_most_s)

    def _one_run(self, generation: int) -> bool:
        source = self._open_source(self._url, loop=self._loop, realtime=True)
        with self._lock:
            if not self._mine(generation):
                source.close()
                return False
            self._source = source
            self._last_packet_s = self._clock.monotonic_s()
        self._begun(source)
        received = False
        for packet in source.packets():
            if not self._mine(generation):
                source.close()
                return received
            self._last_packet_s = packet.arrived_s
            if not received:
                received = True
                self._turn(Condition(CameraState.LIVE, GapReason.NONE))
            self._packet(source, packet)
        return received

    def _ends(self) -> bool:
        """A file that is not looped has an end; a stream only breaks."""
        return "://" not in self._url

    def _diagnosis(self, fault: SergekError | None, *, received: bool) -> Condition:
        if fault is None:
            if self._ends():
                return Condition(CameraState.LOST, GapReason.SOURCE_ENDED, "the file has ended")
            return Condition(CameraState.LOST, GapReason.CLOSED, "the camera closed the connection")
        if isinstance(fault, Forbidden):
            return Condition(CameraState.FAILED, GapReason.UNAUTHORISED, fault.message)
        if isinstance(fault, ConfigError):
            return Condition(CameraState.FAILED, GapReason.UNSUPPORTED, fault.message)
        if isinstance(fault, Unavailable) and received:
            return Condition(CameraState.LOST, self._broken_reason(), fault.message)
        return Condition(CameraState.LOST, GapReason.UNREACHABLE, fault.message)

    def _broken_reason(self) -> GapReason:
        last_s = self._last_packet_s
        silent_s = 0.0 if last_s is None else self._clock.monotonic_s() - last_s
        return GapReason.STALLED if silent_s > 1.0 else GapReason.CLOSED

    def _turn(self, condition: Condition) -> None:
        self._condition = condition
        self._changed(condition)
