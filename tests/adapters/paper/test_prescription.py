"""The prescription on paper."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from sergek.adapters.paper.prescription import PrescriptionPaper, prescription_pdf
from sergek.core.speed import SpeedMeasurement
from sergek.testing.facts import facts_along
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.law.book import law_book
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
    return done.stdout.decode()


def test_both_languages_state_speed_fine_terms_and_certificate(tmp_path):
    """97.3 ± 1.1 at 60: decided on 94.5, 10 MRP, half within seven days."""
    text = words(prescription_pdf(paper(example_site())), tmp_path)
    for part in ("97.3 ± 1.1 / 60", "94.5", "31 800", "15 900", "TRZ-22-0417", "123ABC08"):
        assert text.count(part) == 2, part
    assert "Айыппұл төлеу" in text
    assert "превышение скорости" in text
    assert "b" * 64 in text


def test_a_site_in_trial_prints_specimen_and_an_accepted_one_does_not(tmp_path):
    """No way to mistake the one for the other."""
    assert "SPECIMEN" in words(prescription_pdf(paper(example_site())), tmp_path)
    accepted = with_changes(example_site(), acceptance=RECORD)
    assert "SPECIMEN" not in words(prescription_pdf(paper(accepted)), tmp_path)


def test_the_same_prescription_gives_the_same_bytes():
    """So that its hash can be logged."""
    assert prescription_pdf(paper(example_site())) == prescription_pdf(paper(example_site()))
