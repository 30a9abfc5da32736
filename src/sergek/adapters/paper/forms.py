"""Forms on paper: each begins a page of its own."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Spacer

from sergek.adapters.paper import sheets
from sergek.core.sheet import Part, Sheet

__all__ = ["print_sheets"]


def print_sheets(wanted: Sequence[Sheet], name: str) -> bytes:
    """See `core.sheet.PrintSheets`."""
    story: list[Flowable] = []
    for sheet in wanted:
        story += [PageBreak()] if story else []
        story += _one(sheet)
    return sheets.build(story, name)


def _one(sheet: Sheet) -> list[Flowable]:
    story: list[Flowable] = [sheets.title(sheet.title)]
    if sheet.notice:
        story.append(sheets.bold(sheet.notice))
    if any(said for _, said in sheet.facts):
        story.append(sheets.labelled(sheet.facts))
    for part in sheet.parts:
        story += _part(part)
    if sheet.signed:
        story += [Spacer(1, 5 * mm), sheets.signatures("", sheet.signed)]
    return story


def _part(part: Part) -> list[Flowable]:
    head: list[Flowable] = [Spacer(1, 4 * mm), sheets.bold(part.title), Spacer(1, 1.5 * mm)]
    if part.text:
        head.append(sheets.text(part.text))
    story: list[Flowable] = [KeepTogether(head)]
    if part.rows:
        story += [Spacer(1, 1.5 * mm), sheets.grid(part.head, part.rows, part.shares)]
    return story
