"""What the centre decided about sites, on its way to the edges.

The bus keeps one message per site, the newest, in a stream of its own; each holds all acts of the
site, so that the place of an edge in this stream is no more than what it heard last.
"""

import logging
from collections.abc import Callable, Mapping

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

from sergek.adapters.nats.connection import ANSWER_S, UP_S, NatsConnection
from sergek.adapters.nats.pulling import Pulling, Subscription
from sergek.adapters.nats.pump import Pump
from sergek.core.live import subject
from sergek.traffic.siteacts import ACTS_TOPIC, ActsOfSite

__all__ = ["ActsListener", "ActsTeller"]

_LOG = logging.getLogger(__name__)
_STREAM = "SERGEK_ACTS"
_LOOK_EVERY_S = 1.0


class ActsTeller(Pump):
    """At the centre: tells what is new. `acts` gives everything as it is now, by site."""

    def __init__(
        self, connection: NatsConnection, acts: Callable[[], Mapping[str, ActsOfSite]]
    ) -> None:
        super().__init__(connection, "telling of sites", pause_s=_LOOK_EVERY_S)
        self._acts = acts
        self._told: dict[str, ActsOfSite] = {}
        self._generation = -1

    def step(self) -> int:
        """Tell of the sites that changed; how many. All of them after the bus came back."""
        generation = self._connection.generation
        if generation != self._generation:
            self._connection.wait_up(UP_S)
            self._told.clear()
        new = {key: acts for key, acts in self._acts().items() if self._told.get(key) != acts}
        if new:
            self._connection.call(self._publish(new), ANSWER_S)
            self._told.update(new)
        self._generation = generation
        return len(new)

    async def _publish(self, new: Mapping[str, ActsOfSite]) -> None:
        jetstream = self._connection.jetstream(ANSWER_S)
        await _ensure(jetstream)
        for site_id, acts in new.items():
            data = acts.model_dump_json().encode()
            await jetstream.publish(subject(ACTS_TOPIC, site_id), data, stream=_STREAM)


class ActsListener(Pump):
    """At an edge: hears the newest of every site, then each change; anew when the bus was away."""

    def __init__(self, connection: NatsConnection, heard: Callable[[ActsOfSite], None]) -> None:
        super().__init__(connection, "hearing of sites")
        self._heard = heard
        self._pulling = Pulling(connection, self._subscribe)

    def step(self) -> int:
        """Hear what is there, waiting a moment for it; how many sites."""
        messages = self._pulling.fetch()
        for message in messages:
            try:
                self._heard(ActsOfSite.model_validate_json(message.data))
            except ValidationError as error:
                # A centre of another version: what was heard before holds.
                _LOG.error("%s cannot be read: %d faults", message.subject, error.error_count())
        return len(messages)

    async def _subscribe(self) -> Subscription:
        jetstream = self._connection.jetstream(ANSWER_S)
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
