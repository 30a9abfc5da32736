"""Which cases keep their media beyond the term of all passages, and when they no longer do.

Every violation holds its passage, pictures and package from its first second. What is looked at
here are only those holds that outlived the passages' own term: one reason to keep them has to be
left. A case that is undecided, or signed and refused, keeps them until the law lets nobody decide.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, and_, or_, select, union

from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.tables import at_of, us_of
from sergek.centre.prescriptions.register import REFUSED, SPECIMEN
from sergek.centre.prescriptions.tables import prescriptions
from sergek.centre.reading import reading
from sergek.core.ports import ReadStore
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import PrescriptionState, decide_until

__all__ = ["release_ended"]

_AT_ONCE = 400
_S = PrescriptionState
_UNFOUNDED = (Status.NOTE, Status.REJECTED, Status.LAPSED)
# Nobody disputes these any more once the term has run out that counts every appeal.
_SETTLED = (_S.PAID, _S.IN_FORCE, _S.OVERDUE, _S.CANCELLED)


def release_ended(engine: Engine, reads: ReadStore, now: datetime, before: datetime) -> int:
    """End the holds of ended cases on passages that entered before; how many cases.

    Ended are notes, rejected and lapsed cases, specimens, closed prescriptions, refused ones that
    can be issued no more, and others that are in nobody's hands when the last term has run out.
    A cancelled one that was never delivered is ended at once.
    """
    released = 0
    for some in _parts(reads.holders(before)):
        for case_id in _ended(engine, some, now):
            reads.release(case_id)
            released += 1
    return released


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for i in range(0, len(ids), _AT_ONCE):
        yield ids[i : i + _AT_ONCE]


def _ended(engine: Engine, ids: Sequence[str], now: datetime) -> list[str]:
    unfounded = select(cases.c.case_id).where(
        cases.c.case_id.in_(ids), cases.c.status.in_([each.value for each in _UNFOUNDED])
    )
    over = select(prescriptions.c.case_id).where(prescriptions.c.case_id.in_(ids), _is_over(now))
    refused = select(prescriptions.c.case_id, prescriptions.c.happened_us).where(
        prescriptions.c.case_id.in_(ids), prescriptions.c.state == REFUSED
    )
    with reading(engine).connect() as connection:
        late = [
            row.case_id
            for row in connection.execute(refused)
            if decide_until(at_of(row.happened_us), law_book()) <= now
        ]
        return [*connection.scalars(union(unfounded, over)), *late]


def _is_over(now: datetime) -> ColumnElement[bool]:
    state, until = prescriptions.c.state, prescriptions.c.hold_until_us
    return or_(
        state.in_([SPECIMEN, _S.CLOSED.value]),
        and_(state.in_([each.value for each in _SETTLED]), until <= us_of(now)),
        and_(state == _S.CANCELLED.value, until.is_(None)),
    )
