"""What the centre decided about sites, on its way to the edges.

The bus keeps one message per site, the newest, in a stream of its own; each holds all acts of the
site, so that the place of an edge in this stream is no more than what it heard last.
"""

import logging
from collections.abc import Callable, Mapping

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError
from pydantic import ValidationError

from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.pump import Pump
from sergek.core.live import subject
from sergek.traffic.siteacts import ACTS_TOPIC, ActsOfSite

__all__ = ["ActsListener", "ActsTeller"]

_LOG = logging.getLogger(__name__)
_STREAM = "SERGEK_ACTS"
_ANSWER_S, _UP_S, _FETCH_S = 10.0, 1.0, 1.0
_LOOK_EVERY_S = 1.0


class ActsTeller:
    """At the centre: tells what is new. `acts` gives everything as it is now, by site."""

    def __init__(
        self, connection: NatsConnection, acts: Callable[[], Mapping[str, ActsOfSite]]
    ) -> None:
        self._connection, self._acts = connection, acts
        self._told: dict[str, ActsOfSite] = {}
        self._generation = -1
        self._pump = Pump(connection, self.step, "telling of sites", pause_s=_LOOK_EVERY_S)

    def stop(self) -> None:
        """Make `run` tell what is new and return."""
        self._pump.stop()

    def run(self) -> None:
        """Tell until `stop`; failures are logged once and retried."""
        self._pump.run()

    def step(self) -> int:
        """Tell of the sites that changed; how many. All of them after the bus came back."""
        generation = self._connection.generation
        if generation != self._generation:
            self._connection.wait_up(_UP_S)
            self._told.clear()
        new = {key: acts for key, acts in self._acts().items() if self._told.get(key) != acts}
        if new:
            self._connection.call(self._publish(new), _ANSWER_S)
            self._told.update(new)
        self._generation = generation
        return len(new)

    async def _publish(self, new: Mapping[str, ActsOfSite]) -> None:
        jetstream = self._connection.jetstream(_ANSWER_S)
        await _ensure(jetstream)
        for site_id, acts in new.items():
            data = acts.model_dump_json().encode()
            await jetstream.publish(subject(ACTS_TOPIC, site_id), data, stream=_STREAM)


class ActsListener:
    """At an edge: hears the newest of every site, then each change; anew when the bus was away."""

    def __init__(self, connection: NatsConnection, heard: Callable[[ActsOfSite], None]) -> None:
        self._connection, self._heard = connection, heard
        self._subscription: JetStreamContext.PullSubscription | None = None
        self._generation = -1
        self._pump = Pump(connection, self.step, "hearing of sites")

    def stop(self) -> None:
        """Make `run` return."""
        self._pump.stop()

    def run(self) -> None:
        """Listen until `stop`; failures are logged once and retried."""
        self._pump.run()

    def step(self) -> int:
        """Hear what is there, waiting a moment for it; how many sites."""
        generation = self._connection.generation
        if self._subscription is None or self._generation != generation:
            self._connection.wait_up(_UP_S)
            self._subscription = self._connection.call(self._subscribe(), _ANSWER_S)
            self._generation = generation
        messages = self._connection.call(_fetch(self._subscription), _FETCH_S + _ANSWER_S)
        for message in messages:
            try:
                self._heard(ActsOfSite.model_validate_json(message.data))
            except ValidationError as error:
                # A centre of another version: what was heard before holds.
                _LOG.error("%s cannot be read: %d faults", message.subject, error.error_count())
        return len(messages)

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        jetstream = self._connection.jetstream(_ANSWER_S)
        await _ensure(jetstream)
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=60.0,
        )
        every = subject(ACTS_TOPIC, "*")
        return await jetstream.pull_subscribe(every, stream=_STREAM, config=config)


async def _ensure(jetstream: JetStreamContext) -> None:
    try:
        await jetstream.stream_info(_STREAM)
    except NotFoundError:
        await jetstream.add_stream(
            StreamConfig(
                name=_STREAM,
                subjects=[subject(ACTS_TOPIC, "*")],
                retention=RetentionPolicy.LIMITS,
                storage=StorageType.FILE,
                max_msgs_per_subject=1,
            )
        )


async def _fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    try:
        return list(await subscription.fetch(50, timeout=_FETCH_S))
    except TimeoutError:
        return []
