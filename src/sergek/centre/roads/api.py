"""The pages of surveys and defects: acts, citizens' reports, photos, owners."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from sergek.centre.catalogue import LANGUAGES, catalogue
from sergek.centre.context import CentreOf
from sergek.centre.forms import checked, see_other
from sergek.centre.papers import pdf
from sergek.centre.rights import SignedIn
from sergek.centre.roads import papers
from sergek.centre.roads.actions import Decision, NewAct, NewOwner
from sergek.centre.roads.desk import desk_defect
from sergek.centre.roads.parts import Actions, Surveyor, Views
from sergek.centre.roads.views import RoadViews
from sergek.core.errors import ConfigError, NotFound
from sergek.core.road import Light, Severity, Side, Subject, Weather
from sergek.traffic.law.roads import road_book

__all__ = ["router"]

router = APIRouter()


def _common(views: RoadViews) -> dict[str, Any]:
    return {
        "owners": views.owners(),
        "kinds": {kind.id: kind for kind in road_book().kind},
        "sides": list(Side),
        "severities": list(Severity),
        "today": views.today,
    }


@router.get("/roads/acts")
def acts_page(request: Request, centre: CentreOf, _person: SignedIn, views: Views) -> Response:
    """Surveys and the form that begins one."""
    return centre.pages.page(
        request,
        "roads/acts.html",
        acts=views.acts(),
        counts=views.counts(),
        weathers=list(Weather),
        lights=list(Light),
        today=views.today,
    )


@router.post("/roads/acts")
def open_act(
    actions: Actions,
    who: Surveyor,
    held_on: Annotated[str, Form()],
    route: Annotated[str, Form()],
    commission: Annotated[str, Form()],
    weather: Annotated[str, Form()],
    light: Annotated[str, Form()],
    sections: Annotated[str, Form()] = "",
) -> Response:
    """Begin a survey; a commissioner a line: name, post, whom for, parted by semicolons."""
    form = {
        "held_on": held_on,
        "route": route,
        "weather": weather,
        "light": light,
        "sections": [line.strip() for line in sections.splitlines() if line.strip()],
        "commission": [_commissioner(line) for line in commission.splitlines() if line.strip()],
    }
    return see_other(f"/roads/acts/{actions.open_act(checked(NewAct, form), who.name)}")


def _commissioner(line: str) -> dict[str, str]:
    name, post, of = ([part.strip() for part in line.split(";")] + ["", "", ""])[:3]
    return {"name": name, "post": post, "of": _stands_for().get(of.casefold(), of) or "police"}


@cache
def _stands_for() -> dict[str, str]:
    """The words of every language → whom a commissioner stands for."""
    parts = (catalogue(language).part("roads.stands_for") for language in LANGUAGES)
    return {word.casefold(): key for part in parts for key, word in part.items()}


@router.get("/roads/acts/{number}")
def act_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views, number: str
) -> Response:
    """One survey: its defects, what may be prescribed, the paper."""
    act = views.act(number)
    inside, late = views.defects_of(act)
    return centre.pages.page(
        request,
        "roads/act.html",
        act=act,
        defects=inside,
        late=late,
        numbers=views.numbers(),
        terms=_terms(views),
        **_common(views),
    )


def _terms(views: RoadViews) -> Mapping[str, Any]:
    """Kind → the term that holds now, or None."""
    return {kind.id: road_book().term_of(kind.id, views.now) for kind in road_book().kind}


@router.post("/roads/acts/{number}/close")
def close_act(actions: Actions, who: Surveyor, number: str) -> Response:
    """Close a survey's act."""
    actions.close_act(number, who.name)
    return see_other(f"/roads/acts/{number}")


@router.post("/roads/acts/{number}/defects")
async def add_defect(
    request: Request, centre: CentreOf, actions: Actions, views: Views, who: Surveyor, number: str
) -> Response:
    """Write a defect down at the desk, with a photo where there is one."""
    form = await request.form()
    photo = form.get("photo")
    data = await photo.read() if isinstance(photo, UploadFile) else b""
    typed = {key: str(value) for key, value in form.items() if isinstance(value, str)}
    found = desk_defect(typed, data, views.act(number).act_id, who.name, centre)
    taken = actions.take_in(found, who.name, "desk")
    if taken.result != "stored":
        raise ConfigError(taken.sentence)
    return see_other(f"/roads/acts/{number}#d-{found.defect_id}")


@router.get("/roads/acts/{number}/act.pdf")
def act_paper(centre: CentreOf, _person: SignedIn, views: Views, number: str) -> Response:
    """The act in Kazakh and Russian."""
    return pdf(papers.act_pdf(centre, views, number), f"act-{number}")


@router.get("/roads/defects")
def defects_page(request: Request, centre: CentreOf, _person: SignedIn, views: Views) -> Response:
    """Citizens' reports that wait, and accepted defects without a prescription."""
    return centre.pages.page(
        request,
        "roads/defects.html",
        proposed=views.proposed(),
        free=views.free(),
        acts=views.act_numbers(),
        terms=_terms(views),
        numbers=views.numbers(),
        **_common(views),
    )


@router.post("/roads/defects/{defect_id}")
def decide(
    actions: Actions,
    who: Surveyor,
    defect_id: str,
    verdict: Annotated[str, Form(pattern="^(accept|reject)$")] = "accept",
    kind: Annotated[str, Form()] = "",
    severity: Annotated[str, Form()] = "",
    owner_id: Annotated[str, Form()] = "",
    clause: Annotated[str | None, Form()] = None,
    answer: Annotated[str, Form()] = "",
    back: Annotated[str, Form(pattern=r"^/roads/[\w/-]*$")] = "/roads/defects",
) -> Response:
    """Accept, mend or reject a defect."""
    form = {
        "accept": verdict == "accept",
        "kind": kind or None,
        "severity": severity or None,
        "owner_id": owner_id or None,
        "clause": clause,
        "answer": answer,
    }
    actions.decide(defect_id, checked(Decision, form), who.name)
    return see_other(f"{back}#d-{defect_id}")


@router.get("/roads/defects/{defect_id}/photos/{place}.jpg")
def photo(
    centre: CentreOf, _person: SignedIn, views: Views, defect_id: str, place: int
) -> Response:
    """A defect's photo."""
    keys = views.defect(defect_id).photos
    if not 0 <= place < len(keys):
        raise NotFound("The defect has no such photo.")
    return Response(
        centre.wiring.evidence.get(keys[place]),
        media_type="image/jpeg",
        headers={"Cache-Control": "private, max-age=86400"},
    )


@router.get("/roads/owners")
def owners_page(request: Request, centre: CentreOf, _person: SignedIn, views: Views) -> Response:
    """Owners: what is due, what is late, what that costs; the form for a new one."""
    return centre.pages.page(
        request, "roads/owners.html", standings=views.standings(), subjects=list(Subject)
    )


@router.post("/roads/owners")
def save_owner(
    actions: Actions,
    who: Surveyor,
    name: Annotated[str, Form()],
    subject: Annotated[str, Form()],
    department: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
) -> Response:
    """Add an owner or change the one of that name."""
    form = {"name": name, "subject": subject, "department": department, "contact": contact}
    return see_other(f"/roads/owners/{actions.save_owner(checked(NewOwner, form), who.name)}")


@router.get("/roads/owners/{owner_id}")
def owner_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views, owner_id: str
) -> Response:
    """One owner's view: every prescription with its term, and the fines that threaten."""
    standing = views.standing(owner_id)
    listed = views.listed("all", owner_id)
    return centre.pages.page(
        request,
        "roads/owner.html",
        standing=standing,
        listed=listed,
        fines={one.number: views.fine(one, standing.owner) for one in listed if one.overdue},
        repeat_days=road_book().repeat_days(views.now),
        today=views.today,
    )


@router.get("/roads/owners/{owner_id}/notice.pdf")
def owner_paper(centre: CentreOf, _person: SignedIn, views: Views, owner_id: str) -> Response:
    """What runs and what is late, as a notice to the owner in Kazakh and Russian."""
    return pdf(papers.notice_pdf(centre, views, owner_id), f"notice-{owner_id[:8]}")


@router.get("/roads/report")
def report_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """How owners and the bodies above them stand, to print."""
    first = since or views.today.replace(month=1, day=1)
    last = until or views.today
    rows = views.standings(first, last)
    return centre.pages.page(
        request,
        "roads/report.html",
        since=first,
        until=last,
        rows=rows,
        departments=sorted({row.owner.department for row in rows}),
    )
