"""The prescription (предписание, KoAP 807) as PDF/A-2a: a page in Kazakh, one in Russian.

Typst sets it; its exporter refuses whatever PDF/A-2a (ISO 19005-2) forbids, and tags the pages.
"""

import hashlib
import json
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import matplotlib as mpl
import typst
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from sergek.core.clock import last_day
from sergek.core.errors import ConfigError
from sergek.core.violation import Fact
from sergek.traffic.law.citing import cited
from sergek.traffic.paper import PrescriptionPaper

__all__ = ["prescription_pdf"]

_LOCAL = ZoneInfo("Asia/Almaty")
_PAGES: tuple[Literal["kk", "ru"], ...] = ("kk", "ru")
# A4 holds two overviews that can still be read, and below them plate and signal.
_MOST_PICTURES = 4


def prescription_pdf(paper: PrescriptionPaper) -> bytes:
    """The two pages; a site in trial prints SPECIMEN across them. Same content, same bytes."""
    pictures = {
        f"{hashlib.sha256(data).hexdigest()[:16]}{_suffix(data)}": data
        for data in paper.pictures[:_MOST_PICTURES]
    }
    content = {
        "number": paper.number,
        "made_on": f"{paper.made_at.astimezone(_LOCAL):%d.%m.%Y}",
        "issuer": paper.issuer,
        "specimen": paper.specimen,
        "package_sha256": paper.package_sha256,
        "trust_sha256": paper.trust_sha256,
        "pictures": list(pictures),
        "sides": [_side(paper, language) for language in _PAGES],
    }
    files = {
        "main.typ": resources.files(__package__).joinpath("prescription.typ").read_bytes(),
        "paper.json": json.dumps(content, ensure_ascii=False).encode(),
        "qr.svg": _qr_svg(paper.check_address),
        **pictures,
    }
    return _set(files, paper)


def _set(files: dict[str, bytes], paper: PrescriptionPaper) -> bytes:
    # matplotlib carries DejaVu, which has all Kazakh letters
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory(prefix="sergek-paper-") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        try:
            made = typst.compile(
                str(Path(folder) / "main.typ"),
                root=folder,
                format="pdf",
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                pdf_standards=["a-2a"],
                timestamp=int(paper.made_at.timestamp()),
            )
        except typst.TypstError as error:
            raise ConfigError(f"prescription {paper.number} cannot be printed: {error}") from None
    return bytes(made)


@cache
def _words(language: str) -> dict[str, Any]:
    source = resources.files(__package__).joinpath(f"prescription.{language}.toml")
    return tomllib.loads(source.read_text("utf-8"))


def _side(paper: PrescriptionPaper, language: Literal["kk", "ru"]) -> dict[str, Any]:
    words, fine, terms = _words(language), paper.fine, paper.terms
    share = round(100 * (1 - terms.discount_share))
    days = {
        "discount": terms.discount_days,
        "share": share,
        "decided": terms.decided_days,
        "payment": terms.payment_days,
        "complaint": terms.complaint_days,
        "court": terms.court_days,
    }
    return {
        "lang": words["lang"],
        "specimen": words["specimen"],
        "title": words["title"],
        "basis": words["basis"],
        "facts": _facts(paper, language, words),
        "fine_label": words["fine"],
        "fine": _money(fine.tenge),
        "fine_how": words["fine_how"].format(mrp=fine.mrp, index=_money(fine.mrp_tenge)),
        "reduced_label": words["reduced"],
        "reduced": _money(fine.reduced_tenge),
        "reduced_how": words["reduced_how"].format(days=terms.discount_days),
        "terms_title": words["terms_title"],
        "terms": [term.format(**days) for term in words["terms"]],
        "picture": words["picture"],
        "check_title": words["check_title"],
        "check": words["check"],
        "by_hand": _by_hand(paper, words["by_hand"]),
        "package_label": words["package"],
        "trust_label": words["trust"],
    }


def _by_hand(paper: PrescriptionPaper, text: str) -> str:
    """How the page is reached without the QR code; empty where it has no address to type."""
    where, page, _ = paper.check_address.partition("/check/")
    code = "-".join(paper.check_code[i : i + 4] for i in range(0, len(paper.check_code), 4))
    return text.format(address=f"{where}/check", code=code) if page and code else ""


def _facts(
    paper: PrescriptionPaper, language: Literal["kk", "ru"], words: dict[str, Any]
) -> list[tuple[str, str, bool]]:
    """Rows (label, value, whether it is emphasised); rows without a value are left out."""
    violation, site, facts = paper.violation, paper.site, paper.violation.facts
    certificate = site.certificate_at(violation.happened_at)
    article = cited(paper.fine.article, language)
    if paper.repeat_of is not None:
        article = words["repeat"].format(article=article, number=paper.repeat_of)
    held = words["no_certificate"]
    if certificate is not None:
        held = words["certificate_value"].format(
            number=certificate.number,
            issuer=certificate.issuer,
            until=_day(last_day(certificate.valid_until)),
        )
    place = f"{site.place.get(language, '')} ({site.location[1]:.5f}, {site.location[0]:.5f})"
    values = {
        "plate": (paper.plate, True),
        "offence": (words["offences"].get(violation.offence, str(violation.offence)), True),
        "article": (article, False),
        "time": (f"{violation.happened_at.astimezone(_LOCAL):%d.%m.%Y %H:%M:%S}", True),
        "place": (place, False),
        "direction": (site.direction.get(language, ""), False),
        "speed": (_filled(words["speed_value"], facts, violation.limit_kmh), True),
        "decided": (_filled(words["decided_value"], facts, violation.limit_kmh), False),
        "device": (f"{site.device.name} {site.device.model}, № {site.device.serial}", False),
        "certificate": (held, False),
        "signed": (paper.signed_by, False),
    }
    return [(words[key], value, strong) for key, (value, strong) in values.items() if value]


def _filled(text: str, facts: dict[str, Fact], limit_kmh: int | None) -> str:
    """A sentence of the measurement, empty where the offence has none."""
    names = {
        "speed": "speed_kmh",
        "u": "u_kmh",
        "guard": "guard_kmh",
        "decided": "decided_on_kmh",
    }
    found = {name: facts.get(key) for name, key in names.items()}
    numbers = {name: f"{v:.1f}" for name, v in found.items() if isinstance(v, int | float)}
    return text.format(**numbers, limit=limit_kmh) if len(numbers) == len(names) else ""


def _day(at: datetime) -> str:
    return f"{at.astimezone(_LOCAL):%d.%m.%Y}"


def _money(tenge: int) -> str:
    return f"{tenge:,} ₸".replace(",", "\N{NO-BREAK SPACE}")


def _suffix(picture: bytes) -> str:
    if picture.startswith(b"\xff\xd8"):
        return ".jpg"
    if picture.startswith(b"\x89PNG"):
        return ".png"
    raise ConfigError("a picture of the prescription is neither JPEG nor PNG")


def _qr_svg(address: str) -> bytes:
    """The address as QR code (ISO/IEC 18004, level M) with its quiet zone of four modules."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(address)
    code.make()
    count = code.getModuleCount()
    dark = "".join(
        f"M{start + 4} {row + 4}h{length}v1h-{length}z"
        for row in range(count)
        for start, length in _runs([code.isDark(row, column) for column in range(count)])
    )
    size = count + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{dark}"/></svg>'
    ).encode()


def _runs(modules: list[bool]) -> Iterator[tuple[int, int]]:
    """Where the dark runs of a row begin and how long they are: drawn whole, they have no seams."""
    place = 0
    for dark, group in groupby(modules):
        length = len(list(group))
        if dark:
            yield place, length
        place += length
