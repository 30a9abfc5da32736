"""The page of a survey's routes: ask for the study, see how good it is, give it to phones."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import see_other
from sergek.centre.rights import SignedIn
from sergek.centre.roads.parts import Actions, Surveyor, Views
from sergek.core.errors import NotFound, Unavailable
from sergek.core.plans import StudyStatus
from sergek.core.road import SurveyInputs, SurveyRoutes

__all__ = ["router"]

router = APIRouter()


@router.get("/roads/route")
def route_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views, key: str | None = None
) -> Response:
    """Routes for crews and days over all streets, with the bound; open surveys may take one."""
    try:
        about = centre.planning.city()
    except (NotFound, Unavailable) as waiting:
        return centre.pages.page(
            request, "roads/no_city.html", sentence=waiting.message, status=waiting.http_status
        )
    studies = centre.planning.studies
    state = studies.state(key) if key else studies.latest("survey_route")
    inputs = SurveyInputs.model_validate(dict(state.inputs) if state else {})
    done = state is not None and state.status is StudyStatus.DONE
    return centre.pages.page(
        request,
        "roads/route.html",
        city=about,
        state=state,
        inputs=inputs,
        plan=_plan(centre, state.key) if state is not None and done else None,
        acts=views.acts(only_open=True),
    )


def _plan(centre: Centre, key: str) -> SurveyRoutes:
    return SurveyRoutes.model_validate(dict(centre.planning.studies.result(key)))


@router.post("/roads/route/{key}")
def give_route(
    centre: CentreOf,
    actions: Actions,
    who: Surveyor,
    key: str,
    route: Annotated[int, Form(ge=0)],
    act: Annotated[str, Form()],
) -> Response:
    """Give one route of a study to an open survey: its phones follow the line."""
    routes = _plan(centre, key).routes
    if route >= len(routes):
        raise NotFound("The plan has no such route.")
    line: dict[str, Any] = {
        "type": "LineString",
        "coordinates": [list(place) for place in routes[route].line],
    }
    actions.lay_route(act, line, who.name)
    return see_other(f"/roads/acts/{act}")
