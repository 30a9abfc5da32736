"""The file around an evidence package: a ZIP of stored entries in which no byte is free.

Entries are not compressed, bear no dates, attributes or comments, and stand in one order, so
that the same content gives the same bytes and any changed byte shows. Format after PKWARE's
APPNOTE 6.3.3, sections 4.3.7, 4.3.12 and 4.3.16; under 4 GiB.
"""

import re
import struct
import zlib
from collections.abc import Mapping

from sergek.core.errors import Corrupt

__all__ = ["MANIFEST", "SIGNATURE", "pack", "unpack"]

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"

_LOCAL = struct.Struct("<IHHHHHIIIHH")
# Where a local header holds the checksum of its file.
_CRC = range(14, 18)
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_VERSION = 20
_DATE = 0x21  # 1 January 1980, the earliest a ZIP can say


def pack(items: Mapping[str, bytes]) -> bytes:
    """The container of these items: manifest, signature, then the others by name."""
    first = [name for name in (MANIFEST, SIGNATURE) if name in items]
    names = first + sorted(set(items) - set(first))
    body, directory = bytearray(), bytearray()
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for an item")
        data, encoded = items[name], name.encode()
        common = (0, 0, 0, _DATE, zlib.crc32(data), len(data), len(data), len(encoded), 0)
        offset = len(body)
        body += _LOCAL.pack(0x04034B50, _VERSION, *common) + encoded + data
        directory += (
            _CENTRAL.pack(0x02014B50, _VERSION, _VERSION, *common, 0, 0, 0, 0, offset) + encoded
        )
    end = _END.pack(0x06054B50, 0, 0, len(names), len(names), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> dict[str, bytes]:
    """The items; `Corrupt` names where the container stops being one.

    Content is not judged here, only its frame: hashes and signature are the manifest's work.
    """
    items: dict[str, bytes] = {}
    at, last = 0, "the beginning"
    while data[at : at + 4] == b"PK\x03\x04":
        if len(data) < at + _LOCAL.size:
            raise Corrupt(f"the package is cut off after {last}")
        fields = _LOCAL.unpack_from(data, at)
        size, name_size = fields[7], fields[9]
        start = at + _LOCAL.size + name_size
        name = data[at + _LOCAL.size : start].decode("ascii", "replace")
        if not _NAME.fullmatch(name) or name in items or len(data) < start + size:
            raise Corrupt(f"the package is damaged in the header after {last}")
        items[name] = data[start : start + size]
        at, last = start + size, name
    if MANIFEST not in items or SIGNATURE not in items:
        raise Corrupt(f"this is no evidence package: the frame breaks off after {last}")
    return items


def first_strange_byte(data: bytes, items: Mapping[str, bytes]) -> str | None:
    """Where the container differs from the one these items make, in words; None if nowhere."""
    expected = pack(items)
    if expected == data:
        return None
    shared = min(len(expected), len(data))
    at = next((i for i in range(shared) if expected[i] != data[i]), shared)
    place = _place(items, at)
    # A checksum that does not fit tells only that a byte of its file was changed, not which.
    return f"a byte of {place}" if place in items else f"byte {at} of the container, {place}"


def _place(items: Mapping[str, bytes], at: int) -> str:
    first = [MANIFEST, SIGNATURE]
    edge = 0
    for name in first + sorted(set(items) - set(first)):
        header = edge + _LOCAL.size + len(name)
        if edge + _CRC.start <= at < edge + _CRC.stop:
            return name
        if at < header:
            return f"header of {name}"
        edge = header + len(items[name])
        if at < edge:
            return name
    return "directory at the end"
