"""How far a copier of the log has come, kept beside the log."""

from typing import NamedTuple

from sqlalchemy import Engine, select, update

from sergek.adapters.sql.engine import readonly
from sergek.adapters.sql.read_store import insert_new
from sergek.adapters.sql.schema import cursors

__all__ = ["Cursor", "SqlCursor"]


class Cursor(NamedTuple):
    """Everything up to `seq` was copied to the target that `epoch` names."""

    seq: int
    epoch: str


class SqlCursor:
    """One named cursor in the table `cursors` of a migrated database."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def load(self) -> Cursor:
        """Where copying goes on; (0, "") at the very first."""
        wanted = select(cursors.c.seq, cursors.c.epoch).where(cursors.c.name == self._name)
        with readonly(self._engine).connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return Cursor(row.seq, row.epoch) if row else Cursor(0, "")

    def save(self, seq: int, epoch: str) -> None:
        """Durably remember it."""
        values = {"seq": seq, "epoch": epoch}
        with self._engine.begin() as connection:
            if not insert_new(connection, cursors, {"name": self._name, **values}):
                connection.execute(
                    update(cursors).where(cursors.c.name == self._name).values(**values)
                )
