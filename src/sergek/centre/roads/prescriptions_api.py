"""The pages of prescriptions to owners: the list, one with its steps, the paper."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from sergek.centre.context import CentreOf
from sergek.centre.forms import attached, day_of, download, see_other
from sergek.centre.papers import pdf
from sergek.centre.people.views import full_names
from sergek.centre.rights import Right, SignedIn
from sergek.centre.roads import papers
from sergek.centre.roads.parts import Prescribing, Surveyor, Views
from sergek.centre.roads.prescribing import checked_in_vain
from sergek.centre.roads.states import Status, open_steps
from sergek.centre.roads.states import Step as StepKind
from sergek.centre.roads.views import Which
from sergek.core.errors import NotFound
from sergek.traffic.law.roads import road_book

__all__ = ["router"]

router = APIRouter()


@router.get("/roads")
def list_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views, which: Which = "open"
) -> Response:
    """Prescriptions by the end of their terms."""
    return centre.pages.page(
        request,
        "roads/roads.html",
        which=which,
        listed=views.listed(which),
        owners=views.owners(),
        proposed=len(views.proposed()),
        free=len(views.free()),
    )


@router.post("/roads/prescriptions")
def issue(
    actions: Prescribing,
    who: Surveyor,
    defect: Annotated[list[str] | None, Form()] = None,
    days: Annotated[str, Form(pattern=r"^\s*\d{0,3}\s*$")] = "",
) -> Response:
    """Prescribe the chosen defects to their owner."""
    wanted = int(days) if days.strip() else None
    number = actions.issue(defect or [], wanted, who.name)
    return see_other(f"/roads/prescriptions/{number}")


@router.get("/roads/prescriptions/{number}")
def prescription_page(
    request: Request, centre: CentreOf, person: SignedIn, views: Views, number: str
) -> Response:
    """One prescription with its defects, its steps and what may be done now."""
    one, owner = views.prescription(number), views.owners()
    taken = views.steps(one)
    vain = checked_in_vain(taken, one.due_on)
    may = open_steps(one.status, overdue=one.overdue, checked_in_vain=vain)
    return centre.pages.page(
        request,
        "roads/prescription.html",
        one=one,
        owner=owner[one.owner_id],
        owners=owner,
        fine=views.fine(one, owner[one.owner_id]),
        defects=views.prescribed(one),
        acts=views.act_numbers(),
        kinds={kind.id: kind for kind in road_book().kind},
        steps=taken,
        may=may if person.may(Right.SURVEY) else [],
        names=full_names(centre.wiring.engine),
        today=views.today,
        Status=Status,
    )


@router.post("/roads/prescriptions/{number}")
async def take_step(
    actions: Prescribing,
    who: Surveyor,
    number: str,
    step: Annotated[StepKind, Form()],
    text: Annotated[str, Form(max_length=5000)] = "",
    on: Annotated[str, Form()] = "",
    file: UploadFile | None = None,
) -> Response:
    """Take a step, with a file where there is one."""
    actions.take(number, step, who.name, text, day_of(on), await attached(file))
    return see_other(f"/roads/prescriptions/{number}")


@router.get("/roads/prescriptions/{number}/prescription.pdf")
def paper(centre: CentreOf, _person: SignedIn, views: Views, number: str) -> Response:
    """The prescription in Kazakh and Russian."""
    data = papers.prescription_pdf(centre, views, number, full_names(centre.wiring.engine))
    return pdf(data, f"prescription-{number}")


@router.get("/roads/prescriptions/{number}/files/{place}")
def step_file(
    centre: CentreOf, _person: SignedIn, views: Views, number: str, place: int
) -> Response:
    """A file of a step."""
    taken = views.steps(views.prescription(number))
    if not 0 <= place < len(taken) or taken[place].file_key is None:
        raise NotFound(f"Prescription {number} has no such file.")
    data = centre.wiring.evidence.get(taken[place].file_key or "")
    return download(data, taken[place].file_name)
