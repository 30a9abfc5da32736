"""The desk's pages and what programs ask."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sergek.centre.enforcement.states import Status
from sergek.centre.evidence_room import EvidenceRoom, part_of
from sergek.core.errors import NotFound


def opened(house, client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text, house.csrf(answer.text)


def test_the_machines_reading_is_nowhere_before_the_own_one(desk, visit, house):
    """Neither page, prefetch, list nor API tell the plate; typing one shows it, to this person."""
    case_id = desk.find()
    client = visit("reviewer")
    page, csrf = opened(house, client, f"/cases/{case_id}")
    prefetched = client.post("/cases/prefetch", data={"csrf": csrf}).text
    listed = client.get("/cases").text + client.get("/api/v1/cases").text
    one = client.get(f"/api/v1/cases/{case_id}").text
    assert "123ABC08" not in page + prefetched + listed + one
    assert case_id in prefetched
    answer = client.post(f"/cases/{case_id}/plate", data={"csrf": csrf, "typed": "123abd08"})
    assert "123ABC08" in answer.text
    assert "Not the same" in answer.text
    assert "123ABC08" in client.get(f"/cases/{case_id}").text
    assert client.get(f"/api/v1/cases/{case_id}").json()["plate"] == "123ABC08"


def test_moments_among_the_facts_are_local(desk, visit, house):
    """When the camera was last checked stands in the city's time, as every other moment does."""
    before = timedelta(minutes=5)
    page, _ = opened(house, visit("reviewer"), f"/cases/{desk.find(before=before)}")
    local = (desk.now - before).astimezone(ZoneInfo("Asia/Almaty"))
    assert f"{local:%H:%M:%S}</dd>" in page.partition("Camera last checked")[2][:60]


def test_lines_and_lamps_are_called_as_people_call_them(desk, visit, house):
    """By their titles in the site's file; one that the file does not know, by its name."""
    house.sites[desk.street.site.id] = desk.street.site
    case_id = desk.find(facts={"line": "stop", "head": "main", "zone": "z-1"})
    page, _ = opened(house, visit("reviewer"), f"/cases/{case_id}")
    for said in ("<dd>stop line</dd>", "<dd>main signal</dd>", "<dd>z-1</dd>"):
        assert said in page


def test_every_role_sees_its_own_part(desk, visit, house):
    """Viewers and administrators see no cases, engineers the returned ones, signers all."""
    case_id = desk.find()
    for name in ("viewer", "administrator", "chief"):
        assert visit(name).get("/cases").status_code == 403
        assert visit(name).get(f"/cases/{case_id}").status_code == 403
    engineer = visit("operator")
    assert engineer.get(f"/cases/{case_id}").status_code == 404
    assert engineer.get("/signing").status_code == 403
    reviewer = visit("reviewer")
    _, csrf = opened(house, reviewer, f"/cases/{case_id}")
    form = {"csrf": csrf, "decision": "return", "reason": "clip", "seen": 0}
    assert reviewer.post(f"/cases/{case_id}/decide", data=form).json() == {"status": "returned"}
    page, csrf = opened(house, engineer, f"/cases/{case_id}")
    assert "123ABC08" not in page
    form = {"csrf": csrf, "text": "the ring was too short"}
    assert engineer.post(f"/cases/{case_id}/answer", data=form).status_code == 303
    assert engineer.get(f"/cases/{case_id}").status_code == 404
    assert visit("signer").get(f"/cases/{case_id}").status_code == 200


def test_a_signer_signs_what_others_approved(desk, visit, house):
    """The page lists approved cases with their reviewers; a reviewer cannot reach it."""
    case_id = desk.find()
    reviewer = visit("reviewer")
    _, csrf = opened(house, reviewer, f"/cases/{case_id}")
    reviewer.post(f"/cases/{case_id}/plate", data={"csrf": csrf, "typed": "123ABC08"})
    form = {"csrf": csrf, "decision": "approve", "seen": 0}
    assert reviewer.post(f"/cases/{case_id}/decide", data=form).json() == {"status": "approved"}
    assert reviewer.get("/signing").status_code == 403
    signer = visit("signer")
    page, csrf = opened(house, signer, "/signing")
    assert "Reviewer" in page
    assert "123ABC08" in page
    assert "SPECIMEN" in page
    assert signer.get("/signing/next").headers["location"] == f"/signing/{case_id}"
    look, csrf = opened(house, signer, f"/signing/{case_id}")
    assert "being masked" in look
    desk.look("signer", case_id)
    look, csrf = opened(house, signer, f"/signing/{case_id}")
    for address in re.findall(r'src="(/signing/[^"]+)"', look):
        assert signer.get(address).headers["content-type"].startswith(("image/", "video/"))
    assert "/clip" in look
    assert signer.get(f"/signing/{case_id}/{'0' * 64}/clip").status_code == 409
    assert signer.post(f"/signing/{case_id}", data={"csrf": csrf}).status_code == 409
    looked = re.search(r'name="looked" value="(\w+)"', look)[1]
    answer = signer.post(f"/signing/{case_id}", data={"csrf": csrf, "looked": looked})
    assert answer.headers["location"] == "/signing/next"
    assert signer.get("/signing/next").headers["location"] == "/signing"
    assert "Nothing to sign" in signer.get("/signing").text
    assert "case.signed" in house.kinds()


def test_a_signer_hides_more_or_sends_the_case_back(desk, visit, house):
    """Both by the page's own requests; nobody else may."""
    case_id = desk.approved("somebody")
    desk.look("signer", case_id)
    signer = visit("signer")
    look, csrf = opened(house, signer, f"/signing/{case_id}")
    headers, path = {"X-CSRF-Token": csrf}, f"/signing/{case_id}/masks"
    box = {"x1": 0.1, "y1": 0.1, "x2": 0.2, "y2": 0.3}
    assert visit("reviewer").post(path, json={"boxes": {}}).status_code == 403
    wrong = {"boxes": {"plate": [box | {"x2": 0.05}]}}
    assert signer.post(path, json=wrong, headers=headers).status_code == 422
    made = signer.post(path, json={"boxes": {"plate": [box]}}, headers=headers).json()
    assert made["copy"] not in look
    assert made["copy"] in signer.get(f"/signing/{case_id}").text
    form = {"csrf": csrf, "text": "a passer-by can be known"}
    assert signer.post(f"/signing/{case_id}/back", data=form).status_code == 303
    assert desk.views().one(case_id).status is Status.WAITING


def test_a_second_decision_is_refused_in_one_sentence(desk, visit, house):
    """The page of the version before gets 409 and a line to read."""
    case_id = desk.find()
    client = visit("reviewer")
    _, csrf = opened(house, client, f"/cases/{case_id}")
    form = {"csrf": csrf, "decision": "reject", "reason": "permit", "seen": 0}
    assert client.post(f"/cases/{case_id}/decide", data=form).status_code == 200
    answer = client.post(f"/cases/{case_id}/decide", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "meanwhile" in answer.text


def test_who_finds_no_free_case_is_told(desk, visit):
    """The only case is open at somebody else: the queue says so instead of leading nowhere."""
    case_id = desk.find()
    desk.actions("somebody").open(case_id, reviewing=True)
    client = visit("reviewer")
    answer = client.get("/cases/next")
    assert answer.headers["location"] == "/cases?none=1"
    assert "No case is free" in client.get("/cases?none=1").text
    assert "No case is free" not in client.get("/cases").text


def test_media_come_out_of_the_sealed_package(desk, visit):
    """Clip and pictures byte for byte, ranges too; what is no picture is not handed out."""
    case_id = desk.find()
    client = visit("reviewer")
    whole = client.get(f"/cases/{case_id}/media/clip")
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.content[4:8] == b"ftyp"
    assert whole.content in desk.sealed[case_id].data
    part = client.get(f"/cases/{case_id}/media/clip", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    for role in ("overview_before", "overview_after", "plate"):
        picture = client.get(f"/cases/{case_id}/media/{role}")
        assert picture.headers["content-type"] == "image/jpeg"
    for role in ("measurement", "violation", "nothing"):
        assert client.get(f"/cases/{case_id}/media/{role}").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-", (0, 9)),
        ("bytes=3-5", (3, 5)),
        ("bytes=8-99", (8, 9)),
        ("bytes=-4", (6, 9)),
        ("bytes=11-12", None),
        ("bytes=a-b", None),
        ("bytes=1-2,4-5", None),
        ("pages=1-2", None),
        ("bytes=-", None),
    ],
)
def test_one_plain_range_is_understood(wanted, part):
    """Anything else is answered whole."""
    assert part_of(bytes(10), wanted) == part


def test_lists_narrow_and_count(desk, visit):
    """By state, offence and complex, with counts; other areas are not in them."""
    first = desk.find(before=timedelta(minutes=9))
    grave = desk.find(speed_kmh=110.0, before=timedelta(minutes=3))
    client = visit("reviewer")

    def ids(query: str) -> list[str]:
        return [each["case_id"] for each in client.get(f"/api/v1/cases?{query}").json()["cases"]]

    assert ids("") == [first, grave]
    assert ids("order=gravity") == [grave, first]
    assert ids("offence=red_light") == []
    assert ids("status=signed") == []
    assert ids("site=abay-1-section&limit=1") == [first]
    counts = client.get("/api/v1/cases/counts").json()
    assert counts["by_status"] == {"waiting": 2}
    assert counts["by_site"] == {"abay-1-section": 2}


def test_programs_review_with_the_same_rights(desk, visit, house):
    """Plate, decision and search over JSON; the signature is a person's."""
    case_id = desk.find()
    client = visit("reviewer")
    headers = {"X-CSRF-Token": opened(house, client, "/cases")[1]}
    path = f"/api/v1/cases/{case_id}"
    typed = client.post(f"{path}/plate", json={"typed": "123ABC08"}, headers=headers)
    assert typed.json() == {"typed": "123ABC08", "machine": "123ABC08", "same": True}
    asked = {"plate": "123ABC08", "purpose": "is it a clone of another car?"}
    found = client.post(f"{path}/search", json=asked, headers=headers).json()
    assert len(found["passages"]) == 1
    body = {"decision": "approve", "version": 0}
    answer = client.post(f"{path}/decision", json=body, headers=headers)
    assert answer.json() == {"status": "approved"}
    signer = visit("signer")
    headers = {"X-CSRF-Token": opened(house, signer, "/cases")[1]}
    answer = signer.post("/api/v1/cases/sign", json={"cases": [case_id]}, headers=headers)
    assert answer.status_code in (404, 405), "no program signs: a person looks"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_shows_in_every_language(desk, visit, house, language):
    """Queue, case before and after the reading, reasons, signing."""
    case_id = desk.find()
    client = visit("reviewer")
    client.cookies.set("language", language)
    _, csrf = opened(house, client, f"/cases/{case_id}")
    client.post(f"/cases/{case_id}/plate", data={"csrf": csrf, "typed": "1"})
    for path in ("/cases", f"/cases/{case_id}", "/cases?status=note"):
        page, _ = opened(house, client, path)
        assert f'lang="{language}"' in page
    form = {"csrf": csrf, "decision": "reject", "reason": "sign", "seen": 0}
    client.post(f"/cases/{case_id}/decide", data=form)
    opened(house, client, f"/cases/{case_id}")
    signer = visit("signer")
    signer.cookies.set("language", language)
    approved = desk.approved("somebody")
    desk.look("signer", approved)
    for path in ("/signing", f"/signing/{approved}"):
        assert f'lang="{language}"' in signer.get(path).text


def test_a_package_is_shown_no_longer_than_its_media_are_kept(desk, house):
    """What was looked at a moment before its media were erased is gone for the next look."""
    package = desk.sealed[desk.find()].sha256
    room = EvidenceRoom(house.evidence, desk.packages())
    assert room.open(package) is room.open(package)
    house.evidence.delete(package)
    with pytest.raises(NotFound, match="may have expired"):
        room.open(package)
