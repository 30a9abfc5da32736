"""The registers: dates decide, history stays, the load stands on every basis."""

import datetime as dt
import re

import pytest

from sergek.centre.precincts.actions import (
    NewAbsence,
    NewEstablishment,
    NewInspector,
    NewPopulation,
    NewRecord,
    NewStation,
)
from sergek.centre.precincts.adopting import adopt_city
from sergek.centre.precincts.load import city_load
from sergek.centre.precincts.passport import indicators
from sergek.centre.precincts.views import PrecinctViews, Staff
from sergek.core.errors import ConfigError, Conflict, NotFound

DAY = dt.date(2026, 3, 2)


def test_posts_and_people_count_by_their_days(house, actions):
    """Establishment, filled, present and effective are those of the day that is asked for."""
    actions.register_station(NewStation(station_id="S1", name="№1", lng=71, lat=42), "a")
    with pytest.raises(Conflict):
        actions.register_station(NewStation(station_id="S1", name="x", lng=71, lat=42), "a")
    for day, posts in ((dt.date(2025, 1, 1), 4), (dt.date(2026, 1, 1), 5)):
        fields = {"station_id": "S1", "from_on": day, "posts": posts, "assistants": 1}
        actions.set_establishment(NewEstablishment(**fields, basis="order"), "a")
    ids = [
        actions.register_inspector(
            NewInspector(full_name=name, station_id="S1", since_on=dt.date(2025, 6, 1)), "a"
        )
        for name in ("Abenov", "Berik", "Serik")
    ]
    actions.record_absence(
        NewAbsence(inspector_id=ids[0], kind="leave", from_on=DAY, until_on=DAY), "a"
    )
    away = actions.record_absence(
        NewAbsence(inspector_id=ids[1], kind="other_duty", share=0.4, from_on=DAY), "a"
    )
    actions.leave(ids[2], DAY, "a")

    def staff(day):
        return PrecinctViews(house.engine, day).staff()["S1"]

    assert staff(DAY) == Staff(5, 1, 3, 2, 1.6)
    assert staff(DAY).vacancies == 2
    assert staff(DAY + dt.timedelta(days=1)) == Staff(5, 1, 2, 2, 1.6)
    assert staff(dt.date(2025, 7, 1)) == Staff(4, 1, 3, 3, 3.0)
    actions.end_absence(away, DAY, "a")
    assert staff(DAY + dt.timedelta(days=1)).effective == 2.0
    with pytest.raises(NotFound):
        actions.end_absence("0" * 32, DAY, "a")
    assert house.kinds().count("precinct.absence") == 2


def test_a_precinct_passes_from_one_to_the_next(house, actions):
    """A new inspector ends the former one's service the day before; who acts ends nobody's."""
    actions.register_station(NewStation(station_id="S1", name="№1", lng=71, lat=42), "a")
    first, second, helper = (
        actions.register_inspector(
            NewInspector(full_name=name, station_id="S1", since_on=dt.date(2025, 1, 1)), "a"
        )
        for name in ("Abenov", "Berik", "Serik")
    )
    actions.give_precinct(first, "P1", dt.date(2025, 1, 1), "a")
    actions.give_precinct(helper, "P1", dt.date(2025, 2, 1), "a", acting=True)
    actions.give_precinct(second, "P1", DAY, "a")
    history = PrecinctViews(house.engine, DAY).served("P1")
    ends = {one.inspector_id: one.until_on for one in history}
    assert ends == {
        first: DAY - dt.timedelta(days=1),
        helper: DAY - dt.timedelta(days=1),
        second: None,
    }


def test_what_is_not_in_the_register_is_refused_and_nothing_is_said(house, actions):
    """An unknown station or inspector, and a last day before the first, leave no fact."""
    actions.register_station(NewStation(station_id="S1", name="№1", lng=71, lat=42), "a")
    new = NewInspector(full_name="Abenov", station_id="S1", since_on=DAY)
    known = actions.register_inspector(new, "a")
    before = house.kinds()
    with pytest.raises(ConfigError, match="station of the register"):
        actions.register_inspector(new.model_copy(update={"station_id": "S2"}), "a")
    with pytest.raises(NotFound, match="no such inspector"):
        actions.record_absence(NewAbsence(inspector_id="0" * 32, kind="sick", from_on=DAY), "a")
    with pytest.raises(NotFound, match="no such inspector"):
        actions.give_precinct("0" * 32, "P1", DAY, "a")
    with pytest.raises(ConfigError, match="before the first"):
        actions.leave(known, DAY - dt.timedelta(days=1), "a")
    assert house.kinds() == before


def test_adopting_fills_empty_registers_once(filled, actions, divisions, day):
    """Stations, posts, people, population and today's division; a second time is nothing."""
    views = PrecinctViews(filled.engine, day)
    model = filled.planning.start()
    assert len(views.stations()) == len(model.stations)
    assert views.city_staff().establishment == sum(one.posts for one in model.stations)
    assert views.city_staff().filled == len(model.people)
    assert divisions.on(day).origin == "adopted"
    before = len(filled.kinds())
    assert not adopt_city(filled.planning, actions, divisions, day)
    assert len(filled.kinds()) == before
    assert filled.log.verify() == filled.log.head()


def test_the_load_adds_up(filled, actions, divisions, day):
    """No resident is lost: precincts and stations sum to the source, whichever is chosen."""
    about = filled.planning.city()
    actions.add_population(
        NewPopulation(residents=2 * about.residents, counted_on=day, source="a count"), "a"
    )
    views = PrecinctViews(filled.engine, day)
    for figure in views.populations():
        load = city_load(views, divisions.on(day), figure, about.residents)
        assert sum(one.residents for one in load.precincts) == pytest.approx(figure.residents)
        assert sum(one.residents for one in load.stations) == pytest.approx(figure.residents)
        by_headcount = load.loads()["establishment"]
        assert by_headcount == pytest.approx(figure.residents / load.staff.establishment)
        assert load.loads()["effective"] > load.loads()["present"] > by_headcount


def test_indicators_are_shares_of_those_asked(house, actions):
    """Accessibility and satisfaction over several polls; nothing asked is nothing, not zero."""
    assert indicators(()).satisfied is None
    for asked, knows in ((10, 5), (30, 7)):
        counts = {"asked": asked, "knows_inspector": knows, "knows_station": 1, "satisfied": asked}
        actions.record(NewRecord(precinct="P1", kind="poll", on_day=DAY, counts=counts), "a")
    found = indicators(PrecinctViews(house.engine, DAY).records("P1"))
    assert found.knows_inspector == pytest.approx(12 / 40)
    assert found.satisfied == 1.0


def test_the_pages_of_the_registers(filled, visit):
    """Load, people, one person, a passport and its paper; what is entered stands there."""
    client = visit("chief")
    page = client.get("/precincts")
    assert page.status_code == 200
    assert "Synthetic data" in page.text
    name = re.search(r"/precincts/of/(P\d+)", page.text).group(1)
    csrf = filled.csrf(page.text)
    form = {"csrf": csrf, "kind": "meeting", "on_day": "2026-03-02", "count_attended": "41"}
    assert client.post(f"/precincts/of/{name}", data=form).status_code == 303
    passport = client.get(f"/precincts/of/{name}")
    assert "attended: 41" in passport.text
    bad = client.post(f"/precincts/of/{name}", data=form | {"count_attended": "-1"})
    assert bad.status_code == 422
    minutes = re.search(r"(/precincts/of/P\d+/records/[0-9a-f]{32})-kk", passport.text).group(1)
    forms = [f"/precincts/of/{name}/{form}" for form in ("passport", "plan", "visits")]
    for address in (*forms, minutes):
        for language in ("kk", "ru", "en"):
            paper = client.get(f"{address}-{language}.pdf")
            assert paper.headers["content-type"] == "application/pdf"
            assert paper.content.startswith(b"%PDF")
    assert client.get(f"/precincts/of/{name}/records/{'0' * 32}-ru.pdf").status_code == 404
    person = re.search(r"/precincts/staff/([0-9a-f]{32})", client.get("/precincts/staff").text)
    where = f"/precincts/staff/{person.group(1)}"
    away = {"csrf": csrf, "kind": "sick", "from_on": "2026-03-02", "share_percent": "100"}
    assert client.post(f"{where}/absence", data=away).status_code == 303
    assert "illness 100 %" in client.get(where).text
    served = {"csrf": csrf, "precinct": "nowhere", "from_on": "2026-03-02"}
    assert client.post(f"{where}/precinct", data=served).status_code == 404
    assert client.post(f"{where}/precinct", data=served | {"precinct": name}).status_code == 303
    assert visit("viewer").post(f"{where}/absence", data=away).status_code == 403
