"""The assignments' pages: lists, one with its steps, meetings, the report by department."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from starlette.responses import Response

from sergek.centre.assignments.actions import (
    REMINDERS_DAYS,
    AssignmentActions,
    Meeting,
    NewAssignment,
)
from sergek.centre.assignments.papers import minutes_of
from sergek.centre.assignments.states import Status, Step, hands_of, open_steps
from sergek.centre.assignments.views import AssignmentViews, Listed, StepRow, Which
from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import attached, checked, day_of, download, see_other
from sergek.centre.papers import pdf
from sergek.centre.people.views import full_names
from sergek.centre.rights import Person, Right, SignedIn, requires
from sergek.centre.settings import Language
from sergek.core.errors import ConfigError, NotFound

__all__ = ["actions_of", "router"]

router = APIRouter()
Chief = Annotated[Person, Depends(requires(Right.ASSIGN))]


def actions_of(centre: CentreOf) -> AssignmentActions:
    """The actions over the centre's wired parts."""
    wired = centre.wiring
    return AssignmentActions(wired.engine, wired.log, wired.evidence, wired.clock, centre.zone)


def _views(centre: CentreOf) -> AssignmentViews:
    today = centre.wiring.clock.now().astimezone(centre.zone).date()
    return AssignmentViews(centre.wiring.engine, today)


Actions = Annotated[AssignmentActions, Depends(actions_of)]
Views = Annotated[AssignmentViews, Depends(_views)]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


@router.get("/assignments")
def list_page(
    request: Request, centre: CentreOf, person: SignedIn, views: Views, which: Which = "open"
) -> Response:
    """Assignments by term."""
    return centre.pages.page(
        request,
        "assignments/assignments.html",
        which=which,
        listed=views.listed(which, person.name),
        near=views.near(person.name, max(REMINDERS_DAYS)),
        names=full_names(centre.wiring.engine),
    )


@router.get("/assignments/new")
def new_page(
    request: Request, centre: CentreOf, views: Views, _who: Chief, parent: str | None = None
) -> Response:
    """The form for a new assignment, or for a sub-task of `parent`."""
    return _form(request, centre, views, views.one(parent) if parent else None)


def _form(
    request: Request, centre: Centre, views: AssignmentViews, parent: Listed | None, **more: Any
) -> Response:
    values: dict[str, Any] = {"problem": None, "typed": {}, **more}
    return centre.pages.page(
        request,
        "assignments/new.html",
        parent=parent,
        names=views.names(),
        meetings=views.meetings(),
        today=views.today,
        **values,
    )


@router.post("/assignments")
def give(
    request: Request,
    centre: CentreOf,
    actions: Actions,
    views: Views,
    who: Chief,
    text: Annotated[str, Form()],
    source: Annotated[str, Form()],
    department: Annotated[str, Form()],
    lead: Annotated[str, Form()],
    controller: Annotated[str, Form()],
    due_on: Annotated[str, Form()],
    co_executors: Annotated[list[str] | None, Form()] = None,
    meeting_id: Annotated[str, Form()] = "",
    parent: Annotated[str, Form()] = "",
) -> Response:
    """Give an assignment."""
    over = views.one(parent) if parent else None
    typed = {
        "text": text,
        "source": source,
        "department": department,
        "lead": lead,
        "controller": controller,
        "due_on": due_on,
        "co_executors": tuple(co_executors or ()),
        "meeting_id": meeting_id or None,
        "parent_id": over.assignment_id if over else None,
        "given_on": views.today,
    }
    try:
        number = actions.give(checked(NewAssignment, typed), who.name)
    except (ConfigError, NotFound) as error:
        page = _form(request, centre, views, over, problem=error.message, typed=typed)
        page.status_code = error.http_status
        return page
    return see_other(f"/assignments/{number}")


@router.get("/assignments/report")
def report_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """How the departments stand, to print."""
    first = since or views.today.replace(month=1, day=1)
    last = until or views.today
    return centre.pages.page(
        request,
        "assignments/report.html",
        since=first,
        until=last,
        rows=views.report(first, last),
    )


@router.get("/meetings")
def meetings_page(request: Request, centre: CentreOf, _person: SignedIn, views: Views) -> Response:
    """Meetings with minutes and who attended."""
    given: dict[str, list[Listed]] = {}
    for each in views.listed("all", ""):
        if each.meeting_id:
            given.setdefault(each.meeting_id, []).append(each)
    return centre.pages.page(
        request,
        "assignments/meetings.html",
        meetings=views.meetings(),
        given=given,
        today=views.today,
    )


@router.post("/meetings")
def record_meeting(
    actions: Actions,
    who: Chief,
    title: Annotated[str, Form()],
    held_on: Annotated[str, Form()],
    attended: Annotated[str, Form()],
    place: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form()] = "",
) -> Response:
    """Record a meeting; `attended` is a list of names, one a line or with commas."""
    form = {
        "title": title,
        "place": place,
        "held_on": held_on,
        "minutes": minutes,
        "attended": _split(attended),
    }
    actions.record_meeting(checked(Meeting, form), who.name)
    return see_other("/meetings")


@router.get("/meetings/{meeting_id}-{language}.pdf")
def minutes_paper(
    centre: CentreOf, _person: SignedIn, views: Views, meeting_id: str, language: Language
) -> Response:
    """The minutes of a meeting with its assignments."""
    meeting = next((one for one in views.meetings() if one.meeting_id == meeting_id), None)
    if meeting is None:
        raise NotFound("There is no such meeting.")
    given = [one for one in views.listed("all", "") if one.meeting_id == meeting_id]
    sheet = minutes_of(catalogue(language), meeting, given, full_names(centre.wiring.engine))
    foot = f"{centre.settings.title} · {meeting.held_on:%d.%m.%Y}"
    return pdf(centre.wiring.papers.print_sheets([sheet], foot), f"minutes-{meeting.held_on}")


@router.get("/assignments/{number}")
def assignment_page(
    request: Request, centre: CentreOf, person: SignedIn, views: Views, number: str
) -> Response:
    """One assignment with its steps and what this person may do."""
    one = views.one(number)
    taken = views.steps(one)
    hands = hands_of(person.name, one.lead, one.co_executors, one.controller)
    return centre.pages.page(
        request,
        "assignments/assignment.html",
        one=one,
        parent=views.parent(one),
        children=views.children(one),
        steps=taken,
        may=open_steps(one.status, hands, time_asked=_time_asked(taken)),
        names=full_names(centre.wiring.engine),
        meetings={each.meeting_id: each for each in views.meetings()},
        Status=Status,
    )


def _time_asked(taken: list[StepRow]) -> bool:
    answers = (Step.ASK_TIME, Step.GRANT_TIME, Step.REFUSE_TIME)
    last = [step.kind for step in taken if step.kind in answers]
    return bool(last) and last[-1] is Step.ASK_TIME


@router.post("/assignments/{number}")
async def take_step(
    person: SignedIn,
    actions: Actions,
    number: str,
    step: Annotated[Step, Form()],
    text: Annotated[str, Form(max_length=5000)] = "",
    until: Annotated[str, Form()] = "",
    proof: UploadFile | None = None,
) -> Response:
    """Take a step, with a proof file where there is one."""
    actions.take(number, step, person.name, text, day_of(until), await attached(proof))
    return see_other(f"/assignments/{number}")


@router.get("/assignments/{number}/proofs/{place}")
def proof_file(
    centre: CentreOf, _person: SignedIn, views: Views, number: str, place: int
) -> Response:
    """A proof file."""
    taken = views.steps(views.one(number))
    if not 0 <= place < len(taken) or taken[place].proof_key is None:
        raise NotFound(f"Assignment {number} has no such file.")
    data = centre.wiring.evidence.get(taken[place].proof_key or "")
    return download(data, taken[place].proof_name)
