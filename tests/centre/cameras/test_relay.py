"""The relay of live video."""

import asyncio
import struct

import pytest

from sergek.centre.cameras.relay import Relay, decode_time
from sergek.core.live import subject
from sergek.testing.memory import MemoryBus

INITIAL = b"I" + b"ftyp-moov"


def fragment(kind: bytes, time: int) -> bytes:
    """A piece with a box `tfdt` (version 1) of that decode time."""
    return kind + b"....moof....tfdt" + struct.pack(">IQ", 1 << 24, time) + b"mdat"


def sent(bus: MemoryBus, *pieces: bytes) -> None:
    for piece in pieces:
        bus.publish(subject("video", "abay-1"), piece)


async def taken(viewer) -> list[bytes | str]:
    """What waits for the viewer now."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    found = []
    while True:
        try:
            found.append(await asyncio.wait_for(viewer.next(), 0.01))
        except TimeoutError:
            return found


@pytest.mark.parametrize("version", [0, 1])
def test_decode_time_is_read_in_both_versions_of_the_box(version):
    """`tfdt` holds 32 bits in version 0 and 64 in version 1 (ISO 14496-12 §8.8.12)."""
    body = struct.pack(">IQ" if version else ">II", version << 24, 90_000)
    assert decode_time(b"K..moof..tfdt" + body + b"mdat....") == 90_000
    assert decode_time(b"Kmdat") is None


def test_a_newcomer_gets_the_group_of_pictures_at_once():
    """Who comes in the middle gets initialisation, key frame and all that depends on it."""

    async def play():
        bus, relay = MemoryBus(), None
        relay = Relay(bus)
        async with relay.watch("abay-1") as first:
            group = [INITIAL, fragment(b"K", 1), fragment(b"F", 2)]
            sent(bus, *group)
            assert await taken(first) == group
            async with relay.watch("abay-1") as second:
                assert await taken(second) == group
                sent(bus, fragment(b"F", 3))
                assert await taken(first) == await taken(second) == [fragment(b"F", 3)]
        relay.close()

    asyncio.run(play())


def test_a_repeated_initialisation_is_not_a_new_beginning():
    """The same `I` before a later key frame is kept from viewers; after a jump back it is not."""

    async def play():
        bus = MemoryBus()
        relay = Relay(bus)
        async with relay.watch("abay-1") as viewer:
            sent(bus, INITIAL, fragment(b"K", 100), INITIAL, fragment(b"K", 200))
            assert await taken(viewer) == [INITIAL, fragment(b"K", 100), fragment(b"K", 200)]
            sent(bus, INITIAL, fragment(b"K", 5))
            assert await taken(viewer) == [INITIAL, fragment(b"K", 5)]
            other = INITIAL + b"other codec"
            sent(bus, other, fragment(b"K", 300))
            assert await taken(viewer) == [other, fragment(b"K", 300)]
        relay.close()

    asyncio.run(play())


def test_a_slow_viewer_goes_on_at_a_key_frame():
    """Too far behind, a viewer drops what it cannot show and never a piece's dependency."""

    async def play():
        bus = MemoryBus()
        relay = Relay(bus)
        async with relay.watch("abay-1") as viewer:
            sent(bus, INITIAL, fragment(b"K", 0), *(fragment(b"F", n) for n in range(1, 900)))
            await asyncio.sleep(0)
            sent(bus, fragment(b"K", 900), fragment(b"F", 901))
            assert await taken(viewer) == [INITIAL, fragment(b"K", 900), fragment(b"F", 901)]
        relay.close()

    asyncio.run(play())


def test_pieces_without_a_beginning_are_kept_back():
    """Fragments that come before any initialisation segment reach nobody."""

    async def play():
        bus = MemoryBus()
        relay = Relay(bus)
        async with relay.watch("abay-1") as viewer:
            sent(bus, fragment(b"K", 1), fragment(b"F", 2))
            assert await taken(viewer) == []
        relay.close()

    asyncio.run(play())


def test_video_is_asked_for_only_while_somebody_looks():
    """The first viewer starts the asking, the last one ends it."""

    async def play():
        bus, asked = MemoryBus(), []
        bus.subscribe(subject("watch", "*"), lambda name, _data: asked.append(name))
        relay = Relay(bus)
        async with relay.watch("abay-1"):
            await asyncio.sleep(0.01)
            async with relay.watch("abay-1"):
                await asyncio.sleep(0.01)
        assert asked == [subject("watch", "abay-1")]
        async with relay.watch("abay-1"):
            await asyncio.sleep(0.01)
        assert len(asked) == 2
        relay.close()
        assert not bus._ears[1:]

    asyncio.run(play())
