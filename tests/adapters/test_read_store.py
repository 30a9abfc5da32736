"""Passages in a database."""

import pytest
from sqlalchemy import Engine

from sergek.adapters.sql.read_store import SqlReadStore
from sergek.core.ports import PassageFilter
from sergek.testing.contracts import ReadStoreContract
from sergek.testing.examples import a_passage


class TestSqlReadStore(ReadStoreContract):
    """The contract on SQLite and PostgreSQL."""

    @pytest.fixture
    def reads(self, engine: Engine) -> SqlReadStore:
        return SqlReadStore(engine)


def test_adding_joins_the_callers_transaction(engine: Engine) -> None:
    """Rolled back with the caller, a passage was never there."""
    reads = SqlReadStore(engine)
    with engine.connect() as connection:
        assert reads.add([a_passage(1)], connection=connection) == 1
        connection.rollback()
    assert reads.count(PassageFilter()) == 0
