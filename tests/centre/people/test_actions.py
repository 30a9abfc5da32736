"""People's actions, on both databases: events and tables move together."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from sergek.adapters.sql.event_log import SqlEventLog
from sergek.centre.people.actions import Account, PeopleActions, Refused
from sergek.centre.people.views import PeopleViews
from sergek.centre.rights import Role
from sergek.centre.settings import CentreSettings
from sergek.core.errors import Conflict, Forbidden, Unavailable
from sergek.testing.memory import HandClock

PASSWORD = "a-good-long-password"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def actions(engine, clock):
    """The actions on a fresh database of each kind, with one administrator."""
    made = PeopleActions(engine, SqlEventLog(engine, clock), clock, CentreSettings())
    made.add(Account(name="aigul", full_name="Айгүл", role=Role.ADMINISTRATOR), PASSWORD, "setup")
    return made


def _views(actions):
    return PeopleViews(actions.engine, actions.clock, actions.settings)


def test_a_session_holds_the_account_as_it_is_now(actions):
    """Who signed in is found by the token, with areas and role of this moment."""
    token = actions.sign_in(" Aigul ", PASSWORD, "10.0.0.1")
    person = _views(actions).of_session(token)
    assert (person.name, person.role, person.areas) == ("aigul", Role.ADMINISTRATOR, None)
    actions.add(Account(name="other", full_name="O", role=Role.ADMINISTRATOR), PASSWORD, "aigul")
    changed = Account(name="aigul", full_name="Айгүл", role=Role.VIEWER, areas=("орталық",))
    actions.change(changed, "other")
    assert _views(actions).of_session(token).areas == ("орталық",)
    assert _views(actions).of_session("no such token") is None
    actions.log.verify()


def test_the_token_itself_is_stored_nowhere(actions):
    """Neither the token nor a password stands in any table or fact."""
    token = actions.sign_in("aigul", PASSWORD, "10.0.0.1")
    with actions.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM sessions")).all())
        kept += str(connection.execute(text("SELECT * FROM people")).all())
    kept += "".join(stored.model_dump_json() for stored in actions.log.read(0))
    assert token not in kept
    assert PASSWORD not in kept


def test_without_its_fact_nothing_happens(actions):
    """Where the log takes nothing, the tables stay as they were."""
    with actions.engine.begin() as connection:
        connection.execute(text("DROP TABLE event_log"))
    new = Account(name="other", full_name="O", role=Role.VIEWER)
    for call, *arguments in (
        (actions.add, new, PASSWORD, "aigul"),
        (actions.set_password, "aigul", "another-long-password", "aigul"),
        (actions.sign_in, "aigul", PASSWORD, "10.0.0.1"),
    ):
        with pytest.raises((Unavailable, ProgrammingError)):
            call(*arguments)
    assert [row.account.name for row in _views(actions).listed()] == ["aigul"]
    assert _views(actions).listed()[0].sessions == 0


def test_a_name_is_taken_once(actions):
    """A second account of the name is a conflict and leaves no fact."""
    before = actions.log.head()
    with pytest.raises(Conflict, match="aigul"):
        actions.add(Account(name="aigul", full_name="B", role=Role.VIEWER), PASSWORD, "aigul")
    assert actions.log.head() == before


def test_the_last_administrator_stays_and_so_does_the_log(actions):
    """The refused change of the only administrator leaves neither fact nor table changed."""
    before = actions.log.head()
    with pytest.raises(Forbidden):
        actions.change(Account(name="aigul", full_name="A", role=Role.VIEWER), "aigul")
    assert actions.log.head() == before
    assert _views(actions).account("aigul").role is Role.ADMINISTRATOR


def test_many_names_from_one_address_are_refused_too(actions, clock):
    """Guessing one password for many names ends at the address's limit, and only there."""
    for number in range(actions.settings.refusals_per_address):
        with pytest.raises(Refused) as refused:
            actions.sign_in(f"nobody{number}", "Spring2026!", "10.0.0.66")
        assert not refused.value.wait
    with pytest.raises(Refused) as refused:
        actions.sign_in("aigul", PASSWORD, "10.0.0.66")
    assert refused.value.wait
    assert actions.sign_in("aigul", PASSWORD, "10.0.0.1")
    clock.move(actions.settings.refusal_window_min * 60 + 1)
    assert actions.sign_in("aigul", PASSWORD, "10.0.0.66")
