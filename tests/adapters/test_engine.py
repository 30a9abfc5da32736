"""Opening databases."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from sergek.adapters.sql.engine import open_engine, readonly
from sergek.core.errors import ConfigError, Corrupt, Unavailable


def test_sqlite_keeps_what_was_acknowledged(sqlite_engine: Engine) -> None:
    """Write-ahead log, full synchronisation, foreign keys and overwriting are on."""
    with sqlite_engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_readers_do_not_wait_for_a_writer(sqlite_engine: Engine) -> None:
    """While one transaction writes, a read-only one sees the state before it."""
    with sqlite_engine.begin() as writer:
        writer.exec_driver_sql("UPDATE log_head SET seq=5")
        with readonly(sqlite_engine).connect() as reader:
            assert reader.exec_driver_sql("SELECT seq FROM log_head").scalar_one() == 0


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://u:pw-secret@h/d", "oracle+x://u:pw-secret@h"]
)
def test_other_databases_are_refused_without_the_password(url: str) -> None:
    """What is neither SQLite nor PostgreSQL is a mistake in the file, told without credentials."""
    with pytest.raises(ConfigError) as raised:
        open_engine(url)
    assert "pw-secret" not in raised.value.message


def test_a_file_that_is_no_database_is_corrupt(tmp_path: Path) -> None:
    """Garbage where the database should be needs an engineer."""
    path = tmp_path / "facts.db"
    path.write_bytes(b"this is not a database" * 1000)
    with pytest.raises(Corrupt):
        open_engine(f"sqlite:///{path}").connect()


def test_what_the_database_refuses_is_an_error_of_ours(sqlite_engine: Engine) -> None:
    """A lock that does not end is `Unavailable` anywhere; a broken rule stays as it is."""
    with sqlite_engine.begin() as writer, readonly(sqlite_engine).connect() as other:
        writer.exec_driver_sql("UPDATE log_head SET seq=5")
        other.exec_driver_sql("PRAGMA busy_timeout=10")
        with pytest.raises(Unavailable, match="locked"):
            other.exec_driver_sql("UPDATE log_head SET seq=6")
    with sqlite_engine.begin() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql("INSERT INTO log_head SELECT * FROM log_head")


def test_a_server_that_is_away_is_unavailable(tmp_path: Path) -> None:
    """No PostgreSQL at the address: retry later."""
    engine = open_engine(f"postgresql://sergek:pw-secret@/d?host={tmp_path}")
    with pytest.raises(Unavailable) as raised:
        engine.connect()
    assert "pw-secret" not in raised.value.message
