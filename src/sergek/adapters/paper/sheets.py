"""What papers in two languages are made of: one font, paragraphs, tables of labels and values."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib as mpl
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

__all__ = ["WIDTH", "bold", "build", "grid", "labelled", "signatures", "small", "text", "title"]

WIDTH = A4[0] - 30 * mm
_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=8, leading=10.5)
_SMALL = ParagraphStyle("small", fontName=_FONT, fontSize=6.8, leading=8.6)
_BOLD_TEXT = ParagraphStyle("bold", fontName=_BOLD, fontSize=8, leading=10.5)
_TITLE = ParagraphStyle(
    "title", fontName=_BOLD, fontSize=11.5, leading=15, spaceAfter=5, alignment=1
)


@cache
def _register_fonts() -> None:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for font in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(font, str(folder / f"{font}.ttf")))
    pdfmetrics.registerFontFamily(_FONT, _FONT, _BOLD, _FONT, _BOLD)


def _paragraph(markup: str, style: ParagraphStyle) -> Paragraph:
    _register_fonts()
    return Paragraph(markup, style)


def title(words: str) -> Paragraph:
    """The paper's name, centred."""
    return _paragraph(escape(words), _TITLE)


def text(words: str) -> Paragraph:
    """A paragraph; what people typed is text, never markup."""
    return _paragraph(escape(words).replace("\n", "<br/>"), _TEXT)


def small(words: str) -> Paragraph:
    """A paragraph for the cells of a narrow table."""
    return _paragraph(escape(words).replace("\n", "<br/>"), _SMALL)


def bold(words: str) -> Paragraph:
    """A paragraph that begins a section."""
    return _paragraph(escape(words), _BOLD_TEXT)


def labelled(rows: Sequence[tuple[str, str]]) -> Table:
    """Labels on the left, what is said on the right; rows without a value are left out."""
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    cells = [[small(label), text(value)] for label, value in rows if value]
    return Table(cells, colWidths=[WIDTH * 0.28, WIDTH * 0.72], style=style, hAlign="LEFT")


def grid(head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Table:
    """A ruled table; its head, if any, is repeated on each page; `shares` of the width sum to 1."""
    heads = [head] if head else []
    style = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        *(("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.92, 0.93, 0.95)) for _ in heads),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    cells = [[small(word) for word in row] for row in (*heads, *rows)]
    widths = [WIDTH * share for share in shares]
    return Table(cells, colWidths=widths, style=style, repeatRows=len(heads), hAlign="LEFT")


def signatures(head: str, names: Sequence[str]) -> Flowable:
    """A line to sign for each name, kept on one page."""
    rows = [[text(name), text("_" * 28)] for name in names]
    table = Table(rows, colWidths=[WIDTH * 0.55, WIDTH * 0.45], hAlign="LEFT")
    return KeepTogether([*([bold(head), Spacer(1, 2 * mm)] if head else []), table])


def build(story: Sequence[Flowable], name: str) -> bytes:
    """The PDF; the same story gives the same bytes. Pages are numbered."""
    _register_fonts()

    def foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont(_FONT, 7)
        canvas.drawString(15 * mm, 8 * mm, name)
        canvas.drawRightString(A4[0] - 15 * mm, 8 * mm, str(document.page))
        canvas.restoreState()

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=13 * mm,
        bottomMargin=15 * mm,
        title=name,
        invariant=1,
        lang="kk",
    )
    document.build(list(story), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()
