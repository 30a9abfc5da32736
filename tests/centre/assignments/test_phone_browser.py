"""The assignments' pages on a phone in Debian's Chromium, with and without a network."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sergek.centre.assignments.actions import AssignmentActions, NewAssignment
from sergek.centre.assignments.states import Status
from sergek.centre.assignments.views import AssignmentViews

ZONE = ZoneInfo("Asia/Almaty")
pytestmark = pytest.mark.browser


@pytest.fixture
def task(house):
    """An assignment of the chief's for the operator, due in three days; its number."""
    house.clock.wall = datetime.now(UTC)
    today = house.clock.now().astimezone(ZONE).date()
    actions = AssignmentActions(house.engine, house.log, house.evidence, house.clock, ZONE)
    new = NewAssignment(
        text="Check the alarm button of every school",
        source="Meeting",
        department="Juvenile police",
        lead="operator",
        controller="chief",
        given_on=today,
        due_on=today + timedelta(days=3),
    )
    return actions.give(new, "chief")


@pytest.fixture
def status(house, task):
    """Where the assignment stands now."""
    today = house.clock.now().astimezone(ZONE).date()
    return lambda: AssignmentViews(house.engine, today).one(task).status


def sign_in(page, house, name):
    page.goto("/sign-in?next=/assignments")
    page.fill("[name=name]", name)
    page.fill("[name=password]", house.password)
    page.tap("button.primary")
    page.wait_for_url(lambda address: address.endswith("/assignments") and "sign-in" not in address)


def fits(page):
    """Whether nothing sticks out of the phone's width."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_task_goes_round_on_two_phones(phone, house, served, task, status):
    """The lead is reminded, accepts and reports with a proof; the controller returns it with a
    reason and closes it in the end; every page fits the phone."""
    lead, controller = phone(served), phone(served)
    sign_in(lead, house, "operator")
    assert task in lead.text_content(".near")
    assert fits(lead)
    lead.tap(f"tr[data-row] a >> text={task}")
    lead.tap("button[value=accept]")
    lead.wait_for_selector("button[value=report]")
    assert fits(lead)
    lead.fill("[name=text]", "12 of 14 schools checked")
    proof = {"name": "act.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    lead.set_input_files("[name=proof]", [proof])
    lead.tap("button[value=report]")
    lead.wait_for_selector("li.report")
    assert lead.locator("button[value=close]").count() == 0
    sign_in(controller, house, "chief")
    controller.goto(f"/assignments/{task}")
    assert fits(controller)
    controller.tap("button[value=return]")
    assert "reason" in controller.text_content(".notice.kept")
    controller.fill("[name=text]", "Two schools are missing")
    controller.tap("button[value=return]")
    controller.wait_for_selector("li.return")
    lead.reload()
    lead.fill("[name=text]", "All 14")
    lead.tap("button[value=report]")
    lead.wait_for_function("() => document.querySelectorAll('li.report').length === 2")
    controller.reload()
    controller.tap("button[value=close]")
    controller.wait_for_selector("li.close")
    assert status() is Status.CLOSED


def test_words_survive_a_lost_network_and_are_sent_once_it_is_back(
    phone, house, served, task, status
):
    """Without a network the page says so and keeps the text; with it one press sends it, once."""
    page = phone(served)
    sign_in(page, house, "operator")
    page.goto(f"/assignments/{task}")
    page.tap("button[value=accept]")
    page.wait_for_selector("button[value=report]")
    page.context.set_offline(True)
    page.fill("[name=text]", "Typed in a cellar")
    page.tap("button[value=report]")
    page.wait_for_selector(".notice.kept")
    assert page.input_value("[name=text]") == "Typed in a cellar"
    assert status() is Status.ACCEPTED
    page.context.set_offline(False)
    page.reload()
    assert page.input_value("[name=text]") == "Typed in a cellar"
    page.tap("button[value=report]")
    page.wait_for_selector("li.report")
    assert status() is Status.REPORTED
    assert page.locator("li.report").count() == 1
