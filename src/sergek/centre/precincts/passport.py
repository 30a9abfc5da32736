"""The district passport and the service's work: counts only, never a resident's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from sergek.centre.context import CentreOf
from sergek.centre.forms import checked, see_other
from sergek.centre.precincts.actions import NewRecord
from sergek.centre.precincts.parts import Actions, DivisionsOf, Planner, Views
from sergek.centre.precincts.views import Record
from sergek.centre.rights import SignedIn
from sergek.core.errors import NotFound
from sergek.core.studies import Precinct

__all__ = ["COUNTS", "QUARTER", "Indicators", "indicators", "router", "the_precinct"]

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
QUARTER = timedelta(days=91)


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
    precinct, division = the_precinct(views, divisions, name)
    records = views.records(name)
    known = {one.inspector_id: views.inspector(one.inspector_id) for one in views.served(name)}
    recent = [one for one in records if one.on_day >= views.day - QUARTER]
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
        forms=("passport", "plan", "visits"),
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
    the_precinct(views, divisions, name)
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
    return see_other(f"/precincts/of/{name}")


def the_precinct(views: Views, divisions: DivisionsOf, name: str) -> tuple[Precinct, str]:
    """The precinct of that name in force today, and its division's title; or `NotFound`."""
    division = divisions.on(views.day)
    known = division.measures.precincts if division else ()
    for one in known:
        if one.name == name and division is not None:
            return one, division.title
    raise NotFound(f"No precinct in force today is called {name}.")
