"""H.264 packets as fragmented MP4 for Media Source Extensions: one fragment per picture.

ISO/IEC 14496-12 (boxes) and 14496-15 §5.3 (AVC). Written out here because a muxer library holds
each picture back until the next one comes, which would cost 40 ms of the live view's delay.
"""

import struct
from dataclasses import dataclass

__all__ = ["TIMESCALE", "AvcConfig", "avc_config", "fragment", "init_segment", "length_prefixed"]

TIMESCALE = 90_000
_SPS, _PPS = 7, 8
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class AvcConfig:
    """What a decoder must know first: the parameter sets of a stream.

    `annex_b` says that its packets hold start codes instead of lengths.
    """

    sps: bytes
    pps: bytes
    annex_b: bool

    @property
    def codec(self) -> str:
        """The codec string of RFC 6381, as in `video/mp4; codecs="avc1.640028"`."""
        return f"avc1.{self.sps[1:4].hex().upper()}"


def _annex_b_units(data: bytes) -> list[bytes]:
    """NAL units between start codes (ITU-T H.264 annex B)."""
    units: list[bytes] = []
    start = data.find(b"\x00\x00\x01")
    while start >= 0:
        end = data.find(b"\x00\x00\x01", start + 3)
        unit = data[start + 3 : end if end >= 0 else len(data)]
        units.append(unit.rstrip(b"\x00") if end >= 0 else unit)
        start = end
    return [unit for unit in units if unit]


def _is_annex_b(extradata: bytes | None, key_packet: bytes) -> bool:
    """By the stream's description: a length of 256 to 511 looks like a start code."""
    described = extradata if extradata else key_packet
    return described.startswith((b"\x00\x00\x00\x01", b"\x00\x00\x01"))


def avc_config(extradata: bytes | None, key_packet: bytes) -> AvcConfig | None:
    """Parameter sets from the key picture itself, else from the stream's description."""
    annex_b = _is_annex_b(extradata, key_packet)
    if annex_b:
        units = _annex_b_units(key_packet) + _annex_b_units(extradata or b"")
    else:
        units = _avcc_units(extradata) if extradata and extradata[0] == 1 else []
    sps = next((unit for unit in units if unit[0] & 31 == _SPS and len(unit) > 4), None)
    pps = next((unit for unit in units if unit[0] & 31 == _PPS), None)
    return AvcConfig(sps, pps, annex_b) if sps and pps else None


def _avcc_units(data: bytes) -> list[bytes]:
    units: list[bytes] = []
    at, count = 6, data[5] & 31
    for _ in range(2):
        for _ in range(count):
            (size,) = struct.unpack_from(">H", data, at)
            units.append(data[at + 2 : at + 2 + size])
            at += 2 + size
        if at >= len(data):
            break
        count, at = data[at], at + 1
    return units


def length_prefixed(config: AvcConfig, packet: bytes) -> bytes:
    """The packet as MP4 holds it: each unit after its length in four bytes."""
    if not config.annex_b:
        return packet
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in _annex_b_units(packet))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def init_segment(config: AvcConfig, width: int, height: int) -> bytes:
    """`ftyp` and `moov` of a live stream without a known end."""
    avcc = _box(
        b"avcC",
        b"\x01" + config.sps[1:4] + b"\xff\xe1",
        struct.pack(">H", len(config.sps)) + config.sps,
        b"\x01" + struct.pack(">H", len(config.pps)) + config.pps,
    )
    sample = _box(
        b"avc1",
        struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1),
        avcc,
    )
    table = _box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), sample),
        *(_full(kind, 0, 0, struct.pack(">I", 0)) for kind in (b"stts", b"stsc", b"stco")),
        _full(b"stsz", 0, 0, struct.pack(">II", 0, 0)),
    )
    data = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE, 0, 0x55C4, 0)),
        _full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"sergek\x00"),
        _box(b"minf", _full(b"vmhd", 0, 1, bytes(8)), data, table),
    )
    track = _full(
        b"tkhd",
        0,
        3,
        struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, 0, 0, 0, 0, 0),
        _UNITY,
        struct.pack(">II", width << 16, height << 16),
    )
    movie = _full(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, TIMESCALE, 0, 0x10000, 0x100),
        _UNITY,
        struct.pack(">24xI", 2),
    )
    extends = _full(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))
    return _box(b"ftyp", b"isom\x00\x00\x02\x00isomiso6avc1mp41") + _box(
        b"moov", movie, _box(b"trak", track, media), _box(b"mvex", extends)
    )


def fragment(
    number: int,
    decode_ticks: int,
    duration_ticks: int,
    sample: bytes,
    *,
    is_key: bool,
    shown: int = 0,
) -> bytes:
    """`moof` and `mdat` of one picture; `shown` ticks after its decoding it is shown."""
    flags = 0x02000000 if is_key else 0x01010000

    def moof(offset: int) -> bytes:
        run = struct.pack(">IiIIIi", 1, offset, duration_ticks, len(sample), flags, shown)
        return _box(
            b"moof",
            _full(b"mfhd", 0, 0, struct.pack(">I", number)),
            _box(
                b"traf",
                _full(b"tfhd", 0, 0x020000, struct.pack(">I", 1)),
                _full(b"tfdt", 1, 0, struct.pack(">Q", decode_ticks)),
                # Data offset, and per sample: duration, size, flags, composition offset.
                _full(b"trun", 1, 0x000F01, run),
            ),
        )

    return moof(len(moof(0)) + 8) + _box(b"mdat", sample)
