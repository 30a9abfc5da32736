"""Refusals in three languages."""

import re
from pathlib import Path

import pytest

from sergek.centre import enforcement
from sergek.centre.catalogue import catalogue
from sergek.centre.enforcement.refusals import in_words_of

ROOM = Path(enforcement.__file__).parent
_SAID = r'raise (?:Conflict|Forbidden|ConfigError|NotFound)\(\s*f?"(.+?)"'


def test_every_refusal_of_the_desk_is_known():
    """What the code says and what the catalogue repeats are the same sentences."""
    said = set()
    for name in ("actions", "states", "desk", "views"):
        text = (ROOM / f"{name}.py").read_text(encoding="utf-8")
        for each in re.findall(
            r'raise (?:Conflict|Forbidden|ConfigError|NotFound)\(\s*f?"(.+?)"', text
        ):
            said.add(re.sub(r"\{[\w.]+\}", "x", each))
    unknown = {each for each in said if in_words_of(catalogue("ru"), each) == each}
    # A program alone can ask for this.
    assert unknown == {"A reviewer approves, rejects or returns a case."}


@pytest.mark.parametrize(
    ("language", "part"),
    [("en", "“signed” now"), ("ru", "«Подписано»"), ("kk", "«Қол қойылды»")],
)
def test_blanks_are_filled_in_the_same_language(language, part):
    """The state inside the sentence is translated, too."""
    sentence = "The case is “signed” now: load it again before you decide."
    told = in_words_of(catalogue(language), sentence)
    assert part.lower() in told.lower()


def test_an_unknown_sentence_stays_as_it_is():
    """Better English than nothing."""
    assert in_words_of(catalogue("kk"), "The disk is full.") == "The disk is full."


def test_the_page_refuses_in_the_persons_language(desk, visit, house):
    """A Russian page gets a Russian line, a program English."""
    case_id = desk.find()
    client = visit("reviewer")
    client.cookies.set("language", "ru")
    headers = {"X-CSRF-Token": house.csrf(client.get("/cases").text), "HX-Request": "true"}
    form = {"decision": "approve", "seen": 0}
    answer = client.post(f"/cases/{case_id}/decide", data=form, headers=headers)
    assert answer.status_code == 422
    assert "введите номер" in answer.text
    body = {"decision": "approve", "version": 0}
    told = client.post(f"/api/v1/cases/{case_id}/decision", json=body, headers=headers).json()
    assert told["sentence"] == "Type the plate that you read before you approve."


def test_the_journal_shows_who_searched_for_what_and_why(desk, visit):
    """Plate, purpose, case and name stand on the administrator's page of the log."""
    case_id = desk.find()
    desk.actions("reviewer").type_plate(case_id, "123ABC08")
    desk.actions("reviewer").search(case_id, "123ABC08", "is it a clone of another car?")
    page = visit("administrator").get("/log").text
    assert "is it a clone of another car?" in page
    assert "plate.searched" in page
