"""The metrology file as PDF."""

import io
from pathlib import Path

import matplotlib as mpl
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from sergek.traffic.metrology import MetrologyFile

__all__ = ["metrology_pdf"]

_FONT = "DejaVuSans"
_STYLE = [
    ("FONT", (0, 0), (-1, -1), _FONT, 8),
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def metrology_pdf(file: MetrologyFile) -> bytes:
    """One camera's file on A4; the same content gives the same bytes."""
    # matplotlib carries DejaVu, which has all Kazakh letters
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{_FONT}.ttf"
    pdfmetrics.registerFont(TTFont(_FONT, str(path)))
    head = ParagraphStyle("head", fontName=_FONT, fontSize=13, leading=18, spaceBefore=8)
    text = ParagraphStyle("text", fontName=_FONT, fontSize=8, leading=11)
    story = [
        Paragraph(f"Metrology file: {file.camera_id}, site {file.site_id}", head),
        Paragraph(file.device, text),
        Paragraph("Measurement with evidence. Figures as recorded; see the JSON file.", text),
    ]
    for title, rows in _sections(file):
        story += [Paragraph(title, head), Spacer(1, 2)]
        cells = [[Paragraph(str(cell), text) for cell in row] for row in rows]
        story.append(
            Table(cells, style=_STYLE, hAlign="LEFT") if cells else Paragraph("none", text)
        )
    out = io.BytesIO()
    title = f"Metrology {file.camera_id}"
    SimpleDocTemplate(out, pagesize=A4, title=title, invariant=1).build(story)
    return out.getvalue()


def _sections(file: MetrologyFile) -> list[tuple[str, list[list[object]]]]:
    share = f"{file.measured / file.passages:.1%}" if file.passages else "none yet"
    history: list[list[object]] = [
        [
            c.valid_from,
            c.valid_until or "",
            f"{c.points} points",
            "" if c.rms_px is None else f"rms {c.rms_px:.2f} px",
            "" if c.scale_u_percent is None else f"scale ± {c.scale_u_percent:.2f} % (k = 2)",
            c.fault or c.surveyed_by,
        ]
        for c in file.calibrations
    ]
    sections: list[tuple[str, list[list[object]]]] = [
        ("Certificates", [[c] for c in file.certificates]),
        ("Calibrations", history),
        ("Passages", [["seen", file.passages], ["measured", file.measured], ["share", share]]),
        ("Rejected, by reason", [[k, n] for k, n in file.rejected_by_reason.items()]),
        ("Daily self-test", _self_tests(file)),
        ("Appeals", [["all", file.appeals], ["upheld", file.appeals_upheld]]),
    ]
    truth = file.against_truth
    if truth is not None:
        rows: list[list[object]] = [
            ["passages with known speed", truth.passages],
            ["mean |error|, km/h", f"{truth.mean_abs_kmh:.2f}"],
            ["max |error|, km/h", f"{truth.max_abs_kmh:.2f}"],
            ["mean U (k = 2), km/h", f"{truth.mean_u_kmh:.2f}"],
            ["within the stated U", f"{truth.covered:.1%}"],
        ]
        sections.append(("Error against truth", rows))
    return sections


def _self_tests(file: MetrologyFile) -> list[list[object]]:
    """A row a day under the names of what was looked at; whole numbers without a point."""
    if not file.self_tests:
        return []
    rows: list[list[object]] = [[name.replace("_", " ") for name in file.self_tests[0]]]
    for test in file.self_tests:
        values = test.values()
        rows.append([f"{v:g}" if isinstance(v, float) else v for v in values])
    return rows
