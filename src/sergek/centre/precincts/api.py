"""The precinct service's pages: the load on a map and in a table, the statement checker."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import see_other
from sergek.centre.precincts import division_pages, papers, passport, staff_pages, statements
from sergek.centre.precincts.divisions import Division, Divisions
from sergek.centre.precincts.load import CityLoad, city_load
from sergek.centre.precincts.parts import DivisionsOf, Views, today
from sergek.centre.precincts.views import BASES, Population, PrecinctViews
from sergek.centre.rights import SignedIn
from sergek.core.errors import ConfigError, NotFound, Unavailable

__all__ = ["load_of", "router"]

router = APIRouter()


@router.get("/precincts")
def load_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    on: date | None = None,
    source: int = 0,
    basis: str = "effective",
) -> Response:
    """Who carries what: city, stations, precincts and inspectors on a day, on every basis."""
    day = on or today(centre)
    chosen = basis if basis in BASES else "effective"
    try:
        about = centre.planning.city()
        division = divisions.on(day)
        if division is None:
            raise Unavailable("The registers are being filled: look again in a few seconds.")
    except NotFound:
        return see_other("/precincts/statements")
    except Unavailable as waiting:
        return centre.pages.page(
            request, "plans/preparing.html", kind="precincts", sentence=waiting.message, status=503
        )
    past = PrecinctViews(views.engine, day)
    known = past.populations()
    figure = known[min(max(source, 0), len(known) - 1)]
    load = city_load(past, division, figure, about.residents)
    return centre.pages.page(
        request,
        "precincts/load.html",
        city=about,
        day=day,
        division=division,
        populations=known,
        source=source,
        basis=chosen,
        bases=BASES,
        load=load,
        norm=_norm(centre, day),
    )


def load_of(
    centre: Centre, views: PrecinctViews, divisions: Divisions
) -> tuple[Division, CityLoad]:
    """The division in force today and the load by the newest figure of residents."""
    division = divisions.on(views.day)
    if division is None:
        raise NotFound("No division into precincts is in force: approve one first.")
    about = centre.planning.city()
    known = views.populations() or [Population(about.residents, views.day, "")]
    return division, city_load(views, division, known[0], about.residents)


def _norm(centre: Centre, day: date) -> Any:
    try:
        return centre.planning.norm_on("city", day)
    except NotFound:
        return None


@router.get("/precincts/statements")
def statements_page(
    request: Request, centre: CentreOf, _person: SignedIn, views: Views
) -> Response:
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
        registered=views.city_staff(),
    )


router.include_router(division_pages.router)
router.include_router(staff_pages.router)
router.include_router(papers.router)
router.include_router(passport.router)
