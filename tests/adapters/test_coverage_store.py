"""The gap ledger in a database."""

import pytest
from sqlalchemy import Engine

from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.testing.contracts import CoverageStoreContract


class TestSqlCoverageStore(CoverageStoreContract):
    """The contract on SQLite and PostgreSQL."""

    @pytest.fixture
    def ledger(self, engine: Engine) -> SqlCoverageStore:
        return SqlCoverageStore(engine)
