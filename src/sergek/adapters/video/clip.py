"""Packets of a stream as an MP4 file, copied bit by bit: nothing is decoded or encoded."""

import io
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.error import FFmpegError

from sergek.core.errors import Corrupt
from sergek.core.frame import Packet, StreamInfo

__all__ = ["copied_clip"]

_START = b"\x00\x00\x00\x01"


def copied_clip(info: StreamInfo, packets: Sequence[Packet]) -> bytes:
    """An MP4 of these packets, the first of which is a key frame; times begin at zero.

    The coded pictures are byte for byte those that the camera sent; only what stands between
    them (start codes or lengths) follows the container. `Corrupt` if the stream cannot be put
    into an MP4.
    """
    if not packets or not packets[0].is_key:
        raise Corrupt("a clip must begin with a key frame")
    out = io.BytesIO()
    try:
        with av.open(out, "w", format="mp4") as container:
            stream = container.add_mux_stream(
                info.codec, rate=_rate(info), width=info.width, height=info.height
            )
            stream.time_base = info.time_base
            times = _times(packets, info.time_base)
            for data, packet, (pts, dts) in zip(
                _annex_b(info, packets), packets, times, strict=True
            ):
                piece = av.Packet(data)
                piece.pts, piece.dts, piece.time_base = pts, dts, info.time_base
                piece.is_keyframe = packet.is_key
                piece.stream = stream
                container.mux(piece)
    except (FFmpegError, OSError, ValueError, struct.error, IndexError) as error:
        raise Corrupt(f"the clip of a case cannot be written: {error}") from None
    return out.getvalue()


def _rate(info: StreamInfo) -> Fraction:
    return Fraction(info.nominal_fps or 25.0).limit_denominator(1001)


def _annex_b(info: StreamInfo, packets: Sequence[Packet]) -> Iterator[bytes]:
    """Each packet with start codes, the first with the parameter sets before it (ITU-T H.264
    and H.265, annex B), from which the muxer makes its own description."""
    described = info.extradata or b""
    lengths = described[:1] == b"\x01" and info.codec in ("h264", "hevc")
    if not lengths:
        yield described + packets[0].data
        yield from (packet.data for packet in packets[1:])
        return
    units = _avcc(described) if info.codec == "h264" else _hvcc(described)
    width = (described[4 if info.codec == "h264" else 21] & 3) + 1
    head = b"".join(_START + unit for unit in units)
    for packet in packets:
        yield head + _started(packet.data, width)
        head = b""


def _started(data: bytes, width: int) -> bytes:
    """Units after lengths of that many bytes as units after start codes."""
    parts: list[bytes] = []
    at = 0
    while at + width <= len(data):
        size = int.from_bytes(data[at : at + width], "big")
        parts += [_START, data[at + width : at + width + size]]
        at += width + size
    return b"".join(parts)


def _avcc(data: bytes) -> Iterator[bytes]:
    """Parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    at, count = 6, data[5] & 31
    for _ in range(2):
        for _ in range(count):
            (size,) = struct.unpack_from(">H", data, at)
            yield data[at + 2 : at + 2 + size]
            at += 2 + size
        if at >= len(data):
            return
        count, at = data[at], at + 1


def _hvcc(data: bytes) -> Iterator[bytes]:
    """Parameter sets of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1)."""
    at = 23
    for _ in range(data[22]):
        (count,) = struct.unpack_from(">H", data, at + 1)
        at += 3
        for _ in range(count):
            (size,) = struct.unpack_from(">H", data, at)
            yield data[at + 2 : at + 2 + size]
            at += 2 + size


def _times(packets: Sequence[Packet], base: Fraction) -> list[tuple[int, int]]:
    """Showing and decoding time of each packet from zero, decoding times growing.

    Where a source sends none they follow the arrival.
    """
    first = packets[0]
    start = first.dts if first.dts is not None else first.pts
    found: list[tuple[int, int]] = []
    for packet in packets:
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is None or start is None:
            dts = round((packet.arrived_s - first.arrived_s) / base)
        else:
            dts = stamp - start
        if found and dts <= found[-1][1]:
            dts = found[-1][1] + 1
        shown = dts if packet.pts is None or start is None else packet.pts - start
        found.append((max(shown, dts), dts))
    return found
