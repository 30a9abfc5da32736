"""The people's tables in the shared database."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sergek.centre.people.tables import metadata


def test_migrations_make_the_tables_that_the_code_expects(house):
    """The migrated database has people, sessions and refusals as declared."""
    with house.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    # The log's tables stand in the same database and are another room's to compare.
    assert [step for step in found if step[0] not in ("remove_table", "remove_index")] == []
