"""Signing in, and the administrator's list of people, through the web."""

import pytest


def test_a_page_leads_to_the_sign_in_page_and_back(house, visit):
    """Who is not signed in is led to the sign-in page, and from there to the page wanted."""
    client = visit()
    away = client.get("/passages?camera=abay-1")
    assert away.status_code == 303
    assert away.headers["location"] == "/sign-in?next=%2Fpassages%3Fcamera%3Dabay-1"
    page = client.get(away.headers["location"])
    assert 'name="next" value="/passages?camera=abay-1"' in page.text
    form = {"name": "viewer", "password": house.password, "next": "/passages?camera=abay-1"}
    assert client.post("/sign-in", data=form).headers["location"] == "/passages?camera=abay-1"


@pytest.mark.parametrize("next", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(house, visit, next):
    """An address of another site as `next` leads to our first page."""
    form = {"name": "viewer", "password": house.password, "next": next}
    assert visit().post("/sign-in", data=form).headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house, visit):
    """The session's cookie is HttpOnly and SameSite=strict, and Secure over TLS."""
    form = {"name": "viewer", "password": house.password}
    cookie = visit().post("/sign-in", data=form).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    client = visit()
    client.base_url = "https://centre.test"
    assert "Secure" in client.post("/sign-in", data=form).headers["set-cookie"]


def test_every_coming_and_refusal_is_a_fact(house, visit):
    """Sign-in, refusal and sign-out stand in the log, and the chain is whole."""
    visit().post("/sign-in", data={"name": "viewer", "password": "wrong"})
    client = visit("viewer")
    token = house.csrf(client.get("/passages").text)
    client.post("/sign-out", data={"csrf": token})
    assert house.kinds()[-3:] == [
        "person.sign_in_refused",
        "person.signed_in",
        "person.signed_out",
    ]
    house.log.verify()
    assert client.get("/passages").status_code == 303


def test_a_refusal_does_not_tell_whether_the_name_exists(visit):
    """A wrong name and a wrong password get the same page."""
    pages = [
        visit().post("/sign-in", data={"name": name, "password": "wrong"}).text.replace(name, "…")
        for name in ("viewer", "nobody1")
    ]
    assert pages[0] == pages[1]


def test_an_unknown_name_is_not_kept(house, visit):
    """A password typed into the name's field does not reach the log."""
    visit().post("/sign-in", data={"name": "MySecretPassword", "password": "x"})
    last = house.log.read(0)[-1].event
    assert last.subject == "unknown"
    assert "mysecretpassword" not in last.model_dump_json().lower()


def test_too_many_wrong_tries_close_the_door_for_a_while(house, visit):
    """After five refusals even the right password waits; later it is let in again."""
    client = visit()
    for _ in range(house.settings.refusals_per_name):
        refused = client.post("/sign-in", data={"name": "viewer", "password": "wrong"})
        assert refused.status_code == 401
    right = {"name": "viewer", "password": house.password}
    waiting = client.post("/sign-in", data=right)
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0
    facts = house.log.head().seq
    for _ in range(3):
        assert client.post("/sign-in", data=right).status_code == 429
    assert house.log.head().seq == facts  # a flood does not fill the log
    other = {"name": "operator", "password": house.password}
    assert visit().post("/sign-in", data=other).status_code == 303
    house.clock.move(house.settings.refusal_window_min * 60 + 1)
    assert client.post("/sign-in", data=right).status_code == 303


def test_a_session_ends_by_age_and_by_idleness(house, visit):
    """A session that nobody used, and one that is too old, lead to the sign-in page."""
    client = visit("viewer")
    house.clock.move(house.settings.idle_min * 60 - 1)
    assert client.get("/passages").status_code == 200
    house.clock.move(house.settings.idle_min * 60 - 1)
    assert client.get("/passages").status_code == 200
    house.clock.move(house.settings.idle_min * 60 + 1)
    assert client.get("/passages").status_code == 303
    client = visit("viewer")
    for _ in range(round(house.settings.session_h)):
        assert client.get("/passages").status_code == 200
        house.clock.move(3600)
    house.clock.move(1)
    assert client.get("/passages").status_code == 303


def test_only_an_administrator_sees_the_people(visit):
    """The list of people is refused to every other role."""
    for name in ("viewer", "operator", "reviewer"):
        assert visit(name).get("/people").status_code == 403
    assert visit("administrator").get("/people").status_code == 200


def _save(house, client, **fields):
    token = house.csrf(client.get("/people").text)
    return client.post("/people", data={"csrf": token, **fields})


def test_an_administrator_adds_somebody_who_then_signs_in(house, visit):
    """A new account can sign in and sees its areas only."""
    added = _save(
        house,
        visit("administrator"),
        new="1",
        name="aigerim",
        full_name="Айгерім",
        role="operator",
        areas="west",
        password=house.password,
    )
    assert added.status_code == 303
    assert house.log.read(0)[-1].event.body["areas"] == ["west"]
    listed = visit("aigerim").get("/api/v1/cameras").json()["cameras"]
    assert [camera["id"] for camera in listed] == ["zhambyl-2"]


def test_a_short_password_is_refused_with_a_sentence(house, visit):
    """Nothing is stored, and the page says how long a password has to be."""
    before = house.kinds()
    client = visit("administrator")
    refused = _save(
        house, client, new="1", name="short", full_name="S", role="viewer", password="12345678901"
    )
    assert refused.status_code == 422
    assert "at least 12 characters" in refused.text
    assert house.kinds() == [*before, "person.signed_in"]


def test_closing_an_account_ends_its_sessions(house, visit):
    """Who was signed in when the account is closed is out with the next request."""
    viewer = visit("viewer")
    assert viewer.get("/passages").status_code == 200
    fields = {"name": "viewer", "full_name": "Viewer", "role": "viewer", "everywhere": "1"}
    assert _save(house, visit("administrator"), **fields).status_code == 303
    assert viewer.get("/passages").status_code == 303
    refused = visit().post("/sign-in", data={"name": "viewer", "password": house.password})
    assert refused.status_code == 401


def test_a_new_password_ends_the_sessions(house, visit):
    """The old session and the old password are worth nothing any more."""
    viewer = visit("viewer")
    fields = {"name": "viewer", "full_name": "V", "role": "viewer", "active": "1"}
    new = "another-long-password"
    assert _save(house, visit("administrator"), **fields, password=new).status_code == 303
    assert viewer.get("/passages").status_code == 303
    old = {"name": "viewer", "password": house.password}
    assert visit().post("/sign-in", data=old).status_code == 401


def test_the_last_administrator_stays(house, visit):
    """The only administrator cannot be closed, and neither table nor log changes."""
    client = visit("administrator")
    before = house.kinds()
    fields = {"name": "administrator", "full_name": "A", "role": "administrator"}
    refused = _save(house, client, **fields)
    assert refused.status_code == 403
    assert "last active administrator" in refused.text
    assert house.kinds() == before
    assert client.get("/people").status_code == 200


def test_language_and_theme_are_remembered(visit):
    """Pages switch to the chosen language and theme and stay there."""
    client = visit("viewer")
    for language, word in (("kk", "Өтулер"), ("ru", "Проезды"), ("en", "Passages")):
        page = client.get("/passages")
        form = {"language": language, "theme": "light", "next": "/passages?class=car"}
        token = {"X-CSRF-Token": page.text.split('X-CSRF-Token": "')[1].split('"')[0]}
        changed = client.post("/preferences", data=form, headers=token)
        assert changed.headers["location"] == "/passages?class=car"
        page = client.get("/passages").text
        assert f'<html lang="{language}" data-theme="light">' in page
        assert word in page


def test_anybody_changes_the_own_password_knowing_the_old_one(house, visit):
    """The old password is asked; other sessions end, this one goes on, the new one opens."""
    other, client = visit("viewer"), visit("viewer")
    token = house.csrf(client.get("/password").text)
    new = "a-newer-longer-password"
    wrong = client.post("/password", data={"csrf": token, "now": "not it", "new": new})
    assert wrong.status_code == 403
    form = {"csrf": token, "now": house.password, "new": new}
    assert client.post("/password", data=form | {"new": "short"}).status_code == 422
    assert client.post("/password", data=form).status_code == 303
    assert "person.password_changed" in house.kinds()
    assert client.get("/passages").status_code == 200
    assert other.get("/passages").status_code == 303
    assert visit().post("/sign-in", data={"name": "viewer", "password": new}).status_code == 303
