"""Messages that are asked for, from a subscription that outlives a bus that was away."""

from collections.abc import Callable, Coroutine
from typing import Any

from nats.aio.msg import Msg
from nats.js import JetStreamContext

from sergek.adapters.nats.connection import ANSWER_S, UP_S, NatsConnection
from sergek.core.errors import SergekError

__all__ = ["Pulling", "Subscription"]

Subscription = JetStreamContext.PullSubscription

_BATCH, _FETCH_S = 100, 1.0


class Pulling:
    """`subscribe` is asked anew after the bus was away and after a fetch that failed: what it gave
    before may be deaf by then."""

    def __init__(
        self,
        connection: NatsConnection,
        subscribe: Callable[[], Coroutine[Any, Any, Subscription]],
    ) -> None:
        self._connection, self._subscribe = connection, subscribe
        self._subscription: Subscription | None = None
        self._generation = -1

    def fetch(self) -> list[Msg]:
        """One batch, waiting a moment for it; `Unavailable` while the bus is away."""
        generation = self._connection.generation
        if self._subscription is None or self._generation != generation:
            self._connection.wait_up(UP_S)
            self._subscription = self._connection.call(self._subscribe(), ANSWER_S)
            self._generation = generation
        try:
            return self._connection.call(_fetched(self._subscription), _FETCH_S + ANSWER_S)
        except SergekError:
            self._subscription = None
            raise


async def _fetched(subscription: Subscription) -> list[Msg]:
    try:
        return list(await subscription.fetch(_BATCH, timeout=_FETCH_S))
    except TimeoutError:
        return []
