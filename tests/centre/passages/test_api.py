"""The passages' pages and API."""

import io
import re
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from sergek.testing.examples import NOON, a_passage


def _picture(house) -> str:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "JPEG")
    return house.evidence.put(data.getvalue())


def _plate(text, status="read"):
    return {
        "text": text,
        "raw": (text, "8" + text[1:]),
        "layout": "kz-2012",
        "confidence": 0.9,
        "status": status,
    }


def test_the_list_shows_the_newest_first_and_goes_on(house, visit):
    """A page holds the newest passages; following `next` shows each exactly once."""
    house.record(*(a_passage(number) for number in range(12)))
    client = visit("viewer")
    page = client.get("/passages").text
    ids = re.findall(r'id="p-(\w+)"', page)
    assert ids == [a_passage(number).passage_id for number in (11, 10, 9, 8, 7)]
    seen, more = list(ids), re.search(r'hx-get="(/passages/rows[^"]+)"', page)
    while more:
        rows = client.get(more.group(1).replace("&amp;", "&")).text
        seen += re.findall(r'id="p-(\w+)"', rows)
        more = re.search(r'hx-get="(/passages/rows[^"]+)"', rows)
    assert seen == [a_passage(number).passage_id for number in reversed(range(12))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class=bus", [2]),
        ("plate=read", [1]),
        ("plate=unsure", [2]),
        ("plate=none", [3]),
        ("camera=zhambyl-2", [3]),
        # The centre's people live five hours east of Greenwich.
        ("since=2026-01-16T17:00:02", [3, 2]),
        ("until=2026-01-16T12:00:02Z", [1]),
    ],
)
def test_filters_narrow_the_list(house, visit, query, expected):
    """Camera, time, class and plate state each narrow the list, on the page and for programs."""
    all_of = {
        1: a_passage(1, plate=_plate("123ABC08")),
        2: a_passage(2, vehicle_class="bus", plate=_plate("777ZZZ08", "unsure")),
        3: a_passage(3, camera_id="zhambyl-2"),
    }
    house.record(*all_of.values())
    client = visit("viewer")
    wanted = [all_of[number].passage_id for number in expected]
    assert re.findall(r'id="p-(\w+)"', client.get(f"/passages?{query}").text) == wanted
    listed = client.get(f"/api/v1/passages?{query}").json()["passages"]
    assert [one["passage_id"] for one in listed] == wanted
    assert client.get(f"/api/v1/passages/count?{query}").json() == {"count": len(wanted)}


def test_there_is_no_filter_by_plate_text(house, visit):
    """A plate's text in any parameter narrows nothing, and the page says why."""
    house.record(a_passage(1, plate=_plate("123ABC08")), a_passage(2, plate=_plate("777ZZZ08")))
    client = visit("viewer")
    for name in ("text", "plate_text", "q", "search"):
        assert client.get(f"/api/v1/passages/count?{name}=123ABC08").json() == {"count": 2}
    refused = client.get("/api/v1/passages?plate=123ABC08")
    assert refused.status_code == 422
    assert "purpose and a case number" in client.get("/passages").text


@pytest.mark.parametrize(
    "query", ["since=yesterday", "class=person", "class=ufo", "before=x", "limit=0", "limit=9999"]
)
def test_an_unreadable_question_is_one_sentence(visit, query):
    """A filter that cannot be read is 422 with a sentence, not a failure."""
    answer = visit("viewer").get(f"/api/v1/passages?{query}")
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_a_passages_page_shows_its_looks_and_is_recorded(house, visit):
    """Pictures, raw reads, corrections and timing are shown; who looked becomes a fact."""
    passage = a_passage(
        1,
        plate=_plate("123ABC08") | {"corrected": (3,)},
        pictures=({"key": _picture(house), "kind": "vehicle", "media_s": 1.5},),
        timing={"stages_ms": {"decode": 6.5}, "recorded_after_s": 1.25},
    )
    house.record(passage)
    client = visit("viewer")
    page = client.get(f"/passages/{passage.passage_id}").text
    for shown in ("123ABC08", "823ABC08", "<mark>A</mark>", "kz-2012", "6.5 ms", "1.25 s"):
        assert shown in page
    last = house.log.read(0)[-1].event
    assert (last.kind, last.actor) == ("passage.opened", "viewer")
    assert last.body == {"passage_id": passage.passage_id}
    picture = client.get(f"/passages/{passage.passage_id}/pictures/0")
    assert picture.headers["content-type"] == "image/jpeg"
    assert "private" in picture.headers["cache-control"]
    assert client.get(f"/passages/{passage.passage_id}/pictures/1").status_code == 404


def test_htmx_gets_the_passage_without_the_frame(house, visit):
    """The detail beside the list is the same part without rail and bar."""
    house.record(a_passage(1))
    part = visit("viewer").get(
        f"/passages/{a_passage(1).passage_id}", headers={"HX-Request": "true"}
    )
    assert "<article" in part.text
    assert "<html" not in part.text


def test_what_is_not_ours_to_see_does_not_exist(house, visit):
    """A viewer of the west gets nothing of the centre's cameras: list, page, picture, count."""
    passage = a_passage(1, pictures=({"key": _picture(house), "kind": "vehicle", "media_s": None},))
    house.record(passage, a_passage(2, camera_id="zhambyl-2"))
    client = visit("west")
    listed = client.get("/api/v1/passages").json()["passages"]
    assert [one["camera_id"] for one in listed] == ["zhambyl-2"]
    assert client.get("/api/v1/passages/count").json() == {"count": 1}
    for path in (
        f"/passages/{passage.passage_id}",
        f"/passages/{passage.passage_id}/pictures/0",
        f"/api/v1/passages/{passage.passage_id}",
        "/api/v1/passages?camera=abay-1",
        "/passages?camera=abay-1",
    ):
        assert client.get(path).status_code == 404, path
    assert passage.passage_id not in client.get("/passages").text
    assert "passage.opened" not in house.kinds()


def test_somebody_without_areas_sees_an_empty_list(house, visit):
    """No areas means no cameras, not all of them."""
    house.record(a_passage(1))
    house.add_person("new", "viewer", ())
    assert visit("new").get("/api/v1/passages").json() == {"passages": [], "next": None}
    assert visit("new").get("/api/v1/passages/count").json() == {"count": 0}


def test_the_stream_brings_new_passages_and_repeats_missed_ones(house, served):
    """A break loses nothing: with the last id, what came meanwhile is sent first, then news."""
    client = httpx.Client(base_url=served)
    client.post("/sign-in", data={"name": "west", "password": house.password})
    after = house.log.head().seq
    missed, foreign = a_passage(1, camera_id="zhambyl-2"), a_passage(2)
    house.record(missed, foreign)
    fresh = a_passage(3, camera_id="zhambyl-2")
    lines = []
    headers = {"Last-Event-ID": str(after)}
    with client.stream("GET", "/passages/stream", headers=headers) as stream:
        for line in stream.iter_lines():
            lines.append(line)
            if missed.passage_id in line and fresh.passage_id not in "".join(lines):
                house.record(fresh)
            if f"p-{fresh.passage_id}" in line:
                break
    text = "\n".join(lines)
    assert text.count(f"p-{missed.passage_id}") == 1
    assert text.index(missed.passage_id) < text.index(fresh.passage_id)
    assert foreign.passage_id not in text


def test_nobody_signed_in_gets_401_from_the_api(visit):
    """A program without a session is told so; a page would be led to the sign-in page."""
    for path in ("/api/v1/passages", "/api/v1/cameras", "/api/v1/passages/count"):
        answer = visit().get(path)
        assert answer.status_code == 401
        assert answer.json()["error"] == "SignInNeeded"


def test_times_are_shown_in_the_citys_zone(house, visit):
    """A passage of noon in Greenwich is shown at 17 o'clock in Taraz."""
    house.record(a_passage(0, entered_at=NOON, left_at=NOON + timedelta(seconds=1)))
    assert "17:00:00" in visit("viewer").get("/passages").text
