"""The desk's pages: the queue and one case; signing and programs have files of their own."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Header, Query, Request
from starlette.responses import JSONResponse, Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.enforcement import showing
from sergek.centre.enforcement.actions import CaseActions
from sergek.centre.enforcement.arrivals import Arrivals
from sergek.centre.enforcement.lapsing import Lapsing
from sergek.centre.enforcement.practice import practice
from sergek.centre.enforcement.states import QUEUED, Decision, Status
from sergek.centre.enforcement.views import Asked, Case, CaseViews, Order
from sergek.centre.evidence_room import EvidenceRoom, Room, media_answer
from sergek.centre.forms import see_other
from sergek.centre.pages import language_of
from sergek.centre.people.views import full_names
from sergek.centre.rights import Person, Right, requires
from sergek.core.errors import NotFound
from sergek.core.violation import Offence
from sergek.traffic.law.book import law_book

__all__ = [
    "Actions",
    "Cased",
    "Reviewer",
    "Signer",
    "Views",
    "arrivals_of",
    "asked",
    "lapsing_of",
    "router",
]

router = APIRouter()
Cased = Annotated[Person, Depends(requires(Right.CASES))]
Reviewer = Annotated[Person, Depends(requires(Right.REVIEW))]
Signer = Annotated[Person, Depends(requires(Right.SIGN))]
Engineer = Annotated[Person, Depends(requires(Right.RESTART))]
_SHOWN = 100


def arrivals_of(centre: Centre) -> Arrivals:
    """What takes cases in."""
    wired = centre.wiring
    return Arrivals(
        wired.engine, wired.log, wired.reads, wired.evidence, wired.clock, wired.packages
    )


def lapsing_of(centre: Centre) -> Lapsing:
    """What ends cases that nobody decided in time."""
    wired = centre.wiring
    return Lapsing(wired.engine, wired.log, wired.clock, law_book())


def _actions(centre: CentreOf, person: Cased) -> CaseActions:
    wired, seen = centre.wiring, frozenset(centre.cameras_of(person))
    return CaseActions(wired.engine, wired.log, wired.reads, wired.clock, person.name, seen)


def _views(centre: CentreOf, person: Cased) -> CaseViews:
    return CaseViews(centre.wiring.engine, person.name, frozenset(centre.cameras_of(person)))


def asked(status: str = "queue", offence: str = "", site: str = "", order: Order = "age") -> Asked:
    """The filter of a list as a page or program sends it."""
    return Asked(status, offence, site, order)


Actions = Annotated[CaseActions, Depends(_actions)]
Views = Annotated[CaseViews, Depends(_views)]
Filter = Annotated[Asked, Depends(asked)]


@router.get("/cases")
def queue_page(
    request: Request,
    centre: CentreOf,
    person: Cased,
    views: Views,
    question: Filter,
    none: bool = False,
) -> Response:
    """Cases by age or gravity, with counts; an engineer sees those returned to him.

    `none` says that no case was free for this reviewer.
    """
    statuses = showing.statuses_of(person)
    if Status.RETURNED in statuses and len(statuses) == 1:
        question = Asked("returned", question.offence, question.site, question.order)
    listed = views.listed(question, _SHOWN, statuses)
    return centre.pages.page(
        request,
        "enforcement/cases.html",
        asked=question,
        none_free=none and bool(listed),
        listed=listed,
        total=views.count(question, statuses),
        counts=views.counts(question),
        tabs=[each for each in ("queue", *Status) if each == "queue" or each in statuses],
        offences=list(Offence),
        cameras=centre.wiring.cameras,
        trial=any(each.trial for each in listed),
        now=centre.wiring.clock.now(),
        waited=lambda span: _waited(request, centre, span),
        queued=[each.value for each in QUEUED],
    )


@router.get("/cases/next")
def next_page(
    centre: CentreOf, _who: Reviewer, views: Views, question: Filter, after: str | None = None
) -> Response:
    """Lead to the next case, or back to the empty queue."""
    found = views.next(question, centre.wiring.clock.now(), after)
    query = _query(question)
    if found is None:
        return see_other(f"/cases{query}{'&' if query else '?'}none=1")
    return see_other(f"/cases/{found}{query}")


def _query(question: Asked) -> str:
    return f"?{urlencode(question.query())}" if question.query() else ""


@router.get("/cases/{case_id}")
def case_page(
    request: Request,
    centre: CentreOf,
    person: Cased,
    views: Views,
    actions: Actions,
    room: Room,
    question: Filter,
    case_id: str,
) -> Response:
    """One case; that it was opened is recorded, and a reviewer's lease on it begins."""
    case = _seen_case(views, person, case_id)
    lease = actions.open(case_id, reviewing=person.may(Right.REVIEW))
    values = _desk(request, centre, room, person, views, case)
    return centre.pages.page(
        request,
        "enforcement/case.html",
        asked=question,
        query=_query(question),
        lease=lease if lease is not None and lease.name != person.name else None,
        **values,
    )


@router.post("/cases/prefetch")
def prefetch(
    request: Request,
    centre: CentreOf,
    person: Reviewer,
    views: Views,
    actions: Actions,
    room: Room,
    question: Filter,
    after: Annotated[str, Query()] = "",
) -> Response:
    """`{"case_id", "html"}` of the next case, kept for this reviewer; nulls at the end."""
    found = views.next(question, centre.wiring.clock.now(), after or None)
    if found is None or actions.keep(found).name != person.name:
        return JSONResponse({"case_id": None, "html": None})
    values = _desk(request, centre, room, person, views, views.one(found))
    html = centre.pages.text(request, "enforcement/desk.html", {**values, "lease": None})
    return JSONResponse({"case_id": found, "html": html})


@router.post("/cases/{case_id}/opened")
def opened(person: Reviewer, actions: Actions, case_id: str) -> dict[str, str | None]:
    """The prefetched case is on the screen now: record it; who else has it, if anybody."""
    lease = actions.open(case_id, reviewing=True)
    other = lease is not None and lease.name != person.name
    return {"held_by": lease.name if other and lease else None}


@router.post("/cases/{case_id}/lease")
def renew(person: Reviewer, actions: Actions, case_id: str) -> dict[str, str | None]:
    """Still looking."""
    lease = actions.keep(case_id)
    return {"held_by": None if lease.name == person.name else lease.name}


@router.post("/cases/{case_id}/plate")
def type_plate(
    request: Request,
    centre: CentreOf,
    person: Reviewer,
    views: Views,
    actions: Actions,
    case_id: str,
    typed: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Record what the reviewer read; the answer is the part of the page with the reading."""
    actions.type_plate(case_id, typed)
    values = _reading(request, centre, person, views, views.one(case_id))
    return centre.pages.page(request, "enforcement/reading.html", **values)


@router.post("/cases/{case_id}/decide")
def decide(
    _who: Reviewer,
    actions: Actions,
    case_id: str,
    decision: Annotated[Decision, Form()],
    seen: Annotated[int, Form()],
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form(max_length=2000)] = "",
) -> dict[str, str]:
    """`{"status"}` after the decision."""
    return {"status": actions.decide(case_id, decision, seen=seen, reason=reason, text=text)}


@router.post("/cases/{case_id}/answer")
def answer(
    _who: Engineer, actions: Actions, case_id: str, text: Annotated[str, Form(max_length=2000)]
) -> Response:
    """The engineer's answer to a returned case."""
    actions.answer(case_id, text)
    return see_other("/cases")


@router.post("/cases/{case_id}/search")
def search(
    request: Request,
    centre: CentreOf,
    _who: Reviewer,
    actions: Actions,
    case_id: str,
    plate: Annotated[str, Form(max_length=20)],
    purpose: Annotated[str, Form(max_length=500)],
) -> Response:
    """Where a plate was seen, for this case and a purpose; recorded."""
    found = actions.search(case_id, plate, purpose)
    return centre.pages.page(
        request,
        "enforcement/found.html",
        found=found,
        asked_for=plate.upper(),
        cameras=centre.wiring.cameras,
    )


@router.get("/cases/{case_id}/media/{role}")
def media(
    person: Cased,
    views: Views,
    room: Room,
    case_id: str,
    role: str,
    wanted: Annotated[str, Header(alias="range")] = "",
) -> Response:
    """A picture or the clip as the device sealed it; one byte range is understood."""
    case = _seen_case(views, person, case_id)
    return media_answer(room.open(case.package).item(role), wanted)


def _seen_case(views: CaseViews, person: Person, case_id: str) -> Case:
    case = views.one(case_id)
    if case.status not in showing.statuses_of(person):
        raise NotFound("There is no such case in your areas.")
    return case


def _desk(
    request: Request,
    centre: Centre,
    room: EvidenceRoom,
    person: Person,
    views: CaseViews,
    case: Case,
) -> dict[str, Any]:
    values = showing.scene(centre, room, person, case)
    return values | _reading(request, centre, person, views, case)


def _reading(
    request: Request, centre: Centre, person: Person, views: CaseViews, case: Case
) -> dict[str, Any]:
    """The part that tells the plate, empty until the person may see it."""
    steps = views.steps(case.case_id)
    shown = showing.sees_reading(person, steps, case.status)
    values: dict[str, Any] = {
        "case": case,
        "shown": shown,
        "cameras": centre.wiring.cameras,
        "names": full_names(centre.wiring.engine),
        "reason_text": lambda name: _reason(name, language_of(request, centre.settings)),
        "history": [each for each in steps if each.kind != "plate"],
        "reviewing": person.may(Right.REVIEW),
        "moment": lambda text: f"{centre.pages.local(datetime.fromisoformat(text)):%d.%m %H:%M:%S}",
    }
    return values | (showing.reading(centre, person, case, steps) if shown else {})


def _waited(request: Request, centre: Centre, span: timedelta) -> str:
    """A waiting time in its largest unit."""
    texts = catalogue(language_of(request, centre.settings))
    minutes = max(0, int(span.total_seconds() // 60))
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes >= size:
            return f"{minutes // size} {texts(f'desk.unit.{unit}')}"
    return f"{minutes} {texts('desk.unit.min')}"


def _reason(name: str | None, language: str) -> str:
    found = next((each for each in practice().reason if each.id == name), None)
    return "" if found is None else found.text(language)
