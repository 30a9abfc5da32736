"""Takes facts and evidence from the bus into the centre, acknowledging after they are stored."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from hashlib import sha256

from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.errors import NotFoundError
from pydantic import BaseModel, ValidationError

from sergek.adapters.evidence.trust import TrustedKey
from sergek.adapters.nats.connection import ANSWER_S, NatsConnection
from sergek.adapters.nats.pulling import Pulling, Subscription
from sergek.adapters.nats.pump import Pump
from sergek.adapters.nats.stream import CONSUMER, STREAM, consumer_config, ensure_stream
from sergek.core.attachments import evidence_keys
from sergek.core.clock import Clock, SystemClock
from sergek.core.coverage import Coverage
from sergek.core.disqualification import Disqualification
from sergek.core.errors import SergekError
from sergek.core.event import Event, derive_id
from sergek.core.live import subject
from sergek.core.passage import Passage
from sergek.core.ports import EvidenceStore
from sergek.core.violation import ViolationFound

__all__ = ["Consumer"]

_LOG = logging.getLogger(__name__)
_RETRY_S = 0.5
# A fact whose picture has not come waits this often (and so long) before it is taken without.
_TRIES_WITHOUT_PICTURE = 30
_WAIT_FOR_PICTURE_S = 2.0

# All that an edge may tell, and its form. Anything else is the word of people or of the centre: who
# holds an edge's place on the bus must not sign a case.
_TOLD: dict[str, type[BaseModel]] = {
    "passage.recorded": Passage,
    "coverage.recorded": Coverage,
    "violation.found": ViolationFound,
    "site.disqualified": Disqualification,
    "key.published": TrustedKey,
}


class Consumer(Pump):
    """Consumes until stopped.

    `commit` stores events and what is derived from them in one transaction, dropping repeats.
    A message is acknowledged once its picture is on the disk or its event committed, so a crash
    at any point brings it again. What is no valid fact is kept as evidence and reported as the
    event `fact.rejected`, never dropped in silence.
    """

    def __init__(
        self,
        connection: NatsConnection,
        evidence: EvidenceStore,
        commit: Callable[[Sequence[Event]], object],
        *,
        max_bytes: int = -1,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(connection, "taking in facts")
        self._pulling = Pulling(connection, self._subscribe)
        self._evidence = evidence
        self._commit = commit
        self._max_bytes = max_bytes
        self._clock = clock or SystemClock()

    def step(self) -> int:
        """Take one batch, waiting a moment for it; how many messages were stored."""
        messages = self._pulling.fetch()
        done: list[Msg] = []
        events: list[Event] = []
        later: list[Msg] = []
        try:
            for message in messages:
                event = self._received(message)
                if event is None:
                    done.append(message)
                elif self._lacks_picture(event, message):
                    later.append(message)
                else:
                    events.append(event)
            if events:
                self._commit(events)
        except SergekError:
            self._give_back(_without(messages, done), _RETRY_S)
            self._acknowledge(done)
            raise
        self._give_back(later, _WAIT_FOR_PICTURE_S)
        stored = _without(messages, later)
        self._acknowledge(stored)
        return len(stored)

    def _received(self, message: Msg) -> Event | None:
        """The fact in it, or None once its evidence is stored."""
        if message.subject.startswith(subject("evidence", "")):
            key = message.subject.rpartition(".")[2]
            if sha256(message.data).hexdigest() != key:
                return self._rejected(message, "evidence does not match its digest")
            self._evidence.put(message.data)
            return None
        try:
            event = Event.model_validate_json(message.data)
            if event.kind not in _TOLD:
                return self._rejected(message, f"no edge tells facts of the kind {event.kind}")
            _TOLD[event.kind].model_validate(event.body)
        except ValidationError as error:
            return self._rejected(message, f"{error.error_count()} fields are wrong")
        return event

    def _rejected(self, message: Msg, why: str) -> Event:
        _LOG.error("a message on %s is no valid fact (%s); it is kept", message.subject, why)
        key = self._evidence.put(message.data)
        return Event(
            event_id=derive_id(message.subject, key, "fact.rejected"),
            kind="fact.rejected",
            subject=message.subject,
            happened_at=self._clock.now(),
            body={"key": key, "why": why},
        )

    def _lacks_picture(self, event: Event, message: Msg) -> bool:
        missing = [key for key in evidence_keys(event) if not self._evidence.has(key)]
        if missing and message.metadata.num_delivered >= _TRIES_WITHOUT_PICTURE:
            _LOG.error(
                "a fact about %s is taken without %d of its pictures", event.subject, len(missing)
            )
            return False
        return bool(missing)

    async def _subscribe(self) -> Subscription:
        jetstream = self._connection.jetstream(ANSWER_S)
        await ensure_stream(jetstream, self._max_bytes)
        try:
            await jetstream.consumer_info(STREAM, CONSUMER)
        except NotFoundError:
            await jetstream.add_consumer(STREAM, consumer_config())
        return await jetstream.pull_subscribe_bind(durable=CONSUMER, stream=STREAM)

    def _acknowledge(self, messages: Sequence[Msg]) -> None:
        if messages:
            self._connection.call(_each(messages, lambda message: message.ack()), ANSWER_S)

    def _give_back(self, messages: Sequence[Msg], delay_s: float) -> None:
        if messages:
            waiting = _each(messages, lambda message: message.nak(delay=delay_s))
            self._connection.call(waiting, ANSWER_S)


def _without(messages: Sequence[Msg], others: Sequence[Msg]) -> list[Msg]:
    excluded = {id(message) for message in others}
    return [message for message in messages if id(message) not in excluded]


async def _each(messages: Sequence[Msg], answer: Callable[[Msg], Awaitable[None]]) -> None:
    # A lost answer only means that the message comes again and is dropped as a repeat.
    for message in messages:
        with suppress(Error, OSError):
            await answer(message)
