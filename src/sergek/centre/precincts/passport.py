"""The district passport and the service's work: counts only, never a resident's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from sergek.centre.context import CentreOf
from sergek.centre.precincts.actions import NewRecord
from sergek.centre.precincts.parts import Actions, DivisionsOf, Planner, Views
from sergek.centre.precincts.staff_pages import checked
from sergek.centre.precincts.views import Record
from sergek.centre.rights import SignedIn
from sergek.core.errors import NotFound
from sergek.core.precinct_paper import PassportSheet
from sergek.core.studies import Precinct

__all__ = ["COUNTS", "Indicators", "indicators", "router"]

router = APIRouter()

# What is counted in each kind of record; the words are in the catalogues.
COUNTS: Mapping[str, tuple[str, ...]] = {
    "passport": (
        "households",
        "organisations",
        "schools",
        "kindergartens",
        "weapon_owners",
        "protective_orders",
        "probation",
        "public_helpers",
    ),
    "plan": ("homes", "meetings", "reports"),
    "visit": ("homes", "not_at_home"),
    "meeting": ("attended", "questions"),
    "report": ("attended", "questions"),
    "poll": ("asked", "knows_inspector", "knows_station", "satisfied"),
}
_QUARTER = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Indicators:
    """Accessibility and satisfaction: shares 0…1, None where nobody was asked or nothing planned.

    Crimes solved or fines imposed are no measure of this service (zakon.kz 6014862).
    """

    knows_inspector: float | None
    knows_station: float | None
    satisfied: float | None
    homes_of_plan: float | None
    meetings: int
    asked: int


def indicators(records: Sequence[Record]) -> Indicators:
    """Of the records of one period."""

    def total(kind: str, name: str) -> int:
        return sum(one.counts.get(name, 0) for one in records if one.kind == kind)

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    asked = total("poll", "asked")
    return Indicators(
        knows_inspector=share(total("poll", "knows_inspector"), asked),
        knows_station=share(total("poll", "knows_station"), asked),
        satisfied=share(total("poll", "satisfied"), asked),
        homes_of_plan=share(total("visit", "homes"), total("plan", "homes")),
        meetings=sum(one.kind in ("meeting", "report") for one in records),
        asked=asked,
    )


@router.get("/precincts/of/{name}")
def passport_page(
    request: Request,
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    name: str,
) -> Response:
    """One precinct: who serves it, its passport, plan, visits, meetings, reports."""
    precinct, division = _precinct(views, divisions, name)
    records = views.records(name)
    known = {one.inspector_id: views.inspector(one.inspector_id) for one in views.served(name)}
    recent = [one for one in records if one.on_day >= views.day - _QUARTER]
    return centre.pages.page(
        request,
        "precincts/passport.html",
        city=centre.planning.city(),
        precinct=precinct,
        division=division,
        served=views.served(name),
        people=known,
        station=views.stations().get(precinct.station),
        records=records,
        passport=next((one for one in records if one.kind == "passport"), None),
        kpi=indicators(recent),
        counts=COUNTS,
        today=views.day,
    )


@router.post("/precincts/of/{name}")
async def record(
    request: Request,
    who: Planner,
    actions: Actions,
    views: Views,
    divisions: DivisionsOf,
    name: str,
    kind: Annotated[str, Form()],
    on_day: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Enter something done in the precinct, as counts."""
    _precinct(views, divisions, name)
    form = await request.form()
    counts = {key: form.get(f"count_{key}", "") for key in COUNTS.get(kind, ())}
    fields = {
        "precinct": name,
        "kind": kind,
        "on_day": on_day,
        "text": text,
        "counts": {key: value for key, value in counts.items() if value != ""},
    }
    actions.record(checked(NewRecord, fields), who.name)
    return RedirectResponse(f"/precincts/of/{name}", status_code=303)


@router.get("/precincts/of/{name}/passport-{language}.pdf")
def passport_paper(
    centre: CentreOf,
    _person: SignedIn,
    views: Views,
    divisions: DivisionsOf,
    name: str,
    language: str,
) -> Response:
    """The passport on paper, in Kazakh or Russian."""
    if centre.wiring.precinct_papers is None or language not in ("kk", "ru"):
        raise NotFound("The passport is printed in kk and ru, where the centre has a printer.")
    precinct, division = _precinct(views, divisions, name)
    records = views.records(name)
    station = views.stations().get(precinct.station)
    now = [one for one in views.served(name) if one.until_on is None or one.until_on >= views.day]
    city = centre.planning.city()
    sheet = PassportSheet(
        city=city.name,
        synthetic=city.synthetic,
        precinct=name,
        printed_on=views.day,
        division=division,
        residents=precinct.residents,
        station=station.name if station else "",
        phone=station.phone if station else "",
        hours=station.hours if station else "",
        inspectors=tuple(
            (person.full_name, person.rank, one.from_on, one.acting)
            for one in now
            for person in (views.inspector(one.inspector_id),)
        ),
        counts=tuple(
            (one.kind, one.on_day, dict(one.counts), one.text)
            for one in records
            if one.kind in COUNTS
        )[:40],
    )
    content = centre.wiring.precinct_papers.passport(sheet, "kk" if language == "kk" else "ru")
    return Response(content, media_type="application/pdf")


def _precinct(views: Views, divisions: DivisionsOf, name: str) -> tuple[Precinct, str]:
    division = divisions.on(views.day)
    known = division.measures.precincts if division else ()
    for one in known:
        if one.name == name and division is not None:
            return one, division.title
    raise NotFound(f"No precinct in force today is called {name}.")
