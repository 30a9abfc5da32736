"""What a phone asks of the centre."""

import hashlib

import pytest


@pytest.fixture
def phone(visit, roads):
    """A surveyor's phone, with the token that it takes along."""
    client = visit("surveyor")
    client.headers["X-CSRF-Token"] = client.get("/api/v1/roads/survey").json()["csrf"]
    return client


def sync(phone, *found):
    body = {"defects": [one.model_dump(mode="json") for one in found]}
    answer = phone.post("/api/v1/roads/sync", json=body)
    assert answer.status_code == 200, answer.text
    return [(each["result"], each["missing"]) for each in answer.json()["taken"]]


def test_photos_first_then_the_defect_and_a_repeat_is_the_same(phone, roads):
    """The defect waits for its photo, is stored with it, and is stored when it comes again."""
    data = roads.photo(1)
    key = hashlib.sha256(data).hexdigest()
    found = roads.found(1, photos=[key])
    assert sync(phone, found) == [("waiting", [key])]
    path = f"/api/v1/roads/photos/{key}"
    assert phone.get(path).json() == {"whole": False, "received": 0}
    half = len(data) // 2
    for start, piece in ((0, data[:half]), (0, data[:half]), (half, data[half:])):
        answer = phone.put(f"{path}?start={start}&total={len(data)}", content=piece)
        assert answer.status_code == 200
    assert phone.get(path).json()["whole"]
    assert sync(phone, found, found) == [("stored", []), ("stored", [])]
    assert len(roads.views.free()) == 1


def test_one_bad_defect_does_not_hold_up_the_others(phone, roads):
    """Each has its own result."""
    results = sync(phone, roads.found(1), roads.found(2, kind="unicorn"), roads.found(3))
    assert [result for result, _ in results] == ["stored", "refused", "stored"]


def test_nobody_sends_under_another_name(phone, roads):
    """What the operator recorded cannot be sent by the surveyor."""
    assert sync(phone, roads.found(1, found_by="operator"))[0][0] == "refused"


def test_without_session_right_or_token_nothing_is_taken(visit, roads):
    """401 for nobody, 403 for a viewer and for a request without the session's token."""
    body = {"defects": []}
    assert visit().post("/api/v1/roads/sync", json=body).status_code == 401
    assert visit().get("/api/v1/roads/survey").status_code == 401
    assert visit("viewer").get("/api/v1/roads/survey").status_code == 403
    assert visit("surveyor").post("/api/v1/roads/sync", json=body).status_code == 403


def test_the_forms_page_needs_no_session_and_holds_nothing(visit, roads):
    """Its worker names its version and files, all of which exist; no token and no name is in it."""
    client = visit()
    page = client.get("/survey/")
    assert page.status_code == 200
    assert "csrf" not in page.text.lower()
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "geolocation=()" in client.get("/sign-in").headers["permissions-policy"]
    worker = client.get("/survey/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    files = worker.text.splitlines()[1].split("[", 1)[1].rsplit("]", 1)[0]
    paths = [path.strip("' ") for path in files.split(",")]
    assert len(paths) > 6
    for path in paths:
        assert client.get(path).status_code == 200, path
    manifest = client.get("/survey/manifest.webmanifest").json()
    assert manifest["scope"] == "/survey/"


def test_a_piece_or_batch_too_large_is_refused(phone):
    """Limits are said as sentences, before anything is stored."""
    path = f"/api/v1/roads/photos/{'a' * 64}?start=0&total=4000000"
    assert phone.put(path, content=b"\xff\xd8\xff" + b"x" * 1_000_000).status_code == 422
    assert phone.put(path.replace("4000000", "99000000"), content=b"x").status_code == 422
    assert (
        phone.put("/api/v1/roads/photos/../../x?start=0&total=1", content=b"x").status_code >= 400
    )


def test_open_surveys_travel_with_their_route(phone, roads):
    """The phone gets the line to follow; a closed survey is not offered any more."""
    line = {"type": "LineString", "coordinates": [[71.36, 42.9], [71.37, 42.9]]}
    roads.actions.lay_route(roads.number, line, "chief")
    (act,) = phone.get("/api/v1/roads/survey").json()["acts"]
    assert (act["number"], act["line"]) == (roads.number, line)
    roads.actions.close_act(roads.number, "chief")
    assert not phone.get("/api/v1/roads/survey").json()["acts"]
