"""The act of a survey of streets and the prescription to an owner: Kazakh, then Russian, photos."""

import io
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PIL import Image as Picture
from PIL import UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    PageBreak,
    Spacer,
    Table,
)

from sergek.adapters.paper import sheets
from sergek.adapters.paper.act_words import LABELS, LIGHTS, SEVERITIES, SIDES, SIGN_FOR, WEATHERS
from sergek.core.road import DefectOnPaper, PaperLanguage, RoadAct, RoadPrescription

__all__ = ["RoadPaperPrinter"]

_LANGUAGES: tuple[PaperLanguage, ...] = ("kk", "ru")
_COLUMNS = ("no", "defect", "place", "size", "standard", "owner")
_SHARES = (0.05, 0.27, 0.27, 0.11, 0.14, 0.16)


class RoadPaperPrinter:
    """`core.ports.RoadPapers` with ReportLab."""

    def act(self, act: RoadAct) -> bytes:
        """See `core.ports.RoadPapers.act`."""
        story: list[Flowable] = []
        for language in _LANGUAGES:
            story += _act_in(act, language)
            story.append(PageBreak())
        story += _photos(act.defects)
        if isinstance(story[-1], PageBreak):
            story.pop()
        return sheets.build(story, f"{act.city} · {act.number}")

    def prescription(self, prescription: RoadPrescription) -> bytes:
        """See `core.ports.RoadPapers.prescription`."""
        story: list[Flowable] = []
        for language in _LANGUAGES:
            story += _prescription_in(prescription, language)
            story.append(PageBreak())
        story += _photos(prescription.defects)
        if isinstance(story[-1], PageBreak):
            story.pop()
        return sheets.build(story, f"{prescription.city} · {prescription.number}")


def _act_in(act: RoadAct, language: PaperLanguage) -> list[Flowable]:
    said = LABELS[language]
    people = [
        ", ".join(part for part in (one.name, one.post, SIGN_FOR[language][one.of]) if part)
        for one in act.commission
    ]
    rows = [
        (said["date"], f"{act.held_on:%d.%m.%Y}"),
        (said["city"], act.city),
        (said["route"], act.route),
        (said["sections"], "; ".join(act.sections)),
        (said["conditions"], f"{WEATHERS[language][act.weather]}, {LIGHTS[language][act.light]}"),
        (said["commission"], "\n".join(people)),
    ]
    found = said["found"].format(count=len(act.defects)) if act.defects else said["none_found"]
    story: list[Flowable] = [
        sheets.title(f"{said['act']} № {act.number}"),
        sheets.labelled(rows),
        Spacer(1, 3 * mm),
        sheets.bold(found),
        Spacer(1, 1.5 * mm),
    ]
    if act.defects:
        story.append(_table(act.defects, language, act.timezone))
    names = [one.name for one in act.commission]
    story += [Spacer(1, 4 * mm), sheets.signatures(said["signatures"], names)]
    return story


def _prescription_in(paper: RoadPrescription, language: PaperLanguage) -> list[Flowable]:
    said = LABELS[language]
    served = f"{paper.served_on:%d.%m.%Y}" if paper.served_on else said["service_line"]
    due = f"{paper.due_on:%d.%m.%Y}" if paper.due_on else ""
    rows = [
        (said["to"], paper.owner),
        (said["date"], f"{paper.issued_on:%d.%m.%Y}"),
        (said["city"], paper.city),
        (said["by_act"], paper.act_number or ""),
        (said["term"], said["term_days"].format(days=paper.days) + (f" ({due})" if due else "")),
        (said["basis"], paper.basis[language]),
        (said["served"], served),
    ]
    return [
        sheets.title(f"{said['prescription']} № {paper.number}"),
        sheets.labelled(rows),
        Spacer(1, 3 * mm),
        sheets.text(said["demand"]),
        Spacer(1, 1.5 * mm),
        _table(paper.defects, language, paper.timezone),
        Spacer(1, 3 * mm),
        sheets.text(said["warning"].format(article=paper.article)),
        Spacer(1, 4 * mm),
        sheets.signatures(said["officer"], [paper.officer, said["received"]]),
    ]


def _table(found: Sequence[DefectOnPaper], language: PaperLanguage, zone: str) -> Table:
    said = LABELS[language]
    rows = [_row(number, one, language, zone) for number, one in enumerate(found, 1)]
    return sheets.grid([said[key] for key in _COLUMNS], rows, _SHARES)


def _row(number: int, one: DefectOnPaper, language: PaperLanguage, zone: str) -> list[str]:
    said = LABELS[language]
    place = [one.where] if one.where else []
    if one.side is not None:
        place.append(SIDES[language][one.side])
    point = f"\n{one.place[1]:.5f}, {one.place[0]:.5f}" if one.place else ""
    size = " × ".join("–" if cm is None else str(cm) for cm in one.size_cm)
    when = f"{one.found_at.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
    what = f"{one.name[language]} ({SEVERITIES[language][one.severity]})\n{when}"
    return [
        str(number),
        what + (f"\n{one.note}" if one.note else ""),
        ", ".join(place) + point,
        size if any(cm is not None for cm in one.size_cm) else "",
        one.standard or said["no_standard"],
        one.owner or said["no_owner"],
    ]


def _photos(found: Sequence[DefectOnPaper]) -> list[Flowable]:
    """Two photos a row, each under its defect's number; a damaged one says so."""
    cells: list[list[Flowable]] = []
    for number, one in enumerate(found, 1):
        caption = f"№ {number}. {one.name['kk']} / {one.name['ru']}. {one.where}"
        cells += [[_photo(data), sheets.small(caption)] for data in one.photos]
    if not cells:
        return []
    head = f"{LABELS['kk']['photos']} / {LABELS['ru']['photos']}"
    pairs: list[list[list[Flowable] | str]] = [
        [cells[at], cells[at + 1] if at + 1 < len(cells) else ""] for at in range(0, len(cells), 2)
    ]
    half = sheets.WIDTH / 2
    return [CondPageBreak(80 * mm), sheets.title(head), Table(pairs, colWidths=[half, half])]


def _photo(data: bytes) -> Flowable:
    try:
        with Picture.open(io.BytesIO(data)) as opened:
            opened.load()
            across, down = opened.size
    except (UnidentifiedImageError, OSError):
        return sheets.text("—")
    scale = min(82 * mm / across, 62 * mm / down)
    return Image(io.BytesIO(data), across * scale, down * scale)
