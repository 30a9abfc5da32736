"""My inspector by address: for everybody, cacheable, nothing of residents."""

import html
import re

import pytest


def some_address(planning):
    street = next(iter(planning.addresses.streets()))
    return planning.addresses.find(street, 1)[0]


def test_anybody_finds_the_inspector(filled, visit):
    """Without signing in: search, answer with station and phone, in three languages."""
    client = visit()
    one = some_address(filled.planning)
    assert client.get("/my-inspector").headers["location"].startswith("/my-inspector/")
    found = client.get("/my-inspector/en", params={"q": one.words})
    assert found.status_code == 200
    link = html.unescape(re.search(r'href="(/my-inspector/en/at[^"]+)"', found.text).group(1))
    answer = client.get(link)
    assert answer.status_code == 200
    assert "+7 (7262) 000-" in answer.text
    assert "made up" in answer.text
    for language, words in (("kk", "Қабылдау"), ("ru", "Приём")):
        assert words in client.get(link.replace("/en/", f"/{language}/")).text
    assert "set-cookie" not in answer.headers


def test_answers_are_kept_by_caches(filled, visit):
    """Cache-Control is public; the same question with the ETag is answered by one line."""
    client = visit()
    one = some_address(filled.planning)
    address = {"street": one.street, "house": one.house}
    first = client.get("/my-inspector/ru/at", params=address)
    assert "public" in first.headers["cache-control"]
    again = client.get(
        "/my-inspector/ru/at", params=address, headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert not again.content
    signed = visit("chief").get("/my-inspector/ru/at", params=address)
    assert signed.content == first.content


def test_nothing_of_residents_and_nobody_unpublished(filled, visit):
    """No number of residents, no unpublished name or photo, no layer with people in it."""
    client = visit()
    start = filled.planning.start()
    hidden = {one.full_name for one in start.people if not one.published}
    hidden -= {one.full_name for one in start.people if one.published}
    pages = []
    for street in list(filled.planning.addresses.streets())[:12]:
        one = filled.planning.addresses.find(street, 1)[0]
        params = {"street": one.street, "house": one.house}
        pages.append(client.get("/my-inspector/ru/at", params=params).text)
    text = "\n".join(pages)
    assert not [name for name in hidden if name in text]
    precinct = re.search(r'data-precinct="(\w+)"', text).group(1)
    outline = client.get(f"/my-inspector/outline/{precinct}.geojson").json()
    assert all(one["properties"] == {} for one in outline["features"])
    assert client.get("/my-inspector/layers/blocks.geojson").status_code == 404
    assert client.get("/my-inspector/layers/roads.geojson").status_code == 200
    assert client.get("/plans/layers/blocks.geojson").status_code == 303


@pytest.mark.parametrize("q", ["", "ж", "Несуществующая 5", "<script>alert(1)</script>", "%" * 90])
def test_any_question_gets_a_page(filled, visit, q):
    """Nonsense finds nothing, and is never markup."""
    answer = visit().get("/my-inspector/ru", params={"q": q})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_unknown_houses_and_empty_registers_say_so(planned, visit):
    """A house that is not there is 404; before the registers are filled it is 503."""
    client = visit()
    one = some_address(planned.planning)
    lost = client.get("/my-inspector/ru/at", params={"street": one.street, "house": "100500"})
    assert lost.status_code == 404
    waiting = client.get("/my-inspector/ru/at", params={"street": one.street, "house": one.house})
    assert waiting.status_code == 503
