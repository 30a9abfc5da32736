"""The register's pages: list, one prescription with its steps and terms, its PDF and document."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from sergek.centre import forms
from sergek.centre.bookmark import LogReader
from sergek.centre.context import Centre, CentreOf, centre_of
from sergek.centre.forms import see_other
from sergek.centre.people.views import full_names
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.actions import PrescriptionActions
from sergek.centre.prescriptions.document import document_of
from sergek.centre.prescriptions.issuing import Issuer
from sergek.centre.prescriptions.register import (
    REFUSED,
    SPECIMEN,
    Prescription,
    RegisterFilter,
    RegisterViews,
)
from sergek.centre.rights import Person, Right, requires
from sergek.centre.sites.api import ledger_of
from sergek.core.errors import ConfigError, Forbidden, NotFound
from sergek.core.violation import Offence
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import PrescriptionState, Step

__all__ = [
    "Actions",
    "Reader",
    "Views",
    "actions_of",
    "issuer_of",
    "may_see",
    "reader_of",
    "router",
]

router = APIRouter()
Reader = Annotated[Person, Depends(requires(Right.PAPERS))]
_STATES = [*(state.value for state in PrescriptionState), SPECIMEN, REFUSED]


def actions_of(centre: CentreOf) -> PrescriptionActions:
    """The steps over the centre's wired parts."""
    wired = centre.wiring
    return PrescriptionActions(
        engine=wired.engine,
        log=wired.log,
        clock=wired.clock,
        zone=centre.zone,
        law=law_book(),
        ledger=ledger_of(centre),
        papers=wired.papers,
    )


def issuer_of(centre: Centre) -> Issuer:
    """Makes prescriptions of signed cases."""
    wired = centre.wiring
    return Issuer.by_law(
        engine=wired.engine,
        log=wired.log,
        evidence=wired.evidence,
        reads=wired.reads,
        clock=wired.clock,
        ledger=ledger_of(centre),
        papers=wired.papers,
        packages=wired.packages,
    )


def reader_of(centre: Centre) -> LogReader:
    """What keeps the register in step with the desk."""
    return LogReader("prescriptions", {"case.signed"}, issuer_of(centre).heard)


def _views(connection: HTTPConnection) -> RegisterViews:
    return RegisterViews(centre_of(connection).wiring.engine)


Actions = Annotated[PrescriptionActions, Depends(actions_of)]
Views = Annotated[RegisterViews, Depends(_views)]


def may_see(centre: Centre, person: Person, one: Prescription) -> Prescription:
    """The prescription, if its camera stands in one of the person's areas."""
    if person.areas is not None and one.camera_id not in centre.cameras_of(person):
        raise NotFound(f"There is no prescription {one.number}.")
    return one


@router.get("/prescriptions")
def list_page(
    request: Request,
    centre: CentreOf,
    person: Reader,
    views: Views,
    state: str = "",
    site: str = "",
    offence: str = "",
    text: str = "",
    page: int = 0,
) -> Response:
    """The register, newest first."""
    size = centre.settings.page_size
    cameras = None if person.areas is None else tuple(centre.cameras_of(person))
    wanted = RegisterFilter(state, site, offence, text, cameras)
    page = max(0, page)
    listed = views.listed(wanted, page, size + 1)
    ledger = ledger_of(centre)
    return centre.pages.page(
        request,
        "prescriptions/prescriptions.html",
        listed=listed[:size],
        more=len(listed) > size,
        page=page,
        wanted=wanted,
        counts=views.counts(),
        sums=views.sums(),
        states=_STATES,
        sites={site: ledger.place(site) for site in ledger.ids()},
        offences=[each.value for each in Offence],
        now=centre.wiring.clock.now(),
    )


@router.get("/prescriptions/{number}")
def one_page(
    request: Request, centre: CentreOf, person: Reader, views: Views, number: str
) -> Response:
    """One prescription: what it rests on, its steps, its terms, what this person may do."""
    return _one(request, centre, person, views, number)


def _one(
    request: Request,
    centre: Centre,
    person: Person,
    views: RegisterViews,
    number: str,
    problem: ConfigError | None = None,
    tried: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    one = may_see(centre, person, views.one(number))
    wired = centre.wiring
    now = wired.clock.now()
    wired.log.append([events.opened(one.number, person.name, now)])
    return centre.pages.page(
        request,
        "prescriptions/prescription.html",
        status=problem.http_status if problem else 200,
        one=one,
        steps=views.steps(number),
        code=wired.papers.check_code(number),
        terms=one.running(now),
        may=_may(one, person),
        due=one.due_tenge(now) if one.real else 0,
        problem=problem,
        tried=tried,
        names=full_names(wired.engine),
        place=ledger_of(centre).place(one.site_id),
        today=centre.pages.local(now).date(),
        registered=wired.papers.register is not None,
        now=now,
    )


# Which step needs which right, and in which states a page offers it.
_OFFERED: dict[str, tuple[Right, frozenset[str]]] = {
    "deliver": (Right.REGISTER, frozenset({"issued"})),
    "pay": (Right.REGISTER, frozenset({"delivered", "in_force", "overdue"})),
    "complain": (Right.REGISTER, frozenset({"delivered", "in_force", "paid"})),
    "leave": (Right.DECIDE, frozenset({"complaint", "in_court"})),
    "change": (Right.DECIDE, frozenset({"complaint", "in_court"})),
    "appeal": (Right.REGISTER, frozenset({"complaint", "in_force"})),
    "cancel": (Right.DECIDE, frozenset(_STATES) - {"cancelled", "closed", SPECIMEN, REFUSED}),
    "again": (Right.DECIDE, frozenset({REFUSED})),
}


def _may(one: Prescription, person: Person) -> list[str]:
    offered = [
        name
        for name, (right, states) in _OFFERED.items()
        if one.state in states and person.may(right)
    ]
    if one.refund_tenge > one.refunded_tenge and person.may(Right.REGISTER):
        offered.append("refund")
    if one.real and person.may(Right.REGISTER):
        offered.append("submit")
    return offered


@router.post("/prescriptions/{number}")
def take_step(
    request: Request,
    centre: CentreOf,
    person: Reader,
    actions: Actions,
    views: Views,
    number: str,
    step: Annotated[str, Form()],
    words: Annotated[str, Form(max_length=2000)] = "",
    on: Annotated[str, Form()] = "",
    tenge: Annotated[str, Form()] = "",
) -> Response:
    """Take a step; what is missing is said on the page itself."""
    one = may_see(centre, person, views.one(number))
    right, _ = _OFFERED.get(step, (Right.REGISTER, frozenset()))
    if not person.may(right):
        raise Forbidden(f"Your role, {person.role}, may not do this: ask an administrator.")
    if step == "again":
        return _again(centre, one)
    try:
        _taken(actions, number, step, words, on, tenge, person.name)
    except ConfigError as error:
        tried = {"step": step, "words": words, "on": on, "tenge": tenge}
        return _one(request, centre, person, views, number, error, tried)
    return see_other(f"/prescriptions/{number}")


def _taken(
    actions: PrescriptionActions,
    number: str,
    step: str,
    words: str,
    on: str,
    tenge: str,
    name: str,
) -> None:
    deciding: dict[str, Step] = {
        "leave": Step.LEAVE,
        "change": Step.CHANGE,
        "cancel": Step.CANCEL,
        "appeal": Step.APPEAL,
    }
    simple: dict[str, Callable[[], object]] = {
        "deliver": lambda: actions.deliver(number, _day(on), words, name),
        "pay": lambda: actions.pay(number, _sum(tenge), _day(on), name),
        "complain": lambda: actions.complain(number, words, name),
        "refund": lambda: actions.refund(number, name),
        "submit": lambda: actions.submit(number, name),
    }
    if step in deciding:
        fine = _sum(tenge) if step == "change" else None
        actions.decide(number, deciding[step], words, name, fine)
    elif step in simple:
        simple[step]()
    else:
        raise ConfigError("There is no such step.")


def _again(centre: Centre, one: Prescription) -> Response:
    """Try a refused case once more, after the site's papers were corrected."""
    number = issuer_of(centre).again(one)
    return see_other(f"/prescriptions/{number}")


def _day(text: str) -> date:
    found = forms.day_of(text)
    if found is None:
        raise ConfigError("Give the day, such as 2026-05-31.")
    return found


def _sum(text: str) -> int:
    try:
        return int(text.replace(" ", ""))
    except ValueError:
        raise ConfigError("Give the sum in whole tenge.") from None


@router.get("/prescriptions/{number}/paper.pdf")
def paper(centre: CentreOf, person: Reader, views: Views, number: str) -> Response:
    """The document as it was issued; the bytes never change."""
    one = may_see(centre, person, views.one(number))
    if one.pdf_key is None:
        raise NotFound(f"There is no document for {number}.")
    wired = centre.wiring
    wired.log.append([events.opened(one.number, person.name, wired.clock.now())])
    return Response(
        wired.evidence.get(one.pdf_key),
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{number}.pdf"'},
    )


@router.get("/api/v1/prescriptions/{number}")
def document(centre: CentreOf, person: Reader, views: Views, number: str) -> Response:
    """The document for the national register."""
    one = may_see(centre, person, views.one(number))
    site = ledger_of(centre).site(one.site_id)
    return JSONResponse(document_of(one, site, views.steps(number)))


@router.get("/cases/{case_id}/prescription")
def of_case(centre: CentreOf, person: Reader, views: Views, case_id: str) -> Response:
    """From a case to its prescription."""
    one = views.of_case(case_id)
    if one is None:
        raise NotFound("This case has no prescription yet.")
    may_see(centre, person, one)
    return see_other(f"/prescriptions/{one.number}")
