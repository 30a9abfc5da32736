"""What a prescription (предписание, KoAP 807) costs, when its terms end, which states it has."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sergek.core.clock import last_day
from sergek.core.errors import ConfigError, Conflict, Forbidden
from sergek.core.site import Site
from sergek.core.violation import Offence, Route, Violation
from sergek.traffic.law.book import LawBook

__all__ = [
    "Deadlines",
    "Earlier",
    "Fine",
    "PrescriptionState",
    "Step",
    "after",
    "deadlines",
    "decide_until",
    "earlier_of",
    "fine_of",
    "refuse_late",
    "refuse_unissuable",
]

_LOCAL = ZoneInfo("Asia/Almaty")


class Fine(BaseModel):
    """A fine and its reduced amount, tenge, with the index it was computed from.

    `base_article` is the article of the offence itself, `article` the one it is fined under.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str
    base_article: str
    repeat: bool
    mrp: int
    mrp_tenge: int
    tenge: int = Field(ge=0)
    reduced_tenge: int = Field(ge=0)


class Deadlines(BaseModel):
    """Moments at which terms end (not included); all run from the day after delivery."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reduced_until: AwareDatetime
    decided_at: AwareDatetime
    complaint_until: AwareDatetime
    payment_until: AwareDatetime
    hold_media_until: AwareDatetime


class PrescriptionState(StrEnum):
    """Where a prescription stands."""

    ISSUED = "issued"
    DELIVERED = "delivered"
    PAID = "paid"
    COMPLAINT = "complaint"
    IN_FORCE = "in_force"
    IN_COURT = "in_court"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Step(StrEnum):
    """What happens to a prescription; each is an event."""

    DELIVER = "deliver"
    PAY = "pay"
    COMPLAIN = "complain"
    LEAVE = "leave"
    CHANGE = "change"
    CANCEL = "cancel"
    APPEAL = "appeal"
    TAKE_EFFECT = "take_effect"
    EXPIRE = "expire"
    CLOSE = "close"


_S, _T = PrescriptionState, Step
_NEXT: dict[tuple[PrescriptionState, Step], PrescriptionState] = {
    (_S.ISSUED, _T.DELIVER): _S.DELIVERED,
    (_S.DELIVERED, _T.PAY): _S.PAID,
    (_S.DELIVERED, _T.COMPLAIN): _S.COMPLAINT,
    (_S.DELIVERED, _T.TAKE_EFFECT): _S.IN_FORCE,
    (_S.COMPLAINT, _T.LEAVE): _S.IN_FORCE,
    (_S.COMPLAINT, _T.CHANGE): _S.IN_FORCE,
    (_S.COMPLAINT, _T.APPEAL): _S.IN_COURT,
    (_S.IN_COURT, _T.LEAVE): _S.IN_FORCE,
    (_S.IN_COURT, _T.CHANGE): _S.IN_FORCE,
    (_S.IN_FORCE, _T.COMPLAIN): _S.COMPLAINT,
    (_S.IN_FORCE, _T.APPEAL): _S.IN_COURT,
    (_S.IN_FORCE, _T.PAY): _S.PAID,
    (_S.IN_FORCE, _T.EXPIRE): _S.OVERDUE,
    (_S.OVERDUE, _T.PAY): _S.PAID,
    (_S.PAID, _T.COMPLAIN): _S.COMPLAINT,
    (_S.PAID, _T.CLOSE): _S.CLOSED,
}


def after(state: PrescriptionState, step: Step, *, settled: bool = False) -> PrescriptionState:
    """The state after a step; anything not cancelled may be cancelled, even when paid.

    `settled`: what is owed has been paid already, so that a complaint which changes nothing more
    leads back to `paid`.
    """
    if step is Step.CANCEL and state is not _S.CANCELLED:
        return _S.CANCELLED
    found = _NEXT.get((state, step))
    if found is _S.IN_FORCE and settled:
        return _S.PAID
    if found is None:
        raise Conflict(f"a prescription that is {state} cannot {step}: look at it again")
    return found


def fine_of(
    violation: Violation, law: LawBook, *, repeat: bool = False, decided_at: datetime | None = None
) -> Fine:
    """The fine by the law of the event's time; `ConfigError` where the law gives none."""
    when = violation.happened_at
    if violation.offence is Offence.SPEEDING:
        excess = violation.facts.get("excess_kmh")
        band = law.band_of(float(excess), when) if isinstance(excess, int | float) else None
        if band is None:
            raise ConfigError("the violation's excess speed falls into no band of the law")
        count = band.repeat_fine_mrp if repeat else band.fine_mrp
        base = band.article
        article = (band.repeat_article if repeat else None) or base
    else:
        provision = law.provision_at(violation.offence, when)
        plain, again = provision.fine_mrp, provision.repeat_fine_mrp
        if plain is None:
            raise ConfigError(f"{provision.article}: {provision.sanction['en']}")
        count = again if repeat and again is not None else plain
        article = base = provision.article
    index_of = when if law.reading_at(when).mrp_of == "event" else decided_at or when
    index = law.mrp_at(index_of)
    tenge = count * index
    reduced = round(tenge * (1 - law.terms_at(when).discount_share))
    return Fine(
        article=article,
        base_article=base,
        repeat=repeat,
        mrp=count,
        mrp_tenge=index,
        tenge=tenge,
        reduced_tenge=reduced,
    )


class Earlier(BaseModel):
    """An earlier prescription of the same owner, as the register keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    base_article: str
    decided_at: AwareDatetime


def earlier_of(violation: Violation, known: Iterable[Earlier], law: LawBook) -> Earlier | None:
    """The earlier offence that makes this one a repeat, the latest of them; None if there is none.

    It counts from the day on which it was held to be decided (KoAP 817), for as long as
    `Reading.repeat_within_days`; what was not decided yet at the event counts for nothing.
    """
    when = violation.happened_at
    fine = fine_of(violation, law)
    alike = {fine.base_article}
    if violation.offence is Offence.SPEEDING:
        alike = {
            a for b in law.bands_at(when) if b.article == fine.base_article for a in b.repeat_of
        }
    span = timedelta(days=law.reading_at(when).repeat_within_days)
    found = [
        one
        for one in known
        if one.base_article in alike and one.decided_at <= when < one.decided_at + span
    ]
    return max(found, key=lambda one: one.decided_at, default=None)


def decide_until(happened_at: datetime, law: LawBook) -> datetime:
    """When the term of limitation ends (KoAP 62): until then, not at it, a case may be decided.

    Months are counted by the calendar of Asia/Almaty, to the end of the day of the same number, or
    of the month's last day where it has no such day.
    """
    day = happened_at.astimezone(_LOCAL).date()
    years, month = divmod(day.month - 1 + law.limitation_at(happened_at).months, 12)
    year, month = day.year + years, month + 1
    last = date(year, month, min(day.day, monthrange(year, month)[1]))
    return datetime.combine(last + timedelta(days=1), time.min, _LOCAL)


def refuse_late(happened_at: datetime, now: datetime, law: LawBook) -> None:
    """`Conflict` once the term of limitation is over."""
    until = decide_until(happened_at, law)
    if now >= until:
        last = f"{last_day(until):%d.%m.%Y}"
        raise Conflict(f"The time to decide this case ended on {last}: it lapses.")


def deadlines(delivered_on: date, law: LawBook) -> Deadlines:
    """When the terms end that run from proper delivery on that day (Asia/Almaty)."""
    start = datetime.combine(delivered_on + timedelta(days=1), time.min, _LOCAL)
    terms = law.terms_at(start)

    def end(days: int) -> datetime:
        return datetime.combine(start.date() + timedelta(days=days), time.min, _LOCAL)

    complaint = terms.decided_days + terms.complaint_days
    appeal = (
        terms.forward_days
        + terms.higher_body_days
        + terms.higher_body_extension_days
        + terms.copy_days
        + terms.court_days
    )
    return Deadlines(
        reduced_until=end(terms.discount_days),
        decided_at=end(terms.decided_days),
        complaint_until=end(complaint),
        payment_until=end(terms.decided_days + terms.payment_days),
        hold_media_until=end(complaint + appeal + terms.payment_days),
    )


def refuse_unissuable(violation: Violation, site: Site) -> None:
    """`Forbidden` or `ConfigError` where no prescription may be made; one sentence says why."""
    when = violation.happened_at
    if violation.route is not Route.PRESCRIPTION:
        raise Forbidden(f"{violation.offence} goes to an officer's {violation.route}, never a fine")
    if site.certificate_at(when) is None:
        raise ConfigError(
            f"site {site.id} had no valid certificate on {when.date()}: nothing can be issued"
        )
    if site.acceptance is None or site.acceptance.signed_at > when:
        raise Forbidden(f"site {site.id} was in trial on {when.date()}: nothing can be issued")
