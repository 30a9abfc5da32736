"""Copies the edge's log to the bus, from a durable cursor, evidence before the fact."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from nats.errors import Error
from nats.js import JetStreamContext

from sergek.adapters.nats.connection import ANSWER_S, UP_S, NatsConnection
from sergek.adapters.nats.pump import Pump
from sergek.adapters.nats.stream import STREAM, ensure_stream
from sergek.core.attachments import evidence_keys
from sergek.core.errors import Corrupt, NotFound, Unavailable
from sergek.core.event import StoredEvent
from sergek.core.live import subject
from sergek.core.ports import EventLog, EvidenceStore

__all__ = ["Cursor", "CursorStore", "Forwarder"]

_LOG = logging.getLogger(__name__)
_BATCH = 64
_PAUSE_S = 0.1
_NOT_A_TOKEN = re.compile(r"[^A-Za-z0-9_-]")


class Cursor(Protocol):
    """Everything up to `seq` was copied to the stream that `epoch` names."""

    @property
    def seq(self) -> int:
        """The last sequence number copied."""
        ...

    @property
    def epoch(self) -> str:
        """The stream's epoch, see `ensure_stream`."""
        ...


class CursorStore(Protocol):
    """Where the cursor outlives the process."""

    def load(self) -> Cursor:
        """The cursor, (0, "") at the very first."""
        ...

    def save(self, seq: int, epoch: str) -> None:
        """Durably remember it."""
        ...


class _Message(NamedTuple):
    subject: str
    data: bytes
    message_id: str


class Forwarder(Pump):
    """Forwards until stopped; whatever is not acknowledged by the bus is sent again.

    When the bus lost its store (its stream is another than the cursor's) everything that the
    log still holds is sent again: the centre drops what it has. `answer_s` is how long the bus
    may take to answer.
    """

    def __init__(
        self,
        connection: NatsConnection,
        log: EventLog,
        evidence: EvidenceStore,
        cursor: CursorStore,
        *,
        max_bytes: int = -1,
        answer_s: float = ANSWER_S,
        forwarded: Callable[[int], None] = lambda _seq: None,
    ) -> None:
        super().__init__(connection, "forwarding", pause_s=_PAUSE_S)
        self._log = log
        self._evidence = evidence
        self._cursor = cursor
        self._max_bytes = max_bytes
        self._answer_s = answer_s
        self._forwarded = forwarded
        self._generation = -1

    def step(self) -> int:
        """Forward one batch; how many events. `Unavailable` while the bus is away or full."""
        if self._generation != self._connection.generation:
            self._check_epoch()
        seq, epoch = self._cursor.load().seq, self._cursor.load().epoch
        batch = self._log.read(seq, _BATCH)
        if not batch:
            return 0
        generation = self._generation
        pictures, facts = self._messages(batch)
        self._publish(pictures)
        self._publish(facts)
        if generation == self._connection.generation:
            self._cursor.save(batch[-1].seq, epoch)
            self._forwarded(batch[-1].seq)
        return len(batch)

    def _check_epoch(self) -> None:
        generation = self._connection.generation
        self._connection.wait_up(UP_S)
        epoch = self._connection.call(self._ensure(), self._answer_s)
        cursor = self._cursor.load()
        if cursor.epoch != epoch:
            if cursor.epoch:
                _LOG.warning("the bus lost its store: sending again what this edge still holds")
            self._cursor.save(0, epoch)
        self._generation = generation

    async def _ensure(self) -> str:
        return await ensure_stream(self._connection.jetstream(self._answer_s), self._max_bytes)

    def _messages(self, batch: Sequence[StoredEvent]) -> tuple[list[_Message], list[_Message]]:
        pictures: dict[str, _Message] = {}
        facts: list[_Message] = []
        for event in (stored.event for stored in batch):
            if event is None:
                continue
            for key in evidence_keys(event):
                data = self._picture(key)
                if data is not None:
                    pictures[key] = _Message(subject("evidence", key), data, key)
            data = event.model_dump_json().encode()
            token = _NOT_A_TOKEN.sub("_", event.subject) or "_"
            facts.append(_Message(subject("fact", token), data, event.event_id))
        return list(pictures.values()), facts

    def _picture(self, key: str) -> bytes | None:
        try:
            return self._evidence.get(key)
        except (NotFound, Corrupt) as error:
            # The fact is worth more than its picture: it goes without.
            _LOG.error("a picture cannot be forwarded: %s", error.message)
            return None

    def _publish(self, messages: Sequence[_Message]) -> None:
        if messages:
            self._connection.call(self._publish_all(messages), 3 * self._answer_s)

    async def _publish_all(self, messages: Sequence[_Message]) -> None:
        jetstream = self._connection.jetstream(self._answer_s)
        answers = await asyncio.gather(
            *(_publish_one(jetstream, message) for message in messages), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, (Error, OSError, TimeoutError)):
                raise Unavailable(f"The bus did not take a fact: {answer}.") from answer
            if isinstance(answer, BaseException):
                raise answer


async def _publish_one(jetstream: JetStreamContext, message: _Message) -> None:
    headers = {"Nats-Msg-Id": message.message_id}
    await jetstream.publish(message.subject, message.data, stream=STREAM, headers=headers)
