"""The gap ledger in a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Engine, func, select

from sergek.adapters.sql.engine import readonly
from sergek.adapters.sql.read_store import insert_new
from sergek.adapters.sql.schema import coverage
from sergek.core.coverage import Coverage, CoverageState, GapReason, seconds_within

__all__ = ["SqlCoverageStore"]


class SqlCoverageStore:
    """`core.ports.CoverageStore` over the table `coverage` of a migrated database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, spans: Sequence[Coverage], *, connection: object | None = None) -> int:
        """See `core.ports.CoverageStore.add`; `connection` is a SQLAlchemy `Connection`."""
        if not spans:
            return 0
        if connection is not None:
            return _add(cast(Connection, connection), spans)
        with self._engine.begin() as own:
            return _add(own, spans)

    def find(self, camera_id: str, since: datetime, until: datetime) -> list[Coverage]:
        """See `core.ports.CoverageStore.find`."""
        wanted = (
            select(coverage)
            .where(
                coverage.c.camera_id == camera_id,
                coverage.c.until_at > since,
                coverage.c.from_at < until,
            )
            .order_by(coverage.c.from_at)
        )
        with readonly(self._engine).connect() as connection:
            return [
                Coverage(
                    camera_id=row.camera_id,
                    from_at=row.from_at,
                    until_at=row.until_at,
                    state=CoverageState(row.state),
                    reason=GapReason(row.reason),
                )
                for row in connection.execute(wanted)
            ]

    def seconds(
        self, camera_id: str, since: datetime, until: datetime
    ) -> Mapping[tuple[CoverageState, GapReason], int]:
        """See `core.ports.CoverageStore.seconds`."""
        return seconds_within(self.find(camera_id, since, until), since, until)

    def covered_until(self, camera_id: str) -> datetime | None:
        """See `core.ports.CoverageStore.covered_until`."""
        wanted = select(func.max(coverage.c.until_at)).where(coverage.c.camera_id == camera_id)
        with readonly(self._engine).connect() as connection:
            latest: datetime | None = connection.scalar(wanted)
        return latest


def _add(connection: Connection, spans: Sequence[Coverage]) -> int:
    return sum(
        insert_new(
            connection,
            coverage,
            {
                "camera_id": span.camera_id,
                "from_at": span.from_at,
                "until_at": span.until_at,
                "state": span.state.value,
                "reason": span.reason.value,
            },
        )
        for span in spans
    )
