"""Addresses as a file beside the city model."""

import json
from collections.abc import Sequence
from pathlib import Path

from sergek.core.addresses import Address, AddressBook
from sergek.core.errors import Corrupt

__all__ = ["load_addresses", "read_addresses", "save_addresses"]

_FILE = "addresses.json"


def save_addresses(addresses: Sequence[Address], folder: Path) -> None:
    """Write them beside the model."""
    rows = [[one.street, one.house, *one.at, one.block] for one in addresses]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (folder / _FILE).write_text(text, "utf-8")


def read_addresses(folder: Path) -> tuple[Address, ...]:
    """Those of a city folder; none where it has no such file."""
    path = folder / _FILE
    if not path.is_file():
        return ()
    try:
        rows = json.loads(path.read_text("utf-8"))
        return tuple(Address(street, house, (x, y), block) for street, house, x, y, block in rows)
    except (ValueError, TypeError) as error:
        raise Corrupt(f"the addresses in {folder} cannot be read: {error}") from None


def load_addresses(folder: Path) -> AddressBook:
    """The book of a city folder; empty where it has none."""
    return AddressBook.of(read_addresses(folder))
