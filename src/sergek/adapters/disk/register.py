"""The national register's stand-in: one JSON file a document, to be carried over by hand."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sergek.adapters.disk.durable import write_durably
from sergek.core.event import canonical_json

__all__ = ["FileRegister"]


class FileRegister:
    """`centre.papers.NationalRegister` over a folder: `NUMBER.json`, replaced whole.

    The receipt is the SHA-256 of the file's bytes; the same document gives the same receipt.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def submit(self, document: Mapping[str, object]) -> str:
        """Write the document; `Unavailable` if the folder cannot be written."""
        data = canonical_json(dict(document))
        write_durably(self._folder / f"{document['number']}.json", data, mode=0o600)
        return hashlib.sha256(data).hexdigest()
