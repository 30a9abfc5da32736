"""One connection to the bus, on a thread of its own, usable from any other."""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext

from sergek.core.camera import redacted
from sergek.core.errors import Unavailable

__all__ = ["ANSWER_S", "UP_S", "NatsConnection"]

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
# How long the bus may take to answer, and how long a step waits for it to be there at all.
ANSWER_S, UP_S = 10.0, 1.0
# Between two tries to reach a server that is away.
_RETRY_S = 0.25
# What may wait in memory to be sent; more than a second of video for several viewers.
_PENDING_BYTES = 16 << 20


class NatsConnection:
    """Connects in the background, for as long as it takes, and again whenever the bus was away.

    `url` is `nats://HOST:PORT`; `token` never appears in a log line. `generation` counts the
    connections made, so that who relies on the server's memory notices that it restarted.
    """

    def __init__(self, url: str, token: str | None = None, *, name: str = "sergek") -> None:
        self._url = url
        self._token = token
        self._name = name
        self._client = Client()
        self._loop = asyncio.new_event_loop()
        self._closing = threading.Event()
        self._connected = threading.Event()
        self._reported = False
        self.generation = 0
        self._thread = threading.Thread(target=self._run, name=f"bus-{name}", daemon=True)
        self._thread.start()

    @property
    def client(self) -> Client:
        """The client; only for coroutines given to `call` or `start`."""
        return self._client

    def jetstream(self, timeout_s: float = 5.0) -> JetStreamContext:
        """JetStream on this connection; only for coroutines given to `call` or `start`."""
        return self._client.jetstream(timeout=timeout_s)

    def is_up(self) -> bool:
        """Whether the bus answers now, as far as known."""
        return bool(self._client.is_connected)

    def wait_up(self, timeout_s: float) -> None:
        """Wait for the first connection, or raise `Unavailable`."""
        if not self._connected.wait(timeout_s):
            raise Unavailable(f"The bus at {redacted(self._url)} does not answer: is it running?")

    def call(self, coroutine: Coroutine[Any, Any, _T], timeout_s: float) -> _T:
        """Run it on the bus's thread and wait; `Unavailable` if the bus does not do it in time."""
        waiting = self.start(coroutine)
        try:
            return waiting.result(timeout_s)
        except (FutureTimeoutError, TimeoutError, asyncio.CancelledError) as error:
            waiting.cancel()
            raise Unavailable("The bus did not answer in time.") from error
        except (Error, OSError) as error:
            raise Unavailable(f"The bus refused: {redacted(str(error))}.") from error

    def start(self, coroutine: Coroutine[Any, Any, _T]) -> "Future[_T]":
        """Run it on the bus's thread without waiting."""
        if self._closing.is_set():
            coroutine.close()
            raise Unavailable("The connection to the bus is closed.")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Send what waits, disconnect and end the thread; safe more than once."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._loop.call_soon_threadsafe(self._wake)
        self._thread.join(timeout=5)

    def _wake(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._stop = asyncio.Event()
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        connecting = asyncio.ensure_future(self._connect())
        await self._stop.wait()
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        if not self._client.is_closed:
            if self._client.is_connected:
                await asyncio.gather(self._client.flush(timeout=2), return_exceptions=True)
            await self._client.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connect(self) -> None:
        # A client given up by its library (a refused token, a protocol error) is opened anew.
        while not self._closing.is_set():
            self._client = Client()
            await self._client.connect(
                self._url,
                name=self._name,
                token=self._token,
                error_cb=self._on_error,
                reconnected_cb=self._on_up,
                connect_timeout=2,
                reconnect_time_wait=_RETRY_S,  # type: ignore[arg-type]
                max_reconnect_attempts=-1,
                ping_interval=5,
                pending_size=_PENDING_BYTES,
                drain_timeout=2,
            )
            await self._on_up()
            while not self._client.is_closed:
                await asyncio.sleep(_RETRY_S)

    async def _on_up(self) -> None:
        self.generation += 1
        self._reported = False
        self._connected.set()

    async def _on_error(self, error: Exception) -> None:
        # The library repeats itself with every try; one line per outage is enough.
        if not self._reported:
            self._reported = True
            text = redacted(str(error)) or type(error).__name__
            _LOG.warning("bus %s: %s", redacted(self._url), text)
