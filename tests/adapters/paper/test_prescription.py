"""The prescription on paper."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from sergek.adapters.paper.prescription import prescription_pdf
from sergek.core.errors import ConfigError
from sergek.core.speed import SpeedMeasurement
from sergek.testing.facts import facts_along
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.law.book import law_book
from sergek.traffic.paper import PrescriptionPaper
from sergek.traffic.prescription import fine_of
from sergek.traffic.rules import speeding

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="apt-get install poppler-utils"
)
RECORD = {
    "signed_by": "A. Chief",
    "signed_at": "2022-06-01T00:00:00+06:00",
    "figures_sha256": "0" * 64,
}


def paper(site):
    speed = SpeedMeasurement(status="measured", kmh=97.3, u_kmh=1.1, media_s=1.0)
    facts = facts_along([(0, -1.7, 50), (2, -1.7, 5)], speed=speed)
    violation = speeding.judge(facts, site, law_book())
    return PrescriptionPaper(
        number="TRZ-000001",
        made_at=datetime(2022, 7, 2, tzinfo=UTC),
        plate="123ABC08",
        violation=violation,
        fine=fine_of(violation, law_book()),
        terms=law_book().terms_at(violation.happened_at),
        site=site,
        package_sha256="a" * 64,
        trust_sha256="b" * 64,
        check_address="verify.html#" + "a" * 64,
    )


def words(data, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_both_languages_state_speed_fine_terms_and_certificate(tmp_path):
    """97.3 ± 1.1 at 60: decided on 94.5, 10 MRP, half within seven days."""
    text = words(prescription_pdf(paper(example_site())), tmp_path)
    for part in (
        "97.3 ± 1.1 (k = 2)",
        "94.5 км",
        "31 800",
        "15 900",
        "TRZ-22-0417",
        "123ABC08",
    ):
        assert text.count(part) >= 2, part
    assert "Айыппұл төлеу" in text
    assert "превышение скорости" in text
    assert text.count("b" * 64) == 2
    assert "31.01.2023 дейін" in text
    assert "до 31.01.2023" in text, "the last day, not the midnight at which it is over"


def test_a_site_in_trial_prints_specimen_and_an_accepted_one_does_not(tmp_path):
    """No way to mistake the one for the other."""
    assert "SPECIMEN" in words(prescription_pdf(paper(example_site())), tmp_path)
    accepted = with_changes(example_site(), acceptance=RECORD)
    assert "SPECIMEN" not in words(prescription_pdf(paper(accepted)), tmp_path)


def test_the_same_prescription_gives_the_same_bytes():
    """So that its hash can be logged."""
    assert prescription_pdf(paper(example_site())) == prescription_pdf(paper(example_site()))


def test_it_is_pdf_a_2a_with_every_font_inside(tmp_path):
    """What can be checked here of ISO 19005-2: the claim, tags, fonts, colour, nothing active.

    Typst's exporter refuses what the standard forbids; an independent validator is not at hand.
    """
    data = prescription_pdf(replace(paper(example_site()), pictures=(jpeg(),)))
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data
    for active in (b"/JavaScript", b"/Launch", b"/Encrypt", b"/EmbeddedFile"):
        assert active not in data
    path = tmp_path / "paper.pdf"
    path.write_bytes(data)
    info = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in info
    assert "Pages:           2" in info
    fonts = subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert len(rows) >= 2
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows), fonts


def test_the_qr_code_leads_to_the_package(tmp_path):
    """What a telephone reads off the printed page is the address of the check."""
    address = "https://sergek.example/verify#" + "a" * 64
    path = tmp_path / "paper.pdf"
    path.write_bytes(prescription_pdf(replace(paper(example_site()), check_address=address)))
    subprocess.run(["pdftoppm", "-r", "300", "-png", path, tmp_path / "page"], check=True)
    for page in (1, 2):
        picture = cv2.imread(str(tmp_path / f"page-{page}.png"))
        assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == address


def test_the_page_can_be_reached_without_reading_the_code(tmp_path):
    """Address, number and secret stand on both pages, the secret in groups of four."""
    address = "https://sergek.example/check/TRZ-000001/0123456789AB"
    printed = replace(paper(example_site()), check_address=address, check_code="0123456789AB")
    text = "".join(words(prescription_pdf(printed), tmp_path).split())
    assert text.count("https://sergek.example/check") == 2
    assert text.count("0123-4567-89AB") == 2


def test_a_picture_that_is_none_is_refused_in_one_sentence():
    """Whatever a package holds, only JPEG and PNG are printed."""
    with pytest.raises(ConfigError, match="neither JPEG nor PNG"):
        prescription_pdf(replace(paper(example_site()), pictures=(b"GIF89a",)))


def jpeg():
    return cv2.imencode(".jpg", np.full((90, 160, 3), 120, np.uint8))[1].tobytes()
