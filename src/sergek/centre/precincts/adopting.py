"""Empty registers begin with what the city model knows; afterwards people keep them."""

from datetime import date, timedelta

from sergek.centre.precincts.actions import (
    NewAbsence,
    NewEstablishment,
    NewInspector,
    NewPopulation,
    NewRecord,
    NewStation,
    RegisterActions,
)
from sergek.centre.precincts.divisions import Divisions
from sergek.centre.precincts.views import PrecinctViews
from sergek.core.plans import Planning
from sergek.core.precinct_start import RegisterStart, StartPerson

__all__ = ["adopt_city"]

_ACTOR = "system"


def adopt_city(
    planning: Planning, actions: RegisterActions, divisions: Divisions, day: date
) -> bool:
    """Fill the registers from the city model if no station is registered; whether it did.

    Posts and the division hold from the first day of the year before, so that history has a
    beginning; people are there only in a made-up city.
    """
    if not PrecinctViews(actions.engine, day).empty():
        return False
    start = planning.start()
    begin = date(day.year - 1, 1, 1)
    with actions.together() as within:
        _stations(start, within, begin)
        within.add_population(
            NewPopulation(
                residents=start.residents,
                counted_on=date.fromisoformat(start.counted_on),
                source=start.source[:300],
            ),
            _ACTOR,
        )
        for person in start.people:
            _person(person, within, day)
        for one in start.records:
            within.record(
                NewRecord.model_validate(
                    {
                        "precinct": one.precinct,
                        "kind": one.kind,
                        "on_day": day - timedelta(days=one.days_ago),
                        "counts": one.counts,
                        "text": one.text,
                    }
                ),
                _ACTOR,
            )
    if start.owner:
        measures = planning.desk.measure(start.owner)
        title = "Қала моделіндегі бөлініс / Деление из модели города"
        divisions.adopt(title, start.owner, measures, begin, _ACTOR)
    return True


def _stations(start: RegisterStart, actions: RegisterActions, begin: date) -> None:
    for one in start.stations:
        fields = one.model_dump(exclude={"posts", "assistants"})
        actions.register_station(NewStation.model_validate(fields), _ACTOR)
        actions.set_establishment(
            NewEstablishment(
                station_id=one.station_id,
                from_on=begin,
                posts=one.posts,
                assistants=one.assistants,
                basis="қала моделі / модель города",
            ),
            _ACTOR,
        )


def _person(person: StartPerson, actions: RegisterActions, day: date) -> None:
    since = day - timedelta(days=person.days_in_service)
    inspector_id = actions.register_inspector(
        NewInspector(
            full_name=person.full_name,
            rank=person.rank,
            station_id=person.station_id,
            phone=person.phone,
            published=person.published,
            since_on=since,
        ),
        _ACTOR,
    )
    for precinct, acting in person.precincts:
        actions.give_precinct(inspector_id, precinct, since, _ACTOR, acting=acting)
    for away in person.absences:
        first = day - timedelta(days=away.days_ago)
        last = None if away.days_left is None else day + timedelta(days=away.days_left)
        actions.record_absence(
            NewAbsence.model_validate(
                {
                    "inspector_id": inspector_id,
                    "kind": away.kind,
                    "share": away.share,
                    "from_on": first,
                    "until_on": last,
                    "note": away.note,
                }
            ),
            _ACTOR,
        )
