"""The event log in a database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from sergek.adapters.sql.event_log import SqlEventLog
from sergek.core.errors import Corrupt, Unavailable
from sergek.testing.contracts import EventLogContract
from sergek.testing.examples import an_event


class TestSqlEventLog(EventLogContract):
    """The contract on SQLite and PostgreSQL."""

    @pytest.fixture
    def log(self, engine: Engine) -> SqlEventLog:
        return SqlEventLog(engine)


def test_appending_joins_the_callers_transaction(engine: Engine) -> None:
    """Rolled back with the caller, an event was never there; committed, it is."""
    log = SqlEventLog(engine)
    with engine.connect() as connection:
        log.append([an_event(1)], connection=connection)
        connection.rollback()
    assert log.head().seq == 0
    with engine.begin() as connection:
        log.append([an_event(1)], connection=connection)
        log.append([an_event(2)], connection=connection)
    assert log.verify().seq == 2


def test_writers_at_once_make_one_chain(engine: Engine) -> None:
    """Four writers with overlapping events leave no gap, no repeat and a whole chain."""

    def write(start: int) -> None:
        log = SqlEventLog(engine)
        for i in range(start, start + 15):
            log.append([an_event(i), an_event(i + 1)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, (0, 5, 10, 15)))
    log = SqlEventLog(engine)
    assert log.verify().seq == 31
    assert len({stored.event_id for stored in log.read(0)}) == 31


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE event_log SET body='{\"number\":9}' WHERE seq=2",
        "UPDATE event_log SET subject='tole-bi-2' WHERE seq=2",
        "UPDATE event_log SET happened_at=happened_at+1 WHERE seq=2",
        "UPDATE event_log SET body=NULL, body_digest=digest WHERE seq=2",
        "UPDATE event_log SET body='{' WHERE seq=2",
        "DELETE FROM event_log WHERE seq=2",
        "DELETE FROM event_log WHERE seq=3",
        "UPDATE log_head SET digest='0'",
    ],
)
def test_any_change_is_found(engine: Engine, forgery: str) -> None:
    """A changed, blanked or removed event, also the last, fails verification."""
    log = SqlEventLog(engine)
    log.append([an_event(i) for i in (1, 2, 3)])
    log.verify()
    with engine.begin() as connection:
        connection.execute(text(forgery.replace(":", "\\:")))
    with pytest.raises(Corrupt, match="log"):
        log.verify()


def test_a_full_disk_is_unavailable_and_loses_nothing(sqlite_engine: Engine) -> None:
    """When SQLite can grow no further the append is refused whole; with room it succeeds."""
    log = SqlEventLog(sqlite_engine)
    log.append([an_event(1)])
    with sqlite_engine.connect() as connection:
        limit = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")
    big = [an_event(i, body={"x": "y" * 5000}) for i in range(2, 9)]
    with pytest.raises(Unavailable, match="full"):
        log.append(big)
    assert log.verify().seq == 1
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=100000")
    assert len(log.append(big)) == 7
    assert log.verify().seq == 8
