"""The national register's stand-in: one JSON file a document, to be carried over by hand."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from sergek.core.errors import Unavailable
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
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self._folder / f"{document['number']}.json")
        except OSError as error:
            raise Unavailable(
                f"The register's folder cannot be written: {error.strerror}."
            ) from None
        return hashlib.sha256(data).hexdigest()
