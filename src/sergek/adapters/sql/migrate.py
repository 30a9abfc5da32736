"""Brings a database to this version's tables, and refuses one that a newer version wrote."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from sergek.adapters.sql.engine import readonly
from sergek.core.errors import ConfigError

__all__ = ["check_revision", "schema_revision", "upgrade"]

_SCRIPTS = Path(__file__).with_name("migrations")
# Any fixed number: who upgrades holds this advisory lock of PostgreSQL.
_UPGRADE_LOCK = 0x5E47


def upgrade(engine: Engine) -> str:
    """Apply the missing migrations, all or none; the revision the database is at now.

    Several processes may call it at once: one does the work, the others wait and find it done.
    Raises `ConfigError` for a database of a newer version.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:lock)")
            connection.execute(lock, {"lock": _UPGRADE_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        _refuse_newer(connection, ScriptDirectory.from_config(config))
        command.upgrade(config, "head")
        return MigrationContext.configure(connection).get_current_revision() or ""


def schema_revision(engine: Engine) -> str | None:
    """The revision a database is at, None for an empty one; changes nothing."""
    with readonly(engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_revision(engine: Engine) -> str | None:
    """As `schema_revision`, but `ConfigError` for a database of a newer version."""
    with readonly(engine).connect() as connection:
        _refuse_newer(connection, ScriptDirectory.from_config(_config()))
    return schema_revision(engine)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for revision in MigrationContext.configure(connection).get_current_heads():
        if revision not in known:
            raise ConfigError(
                f"The database is at schema {revision}, which this version of Sergek does not "
                "know: install the version that wrote it, or a newer one."
            )
