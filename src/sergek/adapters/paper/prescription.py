"""The prescription (предписание, KoAP 807) on paper: Kazakh and Russian, one A4 page."""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import matplotlib as mpl
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, Paragraph, SimpleDocTemplate, Spacer, Table

from sergek.core.site import Site
from sergek.core.violation import Offence, Violation
from sergek.traffic.law.book import Terms
from sergek.traffic.prescription import Fine

__all__ = ["PrescriptionPaper", "prescription_pdf"]

_FONT = "DejaVuSans"
_LOCAL = ZoneInfo("Asia/Almaty")
_STYLE = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]
_OFFENCES: dict[Offence, tuple[str, str]] = {
    Offence.SPEEDING: ("жылдамдықты асыру", "превышение скорости"),
    Offence.RED_LIGHT: ("бағдаршамның қызыл белгісінен өту", "проезд на красный сигнал"),
    Offence.STOP_LINE: ("тоқта сызығынан өтіп тоқтау", "остановка за стоп-линией"),
    Offence.BUS_LANE: ("автобус жолағымен жүру", "движение по полосе для автобусов"),
    Offence.SOLID_LINE: ("тұтас сызықты кесіп өту", "пересечение сплошной линии"),
    Offence.STOPPING: ("тыйым салынған жерде тоқтау", "остановка в запрещённом месте"),
    Offence.WRONG_LANE: ("жолақтан тыс бағытта жүру", "движение не по своей полосе"),
}
_LABELS: tuple[tuple[str, str, str], ...] = (
    (
        "title",
        "Айыппұл төлеу қажеттігі туралы нұсқама",
        "Предписание о необходимости уплаты штрафа",
    ),
    ("offence", "Құқық бұзушылық", "Нарушение"),
    ("article", "ӘҚБтК бабы", "Статья КоАП"),
    ("plate", "Мемлекеттік нөмір", "Государственный номер"),
    ("time", "Уақыты", "Время"),
    ("place", "Орны", "Место"),
    ("speed", "Өлшенген жылдамдық (k = 2)", "Измеренная скорость (k = 2)"),
    ("decided", "Шешім қабылданған жылдамдық", "Решение принято по скорости"),
    ("device", "Құрылғы", "Прибор"),
    ("certificate", "Салыстырып тексеру сертификаты", "Сертификат о поверке"),
    ("fine", "Айыппұл", "Штраф"),
    ("reduced", "{days} күн ішінде төленсе", "При оплате в течение {days} дней"),
    ("package", "Дәлелдер пакетінің SHA-256 мәні", "SHA-256 пакета доказательств"),
    ("trust", "Сенімді кілттер тізімінің таңбасы", "Отпечаток списка доверенных ключей"),
)


@dataclass(frozen=True, slots=True)
class PrescriptionPaper:
    """What stands on the paper; `check_address` is what the QR code opens."""

    number: str
    made_at: datetime
    plate: str
    violation: Violation
    fine: Fine
    terms: Terms
    site: Site
    package_sha256: str
    trust_sha256: str
    check_address: str
    pictures: tuple[bytes, ...] = ()


def prescription_pdf(paper: PrescriptionPaper) -> bytes:
    """The page; a site in trial prints SPECIMEN across it. The same content, the same bytes."""
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{_FONT}.ttf"
    pdfmetrics.registerFont(TTFont(_FONT, str(path)))
    trial = paper.site.in_trial(paper.violation.happened_at)
    story: list[Flowable] = []
    for which in ("kk", "ru"):
        story += _half(paper, which)
    if paper.pictures:
        cells = [[Image(io.BytesIO(p), 55 * mm, 31 * mm) for p in paper.pictures[:3]]]
        story.append(Table(cells, hAlign="LEFT"))
    story.append(_qr(paper.check_address))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        topMargin=10 * mm,
        bottomMargin=10 * mm,
        title=paper.number,
        invariant=1,
        lang="kk",
    )
    mark = _specimen if trial else _nothing
    document.build(story, onFirstPage=mark, onLaterPages=mark)
    return out.getvalue()


def _half(paper: PrescriptionPaper, which: Literal["kk", "ru"]) -> list[Flowable]:
    head = ParagraphStyle("head", fontName=_FONT, fontSize=10, leading=13, spaceBefore=3)
    text = ParagraphStyle("text", fontName=_FONT, fontSize=7, leading=8.6)
    label = {key: (kk if which == "kk" else ru) for key, kk, ru in _LABELS}
    label["reduced"] = label["reduced"].format(days=paper.terms.discount_days)
    values = _values(paper, which)
    rows = [[Paragraph(label[k], text), Paragraph(v, text)] for k, v in values.items() if v]
    made = f"{paper.made_at.astimezone(_LOCAL):%d.%m.%Y}"
    title = Paragraph(f"{label['title']} № {paper.number}, {made}", head)
    table = Table(rows, colWidths=[60 * mm, 115 * mm], style=_STYLE, hAlign="LEFT")
    return [title, table, Spacer(1, 4)]


def _values(paper: PrescriptionPaper, which: Literal["kk", "ru"]) -> dict[str, str]:
    violation, site, facts = paper.violation, paper.site, paper.violation.facts
    certificate = site.certificate_at(violation.happened_at)
    names = _OFFENCES.get(violation.offence, (str(violation.offence),) * 2)
    until = f", {certificate.valid_until.astimezone(_LOCAL):%d.%m.%Y}" if certificate else ""
    speed, decided = facts.get("speed_kmh"), facts.get("decided_on_kmh")
    u = facts.get("u_kmh")
    return {
        "offence": names[0 if which == "kk" else 1],
        "article": paper.fine.article,
        "plate": paper.plate,
        "time": f"{violation.happened_at.astimezone(_LOCAL):%d.%m.%Y %H:%M:%S}",
        "place": f"{site.place.get(which, '')} ({site.location[1]:.5f}, {site.location[0]:.5f}) "
        f"{site.direction.get(which, '')}",
        "speed": f"{speed:.1f} ± {u:.1f} / {violation.limit_kmh}"
        if isinstance(speed, float) and isinstance(u, float)
        else "",
        "decided": f"{decided:.1f}" if isinstance(decided, float) else "",
        "device": f"{site.device.name} {site.device.model}, {site.device.serial}",
        "certificate": f"{certificate.number}{until}" if certificate else "—",
        "fine": f"{_money(paper.fine.tenge)} = {paper.fine.mrp} × {_money(paper.fine.mrp_tenge)}",
        "reduced": _money(paper.fine.reduced_tenge),
        "package": paper.package_sha256,
        "trust": paper.trust_sha256,
    }


def _money(tenge: int) -> str:
    return f"{tenge:,} ₸".replace(",", " ")


def _qr(address: str) -> Drawing:
    widget = QrCodeWidget(address, barLevel="M")
    x1, y1, x2, y2 = widget.getBounds()
    size = 26 * mm
    drawing = Drawing(size, size, transform=[size / (x2 - x1), 0, 0, size / (y2 - y1), 0, 0])
    drawing.add(widget)
    return drawing


def _specimen(canvas: Canvas, _document: object) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 8)
    canvas.drawRightString(A4[0] - 12 * mm, A4[1] - 8 * mm, "SPECIMEN · ҮЛГІ · ОБРАЗЕЦ")
    canvas.setFont(_FONT, 54)
    canvas.setFillColor(colors.Color(0.8, 0.1, 0.1, alpha=0.18))
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(52)
    for line, text in enumerate(("ҮЛГІ · ОБРАЗЕЦ", "SPECIMEN")):
        canvas.drawCentredString(0, 40 - 80 * line, text)
    canvas.restoreState()


def _nothing(_canvas: Canvas, _document: object) -> None:
    """An issued page bears no mark."""
