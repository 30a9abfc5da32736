"""Moves facts one way, batch after batch, until stopped; then what is left."""

import logging
import threading
import time
from abc import ABC, abstractmethod

from sergek.adapters.nats.connection import NatsConnection
from sergek.core.errors import SergekError

__all__ = ["Pump"]

_LOG = logging.getLogger(__name__)
_RETRY_S = 0.5
# After `stop`: how long what already waits may take.
_LAST_S = 4.0


class Pump(ABC):
    """Calls its `step` until `stop`.

    `doing` names it in the log; when nothing was moved it pauses for `pause_s`.
    """

    def __init__(self, connection: NatsConnection, doing: str, *, pause_s: float = 0.0) -> None:
        self._connection = connection
        self._doing, self._pause_s = doing, pause_s
        self._stop = threading.Event()

    @abstractmethod
    def step(self) -> int:
        """Move one batch; how much. `Unavailable` while the bus is away."""

    def stop(self) -> None:
        """Make `run` move what waits, as far as seconds go, and return; from any thread."""
        self._stop.set()

    def run(self) -> None:
        """Pump until `stop`; failures are logged once and retried."""
        troubled = False
        while not self._stop.is_set():
            try:
                moved = self.step()
                troubled = False
                self._stop.wait(0 if moved else self._pause_s)
            except SergekError as error:
                if not troubled:
                    _LOG.warning("%s waits: %s", self._doing, error.message)
                troubled = True
                self._stop.wait(_RETRY_S)
        self._finish()

    def _finish(self) -> None:
        """The last facts of an orderly end; what does not go now goes at the next start."""
        until_s = time.monotonic() + _LAST_S
        try:
            while self._connection.is_up() and time.monotonic() < until_s and self.step():
                pass
        except SergekError as error:
            _LOG.warning("%s goes on at the next start: %s", self._doing, error.message)
