"""`core.ports.Bus` over NATS: what is said about now."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.errors import Error

from sergek.adapters.nats.connection import NatsConnection
from sergek.core.errors import Unavailable

__all__ = ["NatsBus"]


class NatsBus:
    """Publishes and hears plain NATS messages; nothing here touches a disk."""

    def __init__(self, connection: NatsConnection) -> None:
        self._connection = connection

    def publish(self, subject: str, data: bytes) -> None:
        """See `core.ports.Bus.publish`."""
        if not self._connection.is_up():
            return
        with suppress(Unavailable):
            self._connection.start(self._send(subject, data))

    def subscribe(self, subject: str, heard: Callable[[str, bytes], None]) -> "_Subscription":
        """See `core.ports.Bus.subscribe`; it is in force once the bus is (again) reachable."""

        async def pass_on(message: Msg) -> None:
            heard(message.subject, message.data)

        return _Subscription(self._connection, subject, pass_on)

    async def _send(self, subject: str, data: bytes) -> None:
        # The buffer of a connection that just broke may be full: what is about now is dropped.
        with suppress(Error, OSError):
            await self._connection.client.publish(subject, data)


class _Subscription:
    """Keeps one subscription alive until closed, also over a client that was opened anew."""

    def __init__(
        self, connection: NatsConnection, subject: str, pass_on: Callable[[Msg], Awaitable[None]]
    ) -> None:
        self._connection = connection
        self._subject = subject
        self._pass_on = pass_on
        self._task: Future[None] = connection.start(self._keep())

    def close(self) -> None:
        """See `core.ports.Subscription.close`."""
        self._task.cancel()

    async def _keep(self) -> None:
        made: NatsSubscription | None = None
        client = None
        try:
            while True:
                if self._connection.is_up() and client is not self._connection.client:
                    with suppress(Error, OSError):
                        client = self._connection.client
                        made = await client.subscribe(self._subject, cb=self._pass_on)
                await asyncio.sleep(0.05 if made is None else 1.0)
        finally:
            if made is not None and client is not None and client.is_connected:
                with suppress(Error, OSError):
                    await made.unsubscribe()
