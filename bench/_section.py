"""Tables that a bench measured, put into their place on a page of the documents."""

from collections.abc import Sequence
from pathlib import Path

__all__ = ["put_section"]


def put_section(page: Path, name: str, lines: Sequence[str]) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- /NAME -->` on the page."""
    text = page.read_text(encoding="utf-8")
    begins, ends = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begins)
    _, closed, after = rest.partition(ends)
    if not found or not closed:
        raise ValueError(f"{page} has no section {name}")
    body = "\n".join(lines)
    page.write_text(f"{before}{begins}\n{body}\n{ends}{after}", encoding="utf-8")
