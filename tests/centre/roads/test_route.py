"""The page of a survey's routes."""

import pytest


@pytest.mark.slow
def test_routes_are_planned_shown_with_their_bound_and_given_to_a_survey(
    house, roads, planned, settled, visit
):
    """The form asks for the study; its page has a row a crew and day; one goes to the phones."""
    client = visit("chief")
    token = house.csrf(client.get("/roads/route").text)
    form = {"csrf": token, "crews": "2", "days": "1", "time_limit_s": "1"}
    asked = client.post("/plans/survey_route", data=form)
    page = asked.headers["location"]
    assert page.startswith("/roads/route?key=")
    key = page.split("=")[1]
    settled(key)
    text = client.get(page).text
    assert text.count('name="route"') == 2
    assert "Best possible" in text
    given = {"csrf": token, "route": "1", "act": roads.number}
    assert client.post(f"/roads/route/{key}", data=given).status_code == 303
    line = roads.views.act(roads.number).line
    assert line["type"] == "LineString"
    assert len(line["coordinates"]) > 10
    assert client.post(f"/roads/route/{key}", data=given | {"route": "7"}).status_code == 404


def test_without_a_city_model_the_page_says_what_to_do(visit, roads):
    """An installation that names no city gets a sentence, not an error page."""
    answer = visit("viewer").get("/roads/route")
    assert answer.status_code == 404
    assert "[planning] city" in answer.text
