"""What the precinct service prints: forms of a precinct, minutes of one meeting."""

from fastapi import APIRouter
from starlette.responses import Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.papers import pdf
from sergek.centre.precincts.parts import DivisionsOf, Views
from sergek.centre.precincts.passport import QUARTER, indicators, the_precinct
from sergek.centre.precincts.sheets import Form, Subject, form_of, minutes_of
from sergek.centre.rights import SignedIn
from sergek.centre.settings import Language
from sergek.core.errors import NotFound

__all__ = ["router"]

router = APIRouter()
_MINUTED = ("meeting", "report")


@router.get("/precincts/of/{name}/records/{record_id}-{language}.pdf")
def minutes_paper(
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    name: str,
    record_id: str,
    language: Language,
) -> Response:
    """The minutes of a meeting with residents, or of a report before them."""
    for one in views.records(name):
        if one.record_id == record_id and one.kind in _MINUTED:
            subject = _subject(centre, views, divisions, name)
            sheet = minutes_of(catalogue(language), subject, one)
            printed = centre.wiring.papers.print_sheets([sheet], _foot(subject))
            return pdf(printed, f"{one.kind}-{name}-{one.on_day}")
    raise NotFound("There is no such meeting in this precinct.")


@router.get("/precincts/of/{name}/{form}-{language}.pdf")
def form_paper(
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    name: str,
    form: Form,
    language: Language,
) -> Response:
    """The passport over everything entered; plan and visits over the last quarter."""
    subject = _subject(centre, views, divisions, name)
    recent = views.records(name, views.day - QUARTER)
    records = views.records(name) if form == "passport" else recent
    sheet = form_of(form, catalogue(language), subject, records, indicators(recent))
    return pdf(centre.wiring.papers.print_sheets([sheet], _foot(subject)), f"{form}-{name}")


def _subject(centre: Centre, views: Views, divisions: DivisionsOf, name: str) -> Subject:
    precinct, division = the_precinct(views, divisions, name)
    city = centre.planning.city()
    now = [one for one in views.served(name) if one.until_on is None or one.until_on >= views.day]
    return Subject(
        city=city.name,
        synthetic=city.synthetic,
        precinct=name,
        division=division,
        residents=precinct.residents,
        station=views.stations().get(precinct.station),
        served=[(one, views.inspector(one.inspector_id)) for one in now],
        printed_on=views.day,
    )


def _foot(of: Subject) -> str:
    return f"{of.city} · {of.precinct}"
