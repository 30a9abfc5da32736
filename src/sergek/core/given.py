"""Files that a person named: what cannot be read is one sentence that says what to mend."""

import csv
import io
from pathlib import Path

from sergek.core.errors import ConfigError

__all__ = ["given_bytes", "given_rows", "given_text"]


def given_bytes(path: Path) -> bytes:
    """All of the file; `ConfigError` if there is none or this user may not read it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def given_text(path: Path) -> str:
    """All of a text in UTF-8, with or without the mark that Windows puts first (BOM).

    Line ends become `\\n`.
    """
    try:
        text = given_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not a text file in UTF-8.") from None
    return text.replace("\r\n", "\n")


def given_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV by the names in its heading, each with its number, the first below is 2."""
    try:
        return list(enumerate(csv.DictReader(io.StringIO(given_text(path))), 2))
    except csv.Error as error:
        raise ConfigError(f"{path} cannot be read as CSV: {error}") from None
