"""The centre's tables in the shared database."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sergek.centre import bookmark
from sergek.centre.pilot import tables as pilot
from sergek.centre.prescriptions import tables as prescriptions
from sergek.centre.sites import tables as sites


@pytest.mark.parametrize("room", [bookmark, sites, prescriptions, pilot])
def test_migrations_make_the_tables_that_the_code_expects(house, room):
    """Every table, column and index that the code names is there, and no other of that table."""
    with house.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), room.metadata)
    ours = set(room.metadata.tables)
    steps = [each for some in found for each in (some if isinstance(some, list) else [some])]

    def table_of(step):
        thing = step[1] if not isinstance(step[1], str | None) else step[3]
        return getattr(thing, "table", thing)

    wrong = [s for s in steps if getattr(table_of(s), "name", str(s[2:3])) in ours]
    wrong += [s for s in steps if s[0] in ("add_table", "add_column", "add_constraint")]
    assert not wrong
