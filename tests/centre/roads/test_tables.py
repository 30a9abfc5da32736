"""The roads' tables in the shared database."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sergek.centre.roads.tables import metadata


def test_migrations_make_the_tables_that_the_code_expects(house):
    """Every column that the code names is there, and no more than the migrations made."""
    with house.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    ours = {name for table in metadata.tables.values() for name in [table.name]}
    differences = [each for each in found if isinstance(each, tuple)]
    assert not [each for each in differences if getattr(each[1], "name", None) in ours]
    assert not [each for each in found if isinstance(each, list)]
    assert not [
        each for each in differences if each[0] in ("add_table", "add_column", "add_constraint")
    ]
