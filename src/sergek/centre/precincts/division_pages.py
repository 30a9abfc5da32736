"""Divisions side by side, edited by hand with load and gap at once, approved from a day on."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import see_other
from sergek.centre.pages import language_of
from sergek.centre.people.views import full_names
from sergek.centre.precincts.divisions import Divisions
from sergek.centre.precincts.parts import DivisionsOf, Planner, today
from sergek.centre.refusals import in_words_of
from sergek.centre.rights import SignedIn
from sergek.core.errors import ConfigError, Unavailable
from sergek.core.plans import StudyStatus
from sergek.core.studies import DivisionInputs, DivisionPlan, Measures

__all__ = ["router"]

router = APIRouter()
_BALANCE_S = 1.5


class Edit(BaseModel):
    """What the map sends: the division that is edited, and the blocks that a person moved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    moves: dict[str, str] = Field(max_length=20_000)
    pinned: tuple[str, ...] = Field(default=(), max_length=20_000)


@router.get("/precincts/divisions")
def list_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    divisions: DivisionsOf,
    key: str | None = None,
) -> Response:
    """Every division with its history, and the study that draws a new one."""
    try:
        about = centre.planning.city()
    except Unavailable as waiting:
        return centre.pages.page(
            request, "plans/preparing.html", kind="precincts", sentence=waiting.message, status=503
        )
    studies = centre.planning.studies
    state = studies.state(key) if key else studies.latest("precincts")
    inputs = DivisionInputs.model_validate(dict(state.inputs) if state else {})
    plan = None
    if state is not None and state.status is StudyStatus.DONE:
        plan = DivisionPlan.model_validate(studies.result(state.key))
    listed = divisions.listed()
    return centre.pages.page(
        request,
        "precincts/divisions.html",
        city=about,
        listed=listed,
        names=full_names(centre.wiring.engine),
        now=divisions.on(today(centre)),
        today=today(centre),
        state=state,
        inputs=inputs,
        plan=plan,
        kept=next((one for one in listed if state and one.study_key == state.key), None),
    )


@router.post("/precincts/divisions/keep")
def keep_study(
    centre: CentreOf,
    who: Planner,
    divisions: DivisionsOf,
    key: Annotated[str, Form()],
    title: Annotated[str, Form()],
) -> Response:
    """Keep what a study drew as a proposal."""
    plan = DivisionPlan.model_validate(centre.planning.studies.result(key))
    made = divisions.propose(
        title, plan.owner, plan.measures, who.name, origin="study", study_key=key
    )
    return see_other(f"/precincts/divisions/{made}")


@router.get("/precincts/divisions/compare")
def compare_page(
    request: Request, centre: CentreOf, _person: SignedIn, divisions: DivisionsOf
) -> Response:
    """Two or three divisions side by side, their maps moving together."""
    wanted = request.query_params.getlist("id")[:3]
    if len(wanted) < 2:
        raise ConfigError("Choose two or three divisions to compare.")
    chosen = [divisions.one(each) for each in wanted]
    return centre.pages.page(
        request,
        "precincts/compare.html",
        city=centre.planning.city(),
        chosen=chosen,
        now=divisions.on(today(centre)),
    )


@router.get("/precincts/divisions/{division_id}")
def division_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    divisions: DivisionsOf,
    division_id: str,
) -> Response:
    """One division on the map; whoever plans may drag its blocks and approve it."""
    one = divisions.one(division_id)
    return centre.pages.page(
        request,
        "precincts/division.html",
        city=centre.planning.city(),
        one=one,
        names=full_names(centre.wiring.engine),
        now=divisions.on(today(centre)),
        today=today(centre),
    )


@router.get("/precincts/divisions/{division_id}/blocks")
def division_blocks(
    centre: CentreOf, _person: SignedIn, divisions: DivisionsOf, division_id: str
) -> dict[str, Any]:
    """Precinct by block and the measures, for the map."""
    one = divisions.one(division_id)
    return {"owner": divisions.owner(one), "measures": one.measures.model_dump(mode="json")}


@router.post("/precincts/divisions/{division_id}/measure")
def measure(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    divisions: DivisionsOf,
    division_id: str,
    edit: Edit,
) -> Measures:
    """The division with these blocks moved: loads, bound, gap, faults, callers."""
    measures = centre.planning.desk.measure(_edited(divisions, division_id, edit))
    return _told(request, centre, measures)


@router.post("/precincts/divisions/{division_id}/balance")
def balance(
    request: Request,
    centre: CentreOf,
    _person: Planner,
    divisions: DivisionsOf,
    division_id: str,
    edit: Edit,
) -> dict[str, Any]:
    """Let others give way to what was moved: the new blocks and their measures."""
    desk = centre.planning.desk
    before = _edited(divisions, division_id, edit)
    after = dict(desk.balance(before, edit.pinned or tuple(edit.moves), _BALANCE_S))
    measures = _told(request, centre, desk.measure(after))
    return {"owner": after, "measures": measures.model_dump(mode="json")}


@router.post("/precincts/divisions/{division_id}/keep")
def keep_edit(
    centre: CentreOf,
    who: Planner,
    divisions: DivisionsOf,
    division_id: str,
    title: Annotated[str, Form()],
    moves: Annotated[str, Form(max_length=2_000_000)],
) -> Response:
    """Keep an edited division as a proposal of its own; what it was made from stays."""
    edit = Edit.model_validate_json(f'{{"moves": {moves or "{}"}}}')
    if not edit.moves:
        raise ConfigError("No block was moved: move some, then keep the division.")
    owner = _edited(divisions, division_id, edit)
    measures = centre.planning.desk.measure(owner)
    made = divisions.propose(title, owner, measures, who.name, origin="edit", based_on=division_id)
    return see_other(f"/precincts/divisions/{made}")


@router.post("/precincts/divisions/{division_id}/approve")
def approve(
    who: Planner,
    divisions: DivisionsOf,
    division_id: str,
    from_on: Annotated[date, Form()],
) -> Response:
    """The division holds from that day on."""
    divisions.approve(division_id, from_on, who.name)
    return see_other("/precincts/divisions")


def _told(request: Request, centre: Centre, measures: Measures) -> Measures:
    """The measures with their faults in the reader's language."""
    texts = catalogue(language_of(request, centre.settings))
    faults = tuple(in_words_of(texts, fault) for fault in measures.problems)
    return measures.model_copy(update={"problems": faults})


def _edited(divisions: Divisions, division_id: str, edit: Edit) -> dict[str, str]:
    owner = divisions.owner(divisions.one(division_id))
    strange = [block for block in edit.moves if block not in owner]
    if strange:
        raise ConfigError(f"{len(strange)} blocks are not of this division: load the page again.")
    return owner | edit.moves
