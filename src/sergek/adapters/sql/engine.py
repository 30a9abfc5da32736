"""Opens the database named by a URL, with the settings that keep what was acknowledged."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)

from sergek.core.camera import redacted
from sergek.core.errors import ConfigError, Corrupt, SergekError, Unavailable

__all__ = ["open_engine", "readonly"]

# How long a writer waits for another before it gives up.
_BUSY_TIMEOUT_MS = 15_000


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`.

    On SQLite a transaction takes the write lock at its start (`BEGIN IMMEDIATE`), so that none
    fails half-way because another wrote meanwhile; transactions that only read go through
    `readonly(engine)`. Commits are on the disk when they return: write-ahead log with
    `synchronous=FULL`, erased rows are overwritten (`secure_delete`). What the database
    refuses later is `Unavailable` or `Corrupt`.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"{redacted(url)!r} is not the address of a database.") from error
    if backend == "sqlite":
        engine = _sqlite(url, parsed.database)
    elif backend == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    else:
        raise ConfigError(
            f"The database {redacted(url)!r} is neither sqlite:///FILE nor postgresql://…; "
            "choose one."
        )
    event.listen(engine, "handle_error", _report)
    return engine


def readonly(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they wait for no writer."""
    return engine.execution_options(sergek_readonly=True)


def _sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off: `_begin_sqlite` says BEGIN.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("sergek_readonly", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _report(failure: ExceptionContext) -> None:
    """Turns the database's own errors into the product's: retry, or call an engineer.

    A wrong statement or a broken constraint is a fault of ours and passes as it is; a connection
    that is found dead before use is replaced by the pool.
    """
    error = None if failure.is_pre_ping else failure.sqlalchemy_exception
    ours = (ProgrammingError, IntegrityError, DataError)
    if isinstance(error, DBAPIError) and not isinstance(error, ours):
        raise _translated(error)


def _translated(error: DBAPIError) -> SergekError:
    text = (
        str(error.orig).splitlines()[0] if error.orig and str(error.orig) else type(error).__name__
    )
    text = redacted(text)
    low = text.lower()
    if "malformed" in low or "not a database" in low:
        return Corrupt(f"The database is damaged: {text}.")
    if "disk is full" in low or "no space left" in low or "disk i/o error" in low:
        return Unavailable(
            f"The disk of the database is full or failing ({text}): free some space."
        )
    return Unavailable(f"The database does not take this now: {text}.")
