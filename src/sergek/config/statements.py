"""Where in a TOML text each key and table stands, and the text without its faulty statements.

`tomllib` gives neither line numbers nor more than one error; a person who mends a file wants
every fault at once, each with its line.
"""

import re
import tomllib
from typing import Any, NamedTuple

__all__ = ["Document", "read_document"]

_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\]]+?)\s*\]{1,2}\s*(#.*)?$")
_KEY_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*""")
_FAULTY = "sergek-faulty-table"

Path = tuple[str | int, ...]


class Document(NamedTuple):
    """What could be read: the values, the line (from 1) of each key and table, the faults."""

    values: dict[str, Any]
    lines: dict[Path, int]
    problems: list[tuple[int, str]]

    def line_of(self, path: Path) -> int | None:
        """The line of that key, or of the nearest table around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


class _Statement(NamedTuple):
    first: int
    last: int
    text: str
    unclosed: bool = False


def read_document(text: str) -> Document:
    """Parse as much of the text as is well formed; every fault with its line."""
    lines = text.split("\n")
    problems: list[tuple[int, str]] = []
    for _ in range(len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines))
            break
        except tomllib.TOMLDecodeError as error:
            found = _LINE.search(str(error))
            line = int(found[1]) if found and found[1] else len(lines)
            reason = _LINE.sub("", str(error)).strip()
            statement = _statement_at(lines, line)
            problems.append((statement.first + 1, reason[:1].lower() + reason[1:]))
            _blank(lines, statement, len(problems))
    else:
        values = {}
    values = {key: value for key, value in values.items() if not key.startswith(_FAULTY)}
    return Document(values, _locate(lines), problems)


def _blank(lines: list[str], statement: _Statement, number: int) -> None:
    is_header = statement.text.lstrip().startswith("[")
    for line in range(statement.first, statement.last + 1):
        lines[line] = ""
    if is_header:
        # The keys below belonged to it: they must not land in the table above.
        lines[statement.first] = f"[{_FAULTY}-{number}]"


def _statement_at(lines: list[str], line: int) -> _Statement:
    statements = _statements(lines)
    at_or_before = [s for s in statements if s.first <= line - 1 and s.text.strip()]
    if at_or_before:
        before = at_or_before[-2] if len(at_or_before) > 1 else at_or_before[-1]
        return before if before.unclosed else at_or_before[-1]
    return _Statement(max(line - 1, 0), max(line - 1, 0), "")


def _statements(lines: list[str]) -> list[_Statement]:
    """The text cut where a statement may begin: at a line's start outside brackets and strings."""
    found: list[_Statement] = []
    first, depth, quote = 0, 0, ""
    for i, line in enumerate(lines):
        # A header or key at a line's start ends a statement that was never closed properly.
        if depth and not quote and re.match(r"\s*(\[{1,2}[A-Za-z]|[A-Za-z0-9_-]+\s*=)", line):
            found.append(_Statement(first, i - 1, "\n".join(lines[first:i]), unclosed=True))
            first, depth = i, 0
        depth, quote = _scan(line, depth, quote)
        if depth <= 0 and not quote:
            found.append(_Statement(first, i, "\n".join(lines[first : i + 1])))
            first, depth = i + 1, 0
    if first < len(lines):
        found.append(_Statement(first, len(lines) - 1, "\n".join(lines[first:])))
    return found


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote after a line, given those before it."""
    is_header = depth == 0 and not quote and line.lstrip().startswith("[")
    i = 0
    while i < len(line):
        if quote:
            i, quote = _to_end_of_quote(line, i, quote)
            continue
        three, one = line[i : i + 3], line[i]
        if one == "#":
            break
        if three in ('"""', "'''"):
            quote = three
            i += 3
        elif one in "\"'":
            i, quote = _to_end_of_quote(line, i + 1, one)
            quote = ""
        else:
            depth += (one in "[{") - (one in "]}")
            i += 1
    return (0 if is_header else depth), quote


def _to_end_of_quote(line: str, i: int, quote: str) -> tuple[int, str]:
    while i < len(line):
        if quote[0] == '"' and line[i] == "\\":
            i += 2
        elif line.startswith(quote, i):
            return i + len(quote), ""
        else:
            i += 1
    return i, quote


def _locate(lines: list[str]) -> dict[Path, int]:
    located: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for statement in _statements(lines):
        first = next((i for i, s in enumerate(statement.text.split("\n")) if s.strip()), 0)
        line = statement.first + first + 1
        header = _HEADER.match(statement.text)
        if header:
            table = _table_path(header[2], header[1] == "[[", counts)
            located.setdefault(table, line)
            continue
        key = _key_path(statement.text.lstrip("\n"))
        if key:
            for end in range(1, len(key) + 1):
                located.setdefault(table + key[:end], line)
    return located


def _table_path(name: str, is_array: bool, counts: dict[Path, int]) -> Path:
    path: Path = ()
    parts = _key_path(name + "=")
    for i, part in enumerate(parts):
        path = (*path, part)
        last = i == len(parts) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _key_path(text: str) -> Path:
    parts: list[str] = []
    position = 0
    while found := _KEY_PART.match(text, position):
        raw = found[1]
        parts.append(raw[1:-1] if raw[0] in "\"'" else raw)
        position = found.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return tuple(parts) if text[position : position + 1] == "=" else ()
