"""The papers of a road survey."""

import io
import shutil
import subprocess
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from sergek.adapters.paper.act import RoadPaperPrinter
from sergek.core.road import Commissioner, DefectOnPaper, RoadAct, RoadPrescription

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="apt-get install poppler-utils"
)


def photo():
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def defect(**more):
    values = {
        "name": {"kk": "Шұңқыр", "ru": "Выбоина"},
        "where": "Абай даңғылы, 12 <у дома & школы>",
        "place": (71.3667, 42.9003),
        "side": "right",
        "size_cm": (60, 40, None),
        "severity": "dangerous",
        "standard": "ГОСТ Р 50597-2017",
        "owner": "Қала жолдары",
        "found_at": datetime(2026, 1, 16, 5, tzinfo=UTC),
    }
    return DefectOnPaper.model_validate(values | more)


def act(*defects):
    return RoadAct(
        number="2026-1",
        held_on=date(2026, 1, 16),
        city="Тараз",
        route="Абай — Төле би",
        sections=("Абай: Жамбыл — Сүлейменов",),
        weather="snow",
        light="day",
        commission=(Commissioner(name="Серік С.", post="инспектор"),),
        defects=defects,
        timezone="Asia/Almaty",
    )


def prescription(**more):
    values = {
        "number": "2026-7",
        "act_number": "2026-1",
        "issued_on": date(2026, 1, 16),
        "city": "Тараз",
        "owner": "Қала жолдары",
        "days": 5,
        "basis": {"kk": "ГОСТ Р 50597-2017", "ru": "ГОСТ Р 50597-2017"},
        "served_on": None,
        "due_on": None,
        "article": "631",
        "defects": (defect(),),
        "officer": "Серік С.",
        "timezone": "Asia/Almaty",
    }
    return RoadPrescription.model_validate(values | more)


def words(data, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(data)
    done = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "paper.pdf", "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def test_the_act_names_every_defect_in_both_languages(tmp_path):
    """Kind, place, size, local time and standard stand in the Kazakh and in the Russian part."""
    text = words(RoadPaperPrinter().act(act(defect(), defect(place=None, side=None))), tmp_path)
    for part in ("60 × 40 × –", "16.01.2026", "10:00", "42.90030,"):
        assert text.count(part) >= 2, part
    assert "Шұңқыр" in text
    assert "Выбоина" in text
    assert "<у дома" in text


def test_photos_are_printed_and_a_damaged_one_stops_nothing(tmp_path):
    """A page of photos follows; bytes that are no picture become a dash."""
    data = RoadPaperPrinter().act(act(defect(photos=(photo(), b"\xff\xd8\xffbroken"))))
    (tmp_path / "act.pdf").write_bytes(data)
    done = subprocess.run(
        ["pdfimages", "-list", tmp_path / "act.pdf"], capture_output=True, check=True
    )
    assert len(done.stdout.decode().splitlines()) == 3  # two lines of head, one picture


def test_an_act_of_a_thousand_defects_has_pages(tmp_path):
    """A long table breaks over pages, and its head is repeated."""
    text = words(RoadPaperPrinter().act(act(*[defect()] * 300)), tmp_path)
    assert text.count("Недостаток (тяжесть)") > 3


def test_a_prescription_not_served_yet_has_a_line_for_it(tmp_path):
    """Served, it prints the day and the end of the term; not served, a line to fill in."""
    assert "____" in words(RoadPaperPrinter().prescription(prescription()), tmp_path)
    served = prescription(served_on=date(2026, 1, 17), due_on=date(2026, 1, 22))
    text = words(RoadPaperPrinter().prescription(served), tmp_path)
    assert text.count("22.01.2026") == 2
    assert "631" in text


def test_the_same_paper_gives_the_same_bytes():
    """So that its hash can be logged."""
    printer = RoadPaperPrinter()
    assert printer.prescription(prescription()) == printer.prescription(prescription())
