"""Signing: the signer looks at exactly the masked pictures that will leave, then signs the case."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header, Request
from starlette.responses import Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.enforcement import showing
from sergek.centre.enforcement.actions import CaseActions
from sergek.centre.enforcement.api import Actions, Signer, Views
from sergek.centre.enforcement.copies import Copies, MaskedCopy
from sergek.centre.enforcement.states import DECISIONS, Status
from sergek.centre.enforcement.views import Asked, CaseViews, Order
from sergek.centre.evidence_room import EvidenceRoom, Room, media_answer
from sergek.centre.forms import see_other
from sergek.centre.people.views import full_names
from sergek.core.errors import Conflict, SergekError
from sergek.core.masks import MoreMasks

__all__ = ["copies_of", "router"]

router = APIRouter(prefix="/signing")
_SHOWN = 100


def copies_of(centre: Centre) -> Copies:
    """What makes masked copies by itself."""
    wired = centre.wiring
    stores = (wired.engine, wired.log, wired.reads, wired.evidence, wired.clock)
    return Copies(*stores, papers=wired.papers)


def _copies(centre: CentreOf, person: Signer) -> Copies:
    seen = frozenset(centre.cameras_of(person))
    return replace(copies_of(centre), name=person.name, cameras=seen)


CopiesOf = Annotated[Copies, Depends(_copies)]


@router.get("")
def list_page(
    request: Request, centre: CentreOf, _who: Signer, views: Views, order: Order = "age"
) -> Response:
    """Approved cases, each with who reviewed it; those the person decided on are not to be signed
    by them."""
    listed = views.listed(Asked("approved", order=order), _SHOWN, tuple(Status))
    return centre.pages.page(
        request,
        "enforcement/signing.html",
        listed=listed,
        reviewers={each.case_id: _reviewers(views, each.case_id) for each in listed},
        laws={each.case_id: showing.law_of(each) for each in listed},
        names=full_names(centre.wiring.engine),
        cameras=centre.wiring.cameras,
        trial=any(each.trial for each in listed),
        order=order,
        now=centre.wiring.clock.now(),
    )


@router.get("/next")
def next_page(person: Signer, views: Views, after: str = "") -> Response:
    """Lead to the next case that this person may sign, or back to the list at its end."""
    listed = views.listed(Asked("approved"), _SHOWN, tuple(Status))
    mine = [each.case_id for each in listed if person.name not in _reviewers(views, each.case_id)]
    place = mine.index(after) + 1 if after in mine else 0
    return see_other(f"/signing/{mine[place]}" if mine[place:] else "/signing")


@router.get("/{case_id}")
def look_page(
    request: Request,
    centre: CentreOf,
    person: Signer,
    views: Views,
    actions: Actions,
    room: Room,
    case_id: str,
) -> Response:
    """The masked pictures of one case, or that they are being made; recorded."""
    case = views.one(case_id)
    if case.status is not Status.APPROVED:
        return see_other("/signing")
    actions.open(case_id, reviewing=False)
    copy, media, trouble = _to_look_at(actions, room, case_id)
    reviewers = _reviewers(views, case_id)
    return centre.pages.page(
        request,
        "enforcement/look.html",
        case=case,
        copy=copy,
        media=media,
        trouble=trouble,
        reviewers=reviewers,
        own=person.name in reviewers,
        law=showing.law_of(case),
        names=full_names(centre.wiring.engine),
        camera=centre.wiring.cameras.get(case.camera_id),
    )


def _to_look_at(
    actions: CaseActions, room: EvidenceRoom, case_id: str
) -> tuple[MaskedCopy | None, list[str], str]:
    """The copy if it was made, its pictures by role with the clip first, and what is wrong."""
    copy = actions.copy(case_id)
    if copy is None or copy.key is None:
        return copy, [], "" if copy is None else copy.why
    try:
        opened = room.open(copy.key)
    except SergekError as error:
        return copy, [], error.message
    clip = ["clip"] if opened.item("clip") is not None else []
    return copy, [*clip, *opened.pictures], ""


@router.get("/{case_id}/{copy}/{role}")
def media(
    _who: Signer,
    actions: Actions,
    room: Room,
    case_id: str,
    copy: str,
    role: str,
    wanted: Annotated[str, Header(alias="range")] = "",
) -> Response:
    """A picture or the clip of the masked copy that the page shows; of an older one, `Conflict`."""
    now = actions.copy(case_id)
    if now is None or now.key != copy:
        raise Conflict("The pictures were masked anew meanwhile: look at them again.")
    return media_answer(room.open(copy).item(role), wanted)


@router.post("/{case_id}")
def sign(
    _who: Signer, actions: Actions, case_id: str, looked: Annotated[str, Form()] = ""
) -> Response:
    """Sign the case after the look; `looked` is the copy that the page showed."""
    actions.sign(case_id, looked)
    return see_other("/signing/next")


@router.post("/{case_id}/masks")
def mask(copies: CopiesOf, case_id: str, more: MoreMasks) -> dict[str, str | None]:
    """Hide these parts too; `{"copy"}` is the new one."""
    return {"copy": copies.mask(case_id, more).key}


@router.post("/{case_id}/back")
def send_back(
    _who: Signer, actions: Actions, case_id: str, text: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Not signed: back to the reviewers, with the reason."""
    actions.send_back(case_id, text)
    return see_other("/signing/next")


def _reviewers(views: CaseViews, case_id: str) -> list[str]:
    """Who decided on the case, each once."""
    decided = (each.actor for each in views.steps(case_id) if each.kind in DECISIONS)
    return list(dict.fromkeys(decided))
