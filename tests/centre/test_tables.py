"""The centre's tables in the shared database."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sergek.centre import bookmark
from sergek.centre.assignments import tables as assignments
from sergek.centre.enforcement import tables as enforcement
from sergek.centre.people import tables as people
from sergek.centre.pilot import tables as pilot
from sergek.centre.precincts import tables as precincts
from sergek.centre.prescriptions import tables as prescriptions
from sergek.centre.roads import tables as roads
from sergek.centre.sites import tables as sites

ROOMS = (
    assignments, bookmark, enforcement, people, pilot, precincts, prescriptions, roads, sites,
)  # fmt: skip


def _table_of(step):
    thing = step[1] if not isinstance(step[1], str | None) else step[3]
    return getattr(thing, "table", thing)


def test_migrations_make_the_tables_that_the_code_expects(engine):
    """Every table, column and index that the code names is there, and no other of that table."""
    for room in ROOMS:
        with engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), room.metadata)
        ours = set(room.metadata.tables)
        steps = [each for some in found for each in (some if isinstance(some, list) else [some])]
        wrong = [s for s in steps if getattr(_table_of(s), "name", str(s[2:3])) in ours]
        wrong += [s for s in steps if s[0] in ("add_table", "add_column", "add_constraint")]
        assert not wrong, room.__name__
