"""The plans' pages: ask for a study, watch its bound, read what it found, print it."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import checked, see_other
from sergek.centre.plans.chart import chart
from sergek.centre.rights import Person, Right, SignedIn, requires
from sergek.core.errors import NotFound, Unavailable
from sergek.core.plans import StudyKind, StudyStatus
from sergek.core.road import SurveyInputs
from sergek.core.studies import (
    DivisionInputs,
    HotSpotInputs,
    HotSpotPlan,
    SitingInputs,
    SitingPlan,
    StaffingInputs,
    StaffingPlan,
)

__all__ = ["router"]

router = APIRouter()
Planner = Annotated[Person, Depends(requires(Right.PLAN))]
_INPUTS: dict[StudyKind, type[BaseModel]] = {
    "siting": SitingInputs,
    "hotspots": HotSpotInputs,
    "staffing": StaffingInputs,
    "precincts": DivisionInputs,
    "survey_route": SurveyInputs,
}
# Studies whose pages stand with the service that uses them.
_ELSEWHERE: dict[StudyKind, str] = {
    "precincts": "/precincts/divisions",
    "survey_route": "/roads/route",
}
_TABS: tuple[StudyKind, ...] = ("siting", "hotspots", "staffing")
_RESULTS: dict[StudyKind, type[BaseModel]] = {
    "siting": SitingPlan,
    "hotspots": HotSpotPlan,
    "staffing": StaffingPlan,
}


@router.get("/plans")
def first_page(_person: SignedIn) -> Response:
    """The plans' first page."""
    return see_other("/plans/siting")


@router.get("/plans/layers/{name}.geojson")
def layer(request: Request, centre: CentreOf, _person: SignedIn, name: str) -> Response:
    """A layer of the city model; a browser keeps it until the model changes."""
    tag = f'"{centre.planning.city().digest}-{name}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(centre.planning.layer(name), media_type="application/geo+json", headers=headers)


@router.post("/plans/{kind}")
async def ask(request: Request, centre: CentreOf, _person: Planner, kind: StudyKind) -> Response:
    """Ask for a study with the form's inputs; the same inputs lead to the same study."""
    if kind not in _INPUTS:
        raise NotFound("This study is asked for on its own page.")
    form = {key: value for key, value in (await request.form()).items() if key != "csrf"}
    inputs = checked(_INPUTS[kind], _typed(form))
    key = centre.planning.studies.ask(kind, inputs).key
    where = _ELSEWHERE.get(kind, f"/plans/{kind}")
    return see_other(f"{where}?key={key}")


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    """Fields as typed: empty ones count as not given, per cent become shares."""
    values: dict[str, Any] = {}
    for name, text in form.items():
        plain = str(text).strip().replace("\u202f", "").replace(" ", "").replace(",", ".")
        if not plain:
            continue
        if name.endswith("_percent"):
            try:
                values[name.removesuffix("_percent")] = float(plain) / 100
            except ValueError:
                values[name.removesuffix("_percent")] = plain
        else:
            values[name] = plain
    return values


@router.get("/plans/studies/{key}")
def study_state(request: Request, centre: CentreOf, _person: SignedIn, key: str) -> Response:
    """How a study stands, as a piece of its page; a finished one loads the page again."""
    state = centre.planning.studies.state(key)
    page = centre.pages.page(request, "plans/state.html", state=state)
    if not state.moving:
        page.headers["HX-Refresh"] = "true"
    return page


@router.post("/plans/studies/{key}/cancel")
def cancel(centre: CentreOf, _person: Planner, key: str) -> Response:
    """End a study that is under way."""
    kind = centre.planning.studies.state(key).kind
    centre.planning.studies.cancel(key)
    where = _ELSEWHERE.get(kind, f"/plans/{kind}")
    return see_other(f"{where}?key={key}")


@router.get("/plans/studies/{key}/{language}/{name}")
def study_file(centre: CentreOf, _person: SignedIn, key: str, language: str, name: str) -> Response:
    """A report or a picture that a study wrote."""
    kinds = {"pdf": "application/pdf", "png": "image/png", "geojson": "application/geo+json"}
    ending = name.rpartition(".")[2]
    if ending not in kinds:
        raise NotFound("This study wrote no such file.")
    content = centre.planning.studies.file(key, f"{language}/{name}")
    return Response(content, media_type=kinds[ending])


@router.get("/plans/studies/{key}/result")
def study_result(centre: CentreOf, _person: SignedIn, key: str) -> dict[str, Any]:
    """What a finished study found, for the page's own map and for programs."""
    return dict(centre.planning.studies.result(key))


@router.get("/plans/{kind}")
def plan_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    kind: StudyKind,
    key: str | None = None,
) -> Response:
    """A study's page: its inputs, how it stands, and what it found."""
    if kind not in _TABS:
        return see_other(_ELSEWHERE[kind])
    try:
        about = centre.planning.city()
    except Unavailable as waiting:
        return centre.pages.page(
            request, "plans/preparing.html", kind=kind, sentence=waiting.message, status=503
        )
    studies = centre.planning.studies
    state = studies.state(key) if key else studies.latest(kind)
    inputs = _INPUTS[kind].model_validate(dict(state.inputs) if state else {})
    plan = None
    if state is not None and state.status is StudyStatus.DONE:
        plan = _RESULTS[kind].model_validate(studies.result(state.key))
    return centre.pages.page(
        request,
        f"plans/{kind}.html",
        kind=kind,
        city=about,
        state=state,
        inputs=inputs,
        plan=plan,
        norm=_norm(centre),
        **(_drawn(plan) if plan is not None else {}),
    )


def _norm(centre: Centre) -> int | None:
    today = centre.wiring.clock.now().astimezone(centre.zone).date()
    try:
        return centre.planning.norm_on("city", today).residents
    except NotFound:
        return None


def _drawn(plan: BaseModel) -> dict[str, Any]:
    """The charts of a plan."""
    if isinstance(plan, SitingPlan):
        value = [(one.budget_kzt_k / 1000, one.value) for one in plan.curve]
        bound = [(one.budget_kzt_k / 1000, one.bound) for one in plan.curve]
        here = [(plan.cost_kzt_k / 1000, plan.proof.value)]
        return {"curve": chart([value, bound, here]), "stages": _months(plan)}
    if isinstance(plan, StaffingPlan) and plan.hires:
        loads = [(0.0, plan.hires[0].before), *((h.turn, h.after) for h in plan.hires)]
        last = plan.hires[-1].turn
        norm = [(0.0, float(plan.norm)), (float(last), float(plan.norm))]
        return {"curve": chart([loads, norm])}
    return {}


def _months(plan: SitingPlan) -> list[dict[str, Any]]:
    """Month by month: complexes that return, their cost, the points that are watched then."""
    last = max((one.month or 0 for one in plan.complexes), default=0)
    rows = []
    for month in range(1, last + 1):
        mine = [one for one in plan.complexes if one.month == month]
        rows.append(
            {
                "month": month,
                "ids": [one.id for one in mine],
                "cost_mln": math.fsum(one.cost_kzt_k for one in mine) / 1000,
            }
        )
    return rows
