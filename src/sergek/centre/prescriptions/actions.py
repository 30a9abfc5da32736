"""What happens to a prescription after its issue: each step is a fact and moves the register."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select, update

from sergek.centre.papers import Papers
from sergek.centre.people.tables import us_of
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.document import document_of
from sergek.centre.prescriptions.register import (
    Prescription,
    prescription_of,
    prescription_row,
    steps_of,
    terms_columns,
)
from sergek.centre.prescriptions.tables import prescriptions, steps
from sergek.centre.reading import reading
from sergek.centre.sites.ledger import SiteLedger
from sergek.centre.steps import add_step
from sergek.core.clock import Clock, last_day
from sergek.core.errors import ConfigError, Conflict, Forbidden, Unavailable
from sergek.core.ports import EventLog
from sergek.traffic.law.book import LawBook
from sergek.traffic.prescription import PrescriptionState, Step, after, deadlines

__all__ = ["PrescriptionActions"]

_LOG = logging.getLogger(__name__)
_S = PrescriptionState
Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PrescriptionActions:
    """The steps over one register; days are those of `zone`."""

    engine: Engine
    log: EventLog
    clock: Clock
    zone: ZoneInfo
    law: LawBook
    ledger: SiteLedger
    papers: Papers

    def deliver(self, number: str, on: date, how: str, actor: str) -> str:
        """Delivered properly on that day: from the next one all terms run."""
        today = self._day(self.clock.now())

        def changes(one: Prescription) -> tuple[Changes, Changes]:
            if not self._day(one.issued_at) <= on <= today:
                raise ConfigError("The day of delivery lies before the issue or in the future.")
            if not how.strip():
                raise ConfigError("Write how it was delivered.")
            terms = deadlines(on, self.law)
            return {"delivered_on": on.isoformat(), **terms_columns(terms)}, {
                "on": on.isoformat(),
                "how": how.strip(),
            }

        return self._step(number, Step.DELIVER, "delivered", actor, changes)

    def pay(self, number: str, tenge: int, on: date, actor: str) -> str:
        """Money came in; it is settled once what was due on that day is there."""
        now = self.clock.now()
        if tenge <= 0 or on > self._day(now):
            raise ConfigError("Write the sum in tenge and the day on which it was paid.")
        with self.engine.begin() as connection:
            one = self._real(connection, number)
            paid = one.paid_tenge + tenge
            due = one.due_tenge(datetime.combine(on, datetime.min.time(), self.zone))
            settles = paid >= due
            state = after(_S(one.state), Step.PAY).value
            if paid > one.fine_tenge:
                raise ConfigError(f"That is more than the fine of {one.fine_tenge} tenge.")
            body = {"tenge": tenge, "on": on.isoformat(), "settles": settles}
            body["reduced"] = settles and paid < one.fine_tenge
            values = {"paid_tenge": paid, "state": state if settles else one.state}
            self._record(connection, number, "paid", actor, body, values)
        return str(values["state"])

    def complain(self, number: str, words: str, actor: str) -> str:
        """A complaint in time; it suspends execution. Later than the term only a court can help."""
        now = self.clock.now()

        def changes(one: Prescription) -> tuple[Changes, Changes]:
            until = one.terms.get("complaint_until")
            if until is not None and now >= until:
                day = f"{self._day(last_day(until)):%d.%m.%Y}"
                raise Forbidden(f"The term for complaints ended on {day}: a court may restore it.")
            return {}, {"words": _said(words)}

        return self._step(number, Step.COMPLAIN, "complained", actor, changes)

    def decide(
        self, number: str, step: Step, words: str, actor: str, fine_tenge: int | None = None
    ) -> str:
        """Decide a complaint (or a court's answer): leave, change, cancel, appeal.

        Who reviewed or signed the case decides on no complaint against it.
        """
        kinds = {
            Step.LEAVE: "left",
            Step.CHANGE: "changed",
            Step.CANCEL: "cancelled",
            Step.APPEAL: "appealed",
        }
        if step not in kinds:
            raise ConfigError("A complaint is left, changed, cancelled or goes to court.")

        def changes(one: Prescription) -> tuple[Changes, Changes]:
            if actor == one.signer or actor in one.reviewers:
                raise Forbidden("You decided on this case: somebody else decides the complaint.")
            body: Changes = {"words": _said(words)}
            if step is Step.CANCEL:
                return {"refund_tenge": one.paid_tenge}, body | {"refund_tenge": one.paid_tenge}
            if step is Step.CHANGE:
                return _lowered(one, fine_tenge, body)
            return {}, body

        return self._step(number, step, kinds[step], actor, changes)

    def take_back(
        self, connection: Connection, number: str, actor: str, words: str, quarantine: str
    ) -> int:
        """Cancel inside a quarantine's transaction; the tenge owed back."""
        one = self._real(connection, number)
        after(_S(one.state), Step.CANCEL)
        body = {"words": words, "refund_tenge": one.paid_tenge, "quarantine": quarantine}
        values = {"state": _S.CANCELLED.value, "refund_tenge": one.paid_tenge}
        self._record(connection, number, "cancelled", actor, body, values)
        return one.paid_tenge

    def lower(
        self,
        connection: Connection,
        number: str,
        actor: str,
        fine_tenge: int,
        refund_tenge: int,
        article: str,
        quarantine: str,
    ) -> None:
        """Lower the fine inside a quarantine's transaction, whatever state it is in."""
        one = self._real(connection, number)
        share = one.reduced_tenge / one.fine_tenge if one.fine_tenge else 1.0
        values = {
            "fine_tenge": fine_tenge,
            "reduced_tenge": round(fine_tenge * share),
            "refund_tenge": refund_tenge,
            "article": article,
        }
        body = {"article": article, "fine_tenge": fine_tenge, "refund_tenge": refund_tenge}
        self._record(
            connection, number, "changed", actor, body | {"quarantine": quarantine}, values
        )

    def refund(self, number: str, actor: str) -> int:
        """What was owed back has been paid back; how much."""
        with self.engine.begin() as connection:
            one = self._real(connection, number)
            owed = one.refund_tenge - one.refunded_tenge
            if owed <= 0:
                raise Conflict(f"Nothing is owed back for {number}.")
            values = {"refunded_tenge": one.refund_tenge}
            self._record(connection, number, "refunded", actor, {"tenge": owed}, values)
        return owed

    def submit(self, number: str, actor: str) -> str:
        """Hand the document to the national register; its receipt."""
        if self.papers.register is None:
            raise Unavailable("No national register is connected: take the JSON document instead.")
        with self.engine.begin() as connection:
            one = self._real(connection, number)
            document = document_of(
                one, self.ledger.site_in(connection, one.site_id), steps_of(connection, number)
            )
            receipt = self.papers.register.submit(document)
            self._record(connection, number, "submitted", actor, {"receipt": receipt}, {})
        return receipt

    def tick(self) -> int:
        """Let the terms end that have ended: into force, overdue, closed. May run at any time."""
        now = self.clock.now()
        at_us = us_of(now)
        columns = prescriptions.c
        ends = (
            (_S.DELIVERED, columns.decided_us, Step.TAKE_EFFECT, "took_effect"),
            (_S.IN_FORCE, columns.payment_until_us, Step.EXPIRE, "expired"),
            (_S.PAID, columns.hold_until_us, Step.CLOSE, "closed"),
        )
        done = 0
        for state, until, step, kind in ends:
            wanted = select(columns.number).where(columns.state == state.value, until <= at_us)
            with reading(self.engine).connect() as connection:
                numbers = list(connection.scalars(wanted))
            for number in numbers:
                self._step(number, step, kind, "system", lambda _one: ({}, {}))
                done += 1
        return done

    def _step(
        self,
        number: str,
        step: Step,
        kind: str,
        actor: str,
        changes: Callable[[Prescription], tuple[Changes, Changes]],
    ) -> str:
        with self.engine.begin() as connection:
            one = self._real(connection, number)
            paid = any(
                each.kind == "paid" and each.body.get("settles")
                for each in steps_of(connection, number)
            )
            state = after(_S(one.state), step, settled=paid).value
            values, body = changes(one)
            self._record(connection, number, kind, actor, body, {**values, "state": state})
        return state

    def _real(self, connection: Connection, number: str) -> Prescription:
        one = prescription_of(prescription_row(connection, number))
        if not one.real:
            raise Forbidden(f"{number} is no prescription: nothing is owed and nothing follows.")
        return one

    def _record(
        self,
        connection: Connection,
        number: str,
        kind: str,
        actor: str,
        body: Changes,
        values: Changes,
    ) -> None:
        now = self.clock.now()
        step_id = events.new_id(number, kind)
        event = events.step_taken(step_id, number, kind, actor, now, body)
        self.log.append([event], connection=connection)
        add_step(
            connection,
            steps.c.number,
            number,
            step_id=step_id,
            actor=actor,
            at=now,
            kind=kind,
            body=json.dumps(body, ensure_ascii=False),
        )
        if values:
            mine = prescriptions.c.number == number
            connection.execute(update(prescriptions).where(mine).values(**values))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def _said(words: str) -> str:
    if len(words.strip()) < 3:
        raise ConfigError("Write the reason in a sentence.")
    return words.strip()


def _lowered(one: Prescription, fine_tenge: int | None, body: Changes) -> tuple[Changes, Changes]:
    if fine_tenge is None or not 0 < fine_tenge < one.fine_tenge:
        raise ConfigError(f"Write the new fine: more than nothing, less than {one.fine_tenge}.")
    reduced = round(fine_tenge * one.reduced_tenge / one.fine_tenge)
    fair = reduced if 0 < one.paid_tenge <= one.reduced_tenge else fine_tenge
    back = max(0, one.paid_tenge - fair)
    values = {"fine_tenge": fine_tenge, "reduced_tenge": reduced, "refund_tenge": back}
    return values, body | {"fine_tenge": fine_tenge, "refund_tenge": back}
