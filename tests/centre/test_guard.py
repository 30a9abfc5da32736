"""Forged requests and the headers of every answer."""

from sergek.centre.guard import POLICY


def test_a_form_without_the_token_changes_nothing(house, visit):
    """A session's request without its token is refused."""
    client = visit("administrator")
    before = house.kinds()
    form = {"new": "1", "name": "x1", "full_name": "X", "role": "viewer", "password": "p" * 20}
    assert client.post("/people", data=form).status_code == 403
    assert client.post("/people", data=form | {"csrf": "wrong"}).status_code == 403
    assert client.post("/people", data=form, headers={"X-CSRF-Token": b"\xe9"}).status_code == 403
    assert house.kinds() == before


def test_another_sites_page_is_refused(house, visit):
    """The browser's word about the origin counts even where the token is right."""
    client = visit("administrator")
    token = house.csrf(client.get("/people").text)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        refused = client.post("/sign-out", data={"csrf": token}, headers=headers)
        assert refused.status_code == 403
    assert (
        visit()
        .post(
            "/sign-in",
            data={"name": "viewer", "password": house.password},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        .status_code
        == 403
    )


def test_every_answer_has_the_strict_headers(visit):
    """Pages, files, refusals and the API carry the content policy; pages are not cached."""
    client = visit("viewer")
    for path in ("/passages", "/static/base.css", "/nowhere", "/api/v1/cameras", "/health"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/passages").headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY


def test_pages_hold_no_inline_script_or_style(visit):
    """Nothing in our pages needs what the content policy forbids."""
    client = visit("administrator")
    for path in ("/sign-in", "/passages", "/people"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
