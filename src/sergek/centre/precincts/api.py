"""The precinct service's pages."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from sergek.centre.context import CentreOf
from sergek.centre.precincts import statements
from sergek.centre.rights import SignedIn
from sergek.core.errors import ConfigError

__all__ = ["router"]

router = APIRouter()


@router.get("/precincts")
def first_page(_person: SignedIn) -> Response:
    """The service's first page."""
    return RedirectResponse("/precincts/statements", status_code=303)


@router.get("/precincts/statements")
def statements_page(request: Request, centre: CentreOf, _person: SignedIn) -> Response:
    """The statement checker: quoted figures against the data, every figure editable."""
    case, planning = statements.article(), centre.planning
    problems: tuple[str, ...] = ()
    try:
        inputs = statements.typed(dict(request.query_params), case)
    except ConfigError as error:
        inputs, problems = case.inputs, error.problems
    checked = statements.check(inputs, case, planning.check_statements, planning.norm_on)
    return centre.pages.page(
        request,
        "precincts/statements.html",
        status=422 if problems else 200,
        case=case,
        inputs=inputs,
        checked=checked,
        verdict=checked.verdict,
        problems=problems,
    )
