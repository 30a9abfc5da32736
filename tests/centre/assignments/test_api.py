"""The assignments' pages."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sergek.centre.people.actions import Account
from sergek.centre.rights import Role


@pytest.fixture
def given(house, visit):
    """A meeting and an assignment of the chief's for the operator; its number."""
    client = visit("chief")
    token = house.csrf(client.get("/assignments").text)
    meeting = {
        "csrf": token,
        "title": "Visit to the police department",
        "held_on": "2022-02-10",
        "attended": "Head of the region\nHead of the department",
    }
    assert client.post("/meetings", data=meeting).status_code == 303
    due = house.clock.now().astimezone(ZoneInfo("Asia/Almaty")).date() + timedelta(days=5)
    form = {
        "csrf": token,
        "text": "Check the alarm button of every school",
        "source": "Meeting",
        "department": "Juvenile police",
        "lead": "operator",
        "controller": "chief",
        "due_on": due.isoformat(),
    }
    answer = client.post("/assignments", data=form)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_lead_and_controller_see_their_own_buttons(house, visit, given):
    """The operator may accept, the chief may not, the viewer may nothing."""
    assert 'value="accept"' in visit("operator").get(given).text
    assert 'name="step"' not in visit("chief").get(given).text
    assert 'name="step"' not in visit("viewer").get(given).text


def test_a_proof_comes_back_as_a_download(house, visit, given):
    """What somebody sent is never shown as a page of ours."""
    client = visit("operator")
    token = house.csrf(client.get(given).text)
    client.post(given, data={"csrf": token, "step": "accept"})
    file = {"proof": ("акт.html", b"<script>alert(1)</script>", "text/html")}
    answer = client.post(given, data={"csrf": token, "step": "report", "text": "done"}, files=file)
    assert answer.status_code == 303
    proof = client.get(f"{given}/proofs/1")
    assert proof.content == b"<script>alert(1)</script>"
    assert proof.headers["content-type"] == "application/octet-stream"
    assert proof.headers["content-disposition"].startswith("attachment")


def test_who_left_keeps_a_name_in_the_history(house, visit, given):
    """A closed account is offered for nothing new, and still called by its name where it stood."""
    client = visit("chief")
    gone = Account(name="operator", full_name="Aigul Operator", role=Role.OPERATOR, active=False)
    house.people.change(gone, "setup")
    assert "Aigul Operator" in client.get(given).text
    assert "Aigul Operator" in client.get("/assignments").text
    assert "Aigul Operator" not in client.get("/assignments/new").text


def test_only_who_may_assign_gives_assignments(house, visit):
    """An operator cannot open the form or send it."""
    client = visit("operator")
    token = house.csrf(client.get("/assignments").text)
    assert client.get("/assignments/new").status_code == 403
    assert client.post("/meetings", data={"csrf": token, "title": "x"}).status_code == 403


def test_a_form_with_a_fault_comes_back_with_what_was_typed(house, visit):
    """Nothing typed is lost when the term is no day."""
    client = visit("chief")
    token = house.csrf(client.get("/assignments").text)
    form = {
        "csrf": token,
        "text": "A long text that took minutes to type",
        "source": "Meeting",
        "department": "Roads",
        "lead": "operator",
        "controller": "chief",
        "due_on": "31.05",
    }
    answer = client.post("/assignments", data=form)
    assert answer.status_code == 422
    assert "due_on" in answer.text
    assert "A long text that took minutes to type" in answer.text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_shows_in_every_language(visit, given, language):
    """List, assignment, meetings, report and form render in Kazakh, Russian and English."""
    client = visit("chief")
    client.cookies.set("language", language)
    for path in ("/assignments", given, "/meetings", "/assignments/report", "/assignments/new"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text
    printed = re.search(r"(/meetings/[0-9a-f]{32})-kk", client.get("/meetings").text).group(1)
    assert client.get(f"{printed}-{language}.pdf").content.startswith(b"%PDF")


def test_the_report_counts_by_department(visit, given):
    """The department of the assignment stands in the report with one running."""
    text = visit("chief").get("/assignments/report?since=2020-01-01").text
    assert "Juvenile police" in text
