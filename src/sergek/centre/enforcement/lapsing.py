"""Cases that nobody decided in time end by themselves (KoAP 62): a step of the clockwork."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from sergek.centre.enforcement import desk
from sergek.centre.enforcement.events import case_lapsed
from sergek.centre.enforcement.states import UNDECIDED, Decision, Status
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.tables import at_of, us_of
from sergek.centre.reading import reading
from sergek.core.clock import Clock
from sergek.core.ports import EventLog
from sergek.traffic.law.book import LawBook
from sergek.traffic.prescription import decide_until

__all__ = ["Lapsing"]

# Less than any month: what happened later than so many days a month ago cannot be over yet.
_SHORTEST_MONTH = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Over one database; the law says how long a case may be decided."""

    engine: Engine
    log: EventLog
    clock: Clock
    law: LawBook

    def lapse(self) -> int:
        """Let the cases lapse whose time is over; how many. May run at any time."""
        now = self.clock.now()
        months = min(each.months for each in self.law.limitation)
        old = (
            select(cases.c.case_id, cases.c.happened_us)
            .where(
                cases.c.status.in_([each.value for each in UNDECIDED]),
                cases.c.happened_us <= us_of(now - months * _SHORTEST_MONTH),
            )
            .order_by(cases.c.happened_us)
        )
        with reading(self.engine).connect() as connection:
            rows = connection.execute(old).all()
        over = [r.case_id for r in rows if decide_until(at_of(r.happened_us), self.law) <= now]
        return sum(self._end(case_id, now) for case_id in over)

    def _end(self, case_id: str, now: datetime) -> bool:
        with self.engine.begin() as connection:
            row = desk.case_row(connection, case_id)
            if row.status not in UNDECIDED:
                return False
            body = {"passage_id": row.passage_id, "was": row.status}
            self.log.append([case_lapsed(case_id, now, body)], connection=connection)
            changes = {"status": Status.LAPSED.value, "version": row.version + 1}
            kind = Decision.LAPSE.value
            desk.record(connection, case_id, kind, "system", now, {"was": row.status}, changes)
            desk.let_go(connection, [case_id])
        return True
