"""Refusals in three languages."""

import ast
from pathlib import Path

import pytest

import sergek.centre
from sergek import adapters, planning, traffic
from sergek.centre.catalogue import catalogue
from sergek.centre.refusals import in_words_of
from sergek.core import errors
from sergek.core.speed import Rejection
from sergek.core.violation import Offence
from sergek.testing.facts import WHEN, facts_along
from sergek.testing.sites import example_site
from sergek.traffic import rules
from sergek.traffic.rules.verdict import excused

ROOM = Path(sergek.centre.__file__).parent
# Read by whoever installs the product, on a terminal, before there is a page.
_TERMINAL = frozenset({"catalogue.py", "geometry.py", "settings.py"})


def sentence_of(node):
    """The sentence that a call of an error is given, its blanks filled with `x`; "" if computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else "x" for v in node.values)
    return ""


def said_in(folder):
    """Every sentence with which the code of a folder refuses, or gives as the reason of one."""
    wanted = set(errors.__all__) | {"Cleared", "_cancelled", "PackageCheck", "ValueError"}
    for path in folder.glob("*.py"):
        if path.name in _TERMINAL:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in wanted and node.args:
                sentence = sentence_of(node.args[-1] if len(node.args) > 1 else node.args[0])
                if sentence.strip("x."):
                    yield sentence


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize("folder", ["", *sorted(each.parent.name for each in ROOM.glob("*/texts"))])
def test_every_refusal_is_known_in_every_language(folder, language):
    """What the code says and what the catalogues repeat are the same sentences."""
    texts = catalogue(language)
    assert not {each for each in said_in(ROOM / folder) if in_words_of(texts, each) == each}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_why_a_case_falls_is_said_in_every_language(language):
    """The reasons of the rules and of the re-check, as they are stored with a refused case."""
    texts = catalogue(language)
    said = {*said_in(Path(rules.__file__).parent), *said_in(Path(traffic.__file__).parent)}
    known = {each for each in said if in_words_of(texts, each) != each}
    assert {
        "permit: x, x",
        "no valid certificate at the time",
        "did not drive along a bus lane",
        "the front was not seen beyond the line",
        "not seen for long enough",
    } <= known
    stored = "The case no longer stands: permit: bus, route 7."
    told = in_words_of(texts, stored)
    assert "route 7" in told
    assert "permit" not in told
    assert "stands" not in told
    for fault in (Rejection.CAMERA_MOVED, Rejection.CAMERA_UNCHECKED, Rejection.TOWED):
        facts = facts_along([(0.0, -1.7, 30.0), (0.4, -1.7, 20.0)], fault=fault)
        found = excused(facts, example_site(), Offence.SPEEDING, WHEN)
        assert in_words_of(texts, found.reason) != found.reason


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_what_stores_refuse_a_page_is_said_in_every_language(language):
    """Media that expired, a full disk, a package that cannot be masked, a study that failed."""
    texts, room = catalogue(language), Path(adapters.__file__).parent
    said = {each for folder in room.iterdir() for each in said_in(folder)}
    assert {
        "There is no such passage; it may have expired.",
        "There is no such evidence; it may have expired.",
        "The evidence x is not what was stored: its digest differs.",
        "The disk under x is full: free some space.",
        "The folder x cannot be used: x.",
        "The database does not take this now: x.",
        "The log ends at event x, but x were written.",
        "this is no evidence package: the frame breaks off after x",
        "the clip cannot be encoded anew: x",
        "No key was published yet: no package can be checked.",
        "The planning desk takes too long: ask again.",
        "There is no such study: ask for it on its page.",
        "The study failed: tell an engineer its inputs.",
    } <= {each for each in said if in_words_of(texts, each) != each}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_why_a_study_finds_no_plan_is_said_in_every_language(language):
    """What people may choose, or their city lacks, ends a study with a sentence on its page."""
    texts, room = catalogue(language), Path(planning.__file__).parent
    said = {each for folder in (room, *room.iterdir()) for each in said_in(folder)}
    assert {
        "x routes share x streets: ask for fewer crews or days",
        "no route was found in the time given; allow more",
        "no order of return was found in the time given; allow more",
        "no division was found in the time given; allow more",
        "This city's streets are not told apart: survey all of them.",
        "some street can be entered but not left by the signs",
        "x has no complex to place or restore",
        "x has no accident that the definition counts",
        "no accident lies near a street; is it the right city?",
        "x has no blocks or no stations; import them first",
        "stations without a single post: x",
        "x blocks have no way to any station over the streets",
    } <= {each for each in said if in_words_of(texts, each) != each}


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
