"""Migrations."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from sergek.adapters.sql import schema
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.migrate import schema_revision, upgrade
from sergek.core.errors import ConfigError


def test_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    """The migrated database has the declared tables, column by column and index by index."""
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    # Tables of other rooms stand in the same database and are theirs to compare.
    ours = [step for step in found if step[0] not in ("remove_table", "remove_index")]
    assert ours == []


def test_upgrading_again_is_nothing(engine: Engine) -> None:
    """A second upgrade changes nothing and names the same revision."""
    revision = schema_revision(engine)
    assert revision
    assert upgrade(engine) == revision


def test_several_may_upgrade_at_once(database_url: str) -> None:
    """Four processes' worth of upgrades of one empty database end at one revision."""
    engines = [open_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        revisions = set(pool.map(upgrade, engines))
    assert len(revisions) == 1
    for engine in engines:
        engine.dispose()


def test_a_newer_database_is_refused(engine: Engine) -> None:
    """A revision that this version does not know is left alone, with what to do."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    with pytest.raises(ConfigError, match=r"9999.*newer"):
        upgrade(engine)
    assert schema_revision(engine) == "9999"
