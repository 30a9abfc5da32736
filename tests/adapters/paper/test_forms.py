"""Forms on paper: every word stands there, long ones go on, the same form gives the same bytes."""

import shutil
import subprocess

import pytest

from sergek.adapters.paper.forms import print_sheets
from sergek.core.sheet import Part, Sheet

SHEET = Sheet(
    title="Жиналыс хаттамасы",
    facts=(("Күні", "16.01.2026"), ("Орны", "")),
    parts=(Part("Шешілді", "Жол жөндеу <тез>", ("№", "Іс"), (("1", "Шұңқыр"),), (0.2, 0.8)),),
    signed=("Төраға",),
    notice="Синтетикалық деректер",
)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="apt-get install poppler-utils")
def test_a_form_says_everything_and_what_people_typed_is_text(tmp_path):
    """Kazakh letters, markup typed by hand, a table and a line to sign; no empty facts."""
    paper = tmp_path / "a.pdf"
    paper.write_bytes(print_sheets([SHEET, SHEET], "Тараз · 1"))
    said = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, check=True)
    text = said.stdout.decode()
    for word in ("Жиналыс хаттамасы", "<тез>", "Шұңқыр", "Төраға", "____", "Тараз · 1"):
        assert text.count(word) >= 2
    assert "Орны" not in text


def test_the_same_form_gives_the_same_bytes_and_a_long_one_more_pages():
    """Papers can be compared by their digest; four hundred rows are no fault."""
    assert print_sheets([SHEET], "a") == print_sheets([SHEET], "a")
    rows = tuple((str(k), "текст") for k in range(400))
    part = Part("Көп", "", ("№", "Іс"), rows, (0.2, 0.8))
    long = Sheet("Ұзын", (), (part,))
    assert len(print_sheets([long], "a")) > len(print_sheets([SHEET], "a"))
