"""A report as files: `report.json`, `*.geojson`, pictures, and `report.pdf` with all of it."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import matplotlib
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sergek.core.errors import ConfigError
from sergek.planning.city.model import City
from sergek.planning.city.store import collection
from sergek.planning.proof import Proof

__all__ = ["Report", "label"]

LANGUAGES = ("kk", "ru", "en")


@lru_cache(maxsize=1)
def labels() -> dict[str, dict[str, str]]:
    """All words of the reports."""
    text = resources.files(__package__).joinpath("labels.toml").read_text("utf-8")
    return tomllib.loads(text)


def label(key: str, language: str) -> str:
    """A word of the reports; `ConfigError` for an unknown language."""
    if language not in LANGUAGES:
        raise ConfigError(f"language '{language}' is not one of {', '.join(LANGUAGES)}")
    return labels()[key][language]


def number(value: float) -> str:
    """A number as people read it: thousands apart, three figures where small."""
    text = f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:.4g}"
    return text.replace(",", "\u202f")


@dataclass(slots=True)
class Report:
    """Collects the parts of one study, then writes them."""

    study: str
    city: City
    language: str
    out: Path
    body: dict[str, Any] = field(default_factory=dict)
    proofs: dict[str, Proof] = field(default_factory=dict)
    story: list[Any] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        label(self.study, self.language)
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{self.out} cannot be made: {error.strerror}") from None

    def word(self, key: str) -> str:
        """A word in the report's language."""
        return label(key, self.language)

    def prove(self, key: str, proof: Proof) -> None:
        """Add a proof; every report prints value, bound and gap of each."""
        self.proofs[key] = proof

    def geojson(self, name: str, features: list[dict[str, Any]]) -> None:
        """Write a layer."""
        path = self.out / f"{name}.geojson"
        content = json.dumps(collection(features), ensure_ascii=False, separators=(",", ":"))
        path.write_text(content, "utf-8")
        self.files.append(path)

    def picture(self, name: str) -> Path:
        """Where a picture goes; it is put into the PDF in this order."""
        path = self.out / f"{name}.png"
        self.files.append(path)
        self.story.append(path)
        return path

    def text(self, *lines: str) -> None:
        """Paragraphs."""
        self.story.extend(lines)

    def table(self, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; long ones are cut at 60 rows in the PDF (the JSON holds all)."""
        self.story.append([list(heading), *([str(cell) for cell in row] for row in rows[:60])])

    def write(self) -> list[Path]:
        """Write `report.json` and `report.pdf`; the paths of all files."""
        record = {
            "study": self.study,
            "city": self.city.label,
            "synthetic": self.city.synthetic,
            "sources": list(self.city.sources),
            "proofs": {key: proof.as_dict() for key, proof in self.proofs.items()},
            **self.body,
        }
        path = self.out / "report.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1, default=str), "utf-8")
        self.files += [path, self.out / "report.pdf"]
        self._pdf(self.files[-1])
        return self.files

    def _pdf(self, path: Path) -> None:
        styles = pdf_styles()
        parts: list[Any] = [Paragraph(self.word(self.study), styles["title"])]
        parts.append(Paragraph(self.city.name, styles["text"]))
        if self.city.synthetic:
            parts.append(Paragraph(self.word("synthetic"), styles["warning"]))
        heading = [self.word(key) for key in ("measure", "value", "bound", "gap", "seconds")]
        rows = [
            [
                self.word(key),
                number(proof.value),
                number(proof.bound),
                self.word("optimal") if proof.optimal else f"{proof.gap:.2%}",
                f"{proof.seconds:.1f}",
            ]
            for key, proof in self.proofs.items()
        ]
        if rows:
            parts += [Spacer(1, 3 * mm), pdf_table([heading, *rows], styles), Spacer(1, 4 * mm)]
        for item in self.story:
            parts += pdf_part(item, styles)
        sources = "; ".join(self.city.sources)
        parts.append(Paragraph(f"{self.word('sources')}: {sources}", styles["small"]))
        SimpleDocTemplate(
            str(path),
            pagesize=A4,
            leftMargin=16 * mm,
            rightMargin=16 * mm,
            topMargin=14 * mm,
            bottomMargin=14 * mm,
            title=self.word(self.study),
        ).build(parts)


@lru_cache(maxsize=1)
def pdf_styles() -> dict[str, ParagraphStyle]:
    """Styles with DejaVu Sans (matplotlib's copy), which carries Cyrillic and Kazakh letters."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pdfmetrics.registerFont(TTFont("Sans", str(folder / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(TTFont("SansBold", str(folder / "DejaVuSans-Bold.ttf")))
    text = ParagraphStyle("text", fontName="Sans", fontSize=9, leading=12, spaceAfter=3)
    return {
        "text": text,
        "title": ParagraphStyle("title", text, fontName="SansBold", fontSize=15, leading=20),
        "small": ParagraphStyle("small", text, fontSize=7, leading=9),
        "warning": ParagraphStyle("warning", text, textColor=colors.HexColor("#b00020")),
    }


def pdf_table(rows: list[list[str]], styles: dict[str, ParagraphStyle]) -> Table:
    """A ruled table whose cells wrap."""
    cells = [[Paragraph(str(cell), styles["small"]) for cell in row] for row in rows]
    table = Table(cells, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.3, colors.HexColor("#9aa5b1")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e7ecf2")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def pdf_part(item: Any, styles: dict[str, ParagraphStyle]) -> list[Any]:
    """A picture, a table or a paragraph."""
    if isinstance(item, Path):
        picture = Image(str(item))
        scale = min(178 * mm / picture.imageWidth, 200 * mm / picture.imageHeight)
        picture.drawWidth, picture.drawHeight = (
            picture.imageWidth * scale,
            picture.imageHeight * scale,
        )
        return [picture, Spacer(1, 3 * mm)]
    if isinstance(item, list):
        return [pdf_table(item, styles), Spacer(1, 3 * mm)]
    return [Paragraph(str(item), styles["text"])]
