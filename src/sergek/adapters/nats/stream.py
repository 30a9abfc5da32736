"""The stream in which facts and their evidence travel from the edges to the centre."""

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from sergek.core.live import subject

__all__ = ["CONSUMER", "STREAM", "consumer_config", "ensure_stream"]

STREAM = "SERGEK"
CONSUMER = "centre"
# Within this time the bus itself drops repeats; later ones are dropped by the centre's log.
_DUPLICATE_WINDOW_S = 600.0
_ACK_WAIT_S = 12.0


def stream_config(max_bytes: int) -> StreamConfig:
    """One stream for both, so that evidence is delivered before the fact that names it.

    A message is deleted once the centre has acknowledged it. When the stream is full new
    messages are refused, and wait in the edge's own log, rather than old ones dropped.
    """
    return StreamConfig(
        name=STREAM,
        subjects=[subject("fact", "*"), subject("evidence", "*")],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_bytes=max_bytes,
        duplicate_window=_DUPLICATE_WINDOW_S,
    )


def consumer_config() -> ConsumerConfig:
    """The centre's place in the stream: kept by the bus, moved by explicit acknowledgement."""
    return ConsumerConfig(
        durable_name=CONSUMER,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=_ACK_WAIT_S,
        max_deliver=-1,
        max_ack_pending=1000,
    )


async def ensure_stream(jetstream: JetStreamContext, max_bytes: int) -> str:
    """Make the stream if it is not there; its epoch: another value means its contents were lost."""
    try:
        info = await jetstream.stream_info(STREAM)
    except NotFoundError:
        info = await jetstream.add_stream(stream_config(max_bytes))
    return str(info.created)
