"""What the accused gets: a page without a log-in, the masked copy, the list and the page of checks;
and the original, which only a chief takes for a reason."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from sergek.adapters.evidence.trust import load_trust
from sergek.adapters.evidence.verify import verify
from sergek.centre.rate import PUBLIC
from sergek.traffic.prescription import Step


@pytest.fixture
def pictured(desk):
    """A desk whose packages hold pictures."""
    desk.pictured = True
    return desk


def address_of(desk, number):
    """What the QR code of the paper opens."""
    code = desk.house.papers.check_code(number)
    return f"/check/{number}/{code}"


def test_the_accused_sees_the_case_in_three_languages_without_a_log_in(pictured, visit):
    """Number and secret open it; state, v ± U, terms and the way of a complaint stand on it."""
    number = pictured.delivered(pictured.speeding(95.0, 1))
    stranger = visit()
    address = address_of(pictured, number)
    one = pictured.register.one(number)
    v, u = (one.violation.facts[name] for name in ("speed_kmh", "u_kmh"))
    for language, words in (
        ("kk", ("Келіспесеңіз", "Жеткізілді")),
        ("ru", ("Если вы не согласны", "Доставлено")),
        ("en", ("If you do not agree", "Delivered")),
    ):
        page = stranger.get(f"{address}?lang={language}").text
        assert all(word in page for word in words)
        assert f"{v:.1f} ± {u:.1f}" in page
        assert one.plate in page
        assert "reviewer" not in page.lower().replace("reviewed", "")
    assert number in stranger.get(f"{address}?lang=en").text


def test_a_term_is_told_by_its_last_day_and_a_cancellation_by_what_is_paid_back(desk, visit):
    """Delivered on 15 August, half of the fine suffices up to the 22nd; a day later is too late."""
    number = desk.paid(desk.speeding(95.0, 1))
    address = address_of(desk, number) + "?lang=ru"
    page = visit().get(address).text
    assert "22.08.2022 включительно" in page
    assert "23.08.2022" not in page
    desk.actions.decide(number, Step.CANCEL, "Somebody else drove.", "chief")
    page = visit().get(address).text
    assert "платить ничего не нужно" in page
    assert "15 900" in page.partition("подлежат возврату")[0][-60:]
    assert "22.08.2022" not in page


def test_a_wrong_secret_tells_nothing(pictured, visit):
    """An unknown number and a wrong code are refused alike; look-alikes and dashes are forgiven."""
    number = pictured.of(pictured.speeding(95.0, 1)).number
    code = pictured.house.papers.check_code(number)
    stranger = visit()
    wrong = "0" * 12 if code != "0" * 12 else "1" * 12
    answers = {
        stranger.get(path).text.replace(number, "").replace("SGK-2020-000001", "")
        for path in (f"/check/{number}/{wrong}", f"/check/SGK-2020-000001/{code}")
    }
    assert len(answers) == 1
    assert stranger.get(f"/check/{number}/{wrong}").status_code == 404
    typed = "-".join((code[:4], code[4:8], code[8:])).lower().replace("0", "o")
    found = stranger.get("/check", params={"number": number.lower(), "code": typed})
    assert found.headers["location"] == address_of(pictured, number)
    refused = stranger.get("/check", params={"number": number, "code": wrong, "lang": "ru"})
    assert refused.status_code == 404
    assert "сверьте оба" in refused.text


def test_what_leaves_is_masked_and_stands_up_to_the_check(pictured, visit, house, tmp_path):
    """The copy that the signer looked at verifies against the very list that the paper names; its
    pictures hide the neighbour; each hand-over is a fact; the same bytes come out each time."""
    number = pictured.of(pictured.speeding(95.0, 1)).number
    stranger, address = visit(), address_of(pictured, number)
    copy = stranger.get(f"{address}/copy.zip")
    assert copy.status_code == 200
    assert "attachment" in copy.headers["content-disposition"]
    trust = stranger.get(f"{address}/trust.json")
    (tmp_path / "trust.json").write_bytes(trust.content)
    listed, fingerprint = load_trust(tmp_path / "trust.json")
    report = verify(copy.content, listed, fingerprint)
    assert report.ok, report.checks
    assert fingerprint == pictured.register.one(number).trust_sha256
    changed = bytearray(copy.content)
    changed[len(changed) // 2] ^= 1
    assert not verify(bytes(changed), listed, fingerprint).ok
    pictured.hear()
    assert visit().get(f"{address}/copy.zip").content == copy.content
    shown = stranger.get(f"{address}/picture/overview_before").content
    picture = cv2.imdecode(np.frombuffer(shown, np.uint8), cv2.IMREAD_COLOR)
    neighbour, accused = picture[110:290, 470:610], picture[260:330, 210:430]
    grain = lambda part: float(np.abs(np.diff(part.astype(int), axis=1)).mean())  # noqa: E731
    assert grain(neighbour) < 0.2 * grain(accused)
    told = [
        (one.event.actor, one.event.body["what"])
        for one in house.log.read(0)
        if one.kind == "prescription.handed_out"
    ]
    assert told == [("public", "copy"), ("public", "copy")]


def test_the_page_that_checks_and_the_list_are_saved_not_shown(desk, visit, tmp_path):
    """Both come as files, so that the page runs from disk and not under the centre's address."""
    desk.speeding(95.0, 1)
    stranger = visit()
    page = stranger.get("/check/verify.html")
    assert 'filename="verify.html"' in page.headers["content-disposition"]
    assert page.text == desk.house.papers.verification_page()
    listed = stranger.get("/check/trust.json")
    assert json.loads(listed.content)["format"] == "sergek-trust"


def test_the_original_leaves_only_by_a_chief_with_a_reason(pictured, visit, house):
    """A registrar may not; a chief must say for whom; who took it stands in the log."""
    number = pictured.of(pictured.speeding(95.0, 1)).number
    path = f"/prescriptions/{number}/original"
    for name, reason, status in (
        ("registrar", "The court of Taraz, request 17.", 403),
        ("chief", "court", 422),
        ("chief", "The court of Taraz, request 17.", 200),
    ):
        person = visit(name)
        form = {"csrf": house.csrf(person.get(f"/prescriptions/{number}").text), "reason": reason}
        answer = person.post(path, data=form)
        assert answer.status_code == status
    assert answer.content == house.evidence.get(pictured.register.one(number).package)
    fact = next(x.event for x in house.log.read(0) if x.kind == "prescription.handed_out")
    assert (fact.actor, fact.body["what"], fact.body["reason"]) == (
        "chief",
        "original",
        "The court of Taraz, request 17.",
    )


def test_pictures_that_nobody_looked_at_do_not_leave(desk, visit, house):
    """Of a case signed without a look neither paper, page nor copy shows any."""
    one = desk.of(desk.speeding(95.0, 1))
    assert b"/Subtype /Image" not in house.evidence.get(one.pdf_key)
    stranger, address = visit(), address_of(desk, one.number)
    page = stranger.get(f"{address}?lang=en").text
    assert "Nobody looked" in page
    assert '<img src="/check' not in page
    for path in ("picture/overview_before", "copy.zip"):
        assert stranger.get(f"{address}/{path}").status_code == 404


def test_the_paper_shows_the_very_pictures_of_the_copy(pictured, visit):
    """Byte for byte those of the copy that the signature names."""
    printed = []
    papers = pictured.house.papers
    pictured.house.papers = replace(
        papers, print_prescription=lambda p: printed.append(p) or papers.print_prescription(p)
    )
    number = pictured.of(pictured.speeding(95.0, 1)).number
    address = address_of(pictured, number)
    roles = ("overview_before", "overview_after", "plate")
    shown = [visit().get(f"{address}/picture/{role}").content for role in roles]
    assert list(printed[0].pictures) == shown


def test_nobody_tries_codes_at_will():
    """A day of asking as often as one may is nothing against 10^18 codes."""
    limit = next(each for each in PUBLIC if each.path == "/check")
    assert limit.in_all * 86400 / limit.window_s < 1e6
