"""The plans' pages: a study asked for, watched and read; the reasons, the bounds, the PDF."""

import re

import pytest

from sergek.centre.plans.chart import chart


def key_of(answer):
    return re.search(r"key=([0-9a-f]{32})", answer.headers["location"]).group(1)


def ask(client, house, kind, **fields):
    page = client.get(f"/plans/{kind}")
    assert page.status_code == 200
    form = {"csrf": house.csrf(page.text), **fields}
    return client.post(f"/plans/{kind}", data=form)


def test_the_demo_case_of_siting(planned, visit, settled):
    """Complexes within a budget: chosen ones, months, curve and bound, reasons, PDF."""
    client = visit("chief")
    form = {"budget_mln": "400", "months": "6", "time_limit_s": "90"}
    answer = ask(client, planned, "siting", risk_share_percent="50", **form)
    key = key_of(answer)
    assert settled(key).status == "done"
    found = client.get(f"/plans/studies/{key}/result").json()
    assert len(found["complexes"]) >= 40
    assert found["cost_kzt_k"] <= 400_000
    assert all(0 < one["month"] <= 6 for one in found["complexes"] if one["chosen"])
    assert all(one["bound"] >= one["value"] - 1e-9 for one in found["curve"])
    page = client.get(f"/plans/siting?key={key}").text
    assert "Synthetic data" in page
    assert 'name="time_limit_s" inputmode="decimal" value="90"' in page
    assert "points are lost" in page
    assert 'polyline class="bound"' in page
    pdf = client.get(f"/plans/studies/{key}/kk/report.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert key_of(ask(client, planned, "siting", **form)) == key


def test_an_infeasible_budget_says_why(planned, visit, settled):
    """Less money than the must-haves cost: the page names them and what is missing."""
    client = visit("chief")
    key = key_of(ask(client, planned, "siting", budget_mln="50"))
    assert settled(key).status == "failed"
    page = client.get(f"/plans/siting?key={key}").text
    assert "the must-haves" in page
    assert "raise the budget or release one of them" in page


def test_hot_spots_flag_the_break_and_the_regression(planned, visit, settled):
    """The definition stands with its source, 2024 is flagged, chance is told by p."""
    client = visit("chief")
    key = key_of(ask(client, planned, "hotspots", throws="19"))
    assert settled(key).status == "done"
    page = client.get(f"/plans/hotspots?key={key}").text
    assert "at least 3 accidents of one kind or 5 of any within 12 months on 200 m" in page
    assert "The statistics changed their rule" in page
    assert "2024" in page
    assert "regression to the mean" in page


def test_what_each_post_brings(planned, visit, settled):
    """Every hire lowers the largest load or leaves it; callers are told with their interval."""
    client = visit("chief")
    key = key_of(ask(client, planned, "staffing", posts="5"))
    assert settled(key).status == "done"
    hires = client.get(f"/plans/studies/{key}/result").json()["hires"]
    assert len(hires) == 5
    assert all(one["after"] <= one["before"] for one in hires)
    page = client.get(f"/plans/staffing?key={key}").text
    assert "What callers notice" in page
    assert client.get(f"/plans/studies/{key}").headers["hx-refresh"] == "true"


def test_only_who_plans_may_ask(planned, visit):
    """A viewer reads plans but begins none; a stranger is led to the sign-in page."""
    client = visit("viewer")
    page = client.get("/plans/siting")
    assert '<button class="primary">' not in page.text
    refused = client.post("/plans/siting", data={"csrf": planned.csrf(page.text)})
    assert refused.status_code == 403
    assert visit().get("/plans/siting").status_code == 303


def test_useless_inputs_are_named(planned, visit):
    """A budget in words or a term of no month is refused with the field's name."""
    client = visit("chief")
    answer = ask(client, planned, "siting", budget_mln="much", months="0")
    assert answer.status_code == 422
    assert "budget_mln" in answer.text
    assert "months" in answer.text


def test_layers_are_kept_by_the_browser(planned, visit):
    """A layer carries the model's digest as ETag; asked again with it, nothing is sent."""
    client = visit("viewer")
    first = client.get("/plans/layers/roads.geojson")
    assert first.json()["features"]
    again = client.get(
        "/plans/layers/roads.geojson", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert client.get("/plans/layers/people.geojson").status_code == 404


def test_without_a_city_model_the_pages_say_so(house, visit):
    """No [planning] city: the page says what to add to the city's file."""
    answer = visit("viewer").get("/plans/siting")
    assert answer.status_code == 404
    assert "[planning] city" in answer.text


@pytest.mark.parametrize("top", [0.9, 7, 1234, 98_765])
def test_a_chart_has_round_ticks_inside(top):
    """Four to eight round ticks, none outside the drawing, lines inside it too."""
    drawn = chart([[(0, 0.0), (10, top)]])
    assert 3 <= len(drawn.up) <= 8
    assert all(0 <= tick.at <= drawn.height for tick in drawn.up)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.lines[0])
