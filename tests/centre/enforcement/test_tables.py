"""The desk's tables in the shared database."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sergek.centre.enforcement.tables import metadata


def test_migrations_make_the_tables_that_the_code_expects(engine):
    """Every column and index that the code names is there, on either database."""
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    ours = set(metadata.tables)
    differences = [each for each in found if isinstance(each, tuple)]
    assert not [each for each in differences if each[0].startswith("add_")]
    assert not [each for each in differences if getattr(each[1], "name", None) in ours]
    assert not [each for each in found if isinstance(each, list)]
