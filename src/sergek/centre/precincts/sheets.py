"""The precinct service's printed forms: passport, work plan, visits, minutes of a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sergek.centre.catalogue import Catalogue
from sergek.centre.precincts.passport import Indicators
from sergek.centre.precincts.views import Inspector, Record, Served, Station
from sergek.core.sheet import Part, Sheet

__all__ = ["Form", "Subject", "form_of", "minutes_of"]

Form = Literal["passport", "plan", "visits"]
# Room to write by hand.
_LINES = "\n".join(["_" * 88] * 3)
# The plan's words and what is entered when it is done.
_PLANNED = (("homes", "visit"), ("meetings", "meeting"), ("reports", "report"))


@dataclass(frozen=True, slots=True)
class Subject:
    """What every form of a precinct begins with."""

    city: str
    synthetic: bool
    precinct: str
    division: str
    residents: int
    station: Station | None
    served: Sequence[tuple[Served, Inspector]]
    printed_on: date


def form_of(
    form: Form, t: Catalogue, of: Subject, records: Sequence[Record], kpi: Indicators
) -> Sheet:
    """A form over the records of its period, newest first."""
    if form == "plan":
        parts = _plan(t, records, kpi)
    elif form == "visits":
        parts = (_visits(t, [one for one in records if one.kind == "visit"]),)
    else:
        parts = (_work(t, t("precincts.paper.works"), records[:40]),)
    return _sheet(t, of, t(f"precincts.paper.{form}", precinct=of.precinct), parts)


def minutes_of(t: Catalogue, of: Subject, record: Record) -> Sheet:
    """The minutes of one meeting with residents, or of a report before them."""
    title = t(f"precincts.paper.minutes_{record.kind}", precinct=of.precinct)
    facts = [(t("precincts.day"), _day(record.on_day))]
    words = ((t(f"precincts.count_of.{key}"), n) for key, n in record.counts.items())
    facts += [(word[:1].upper() + word[1:], str(n)) for word, n in words]
    heard = Part(t("precincts.paper.heard"), record.text or _LINES)
    decided = Part(t("precincts.paper.decided"), _LINES)
    chair = (t("precincts.paper.chair"), t("precincts.paper.secretary"))
    return _sheet(t, of, title, (heard, decided), tuple(facts), chair)


def _sheet(
    t: Catalogue,
    of: Subject,
    title: str,
    parts: tuple[Part, ...],
    facts: tuple[tuple[str, str], ...] = (),
    signed: tuple[str, ...] = (),
) -> Sheet:
    station = of.station
    people = [
        ", ".join(
            part
            for part in (
                one.full_name,
                one.rank,
                t("precincts.paper.since", day=_day(served.from_on)),
                t("precincts.acting") if served.acting else "",
            )
            if part
        )
        for served, one in of.served
    ]
    return Sheet(
        title=title,
        notice=t("plans.synthetic") if of.synthetic else "",
        facts=(
            *facts,
            (t("precincts.paper.city"), of.city),
            (t("precincts.division"), of.division),
            (t("precincts.residents"), f"{of.residents:,}".replace(",", "\u00a0")),
            (t("precincts.station"), station.name if station else ""),
            (t("precincts.phone"), station.phone if station else ""),
            (t("precincts.public.hours"), station.hours if station else ""),
            (t("precincts.inspector"), "\n".join(people)),
            (t("precincts.paper.printed"), _day(of.printed_on)),
        ),
        parts=parts,
        signed=(*signed, t("precincts.inspector"), t("precincts.paper.chief")),
    )


def _work(t: Catalogue, title: str, records: Sequence[Record]) -> Part:
    rows = tuple(
        (_day(one.on_day), t(f"precincts.record.{one.kind}"), _counts(t, one), one.text)
        for one in records
    )
    words = ("precincts.day", "precincts.kind", "precincts.paper.counts", "precincts.note")
    empty = "" if rows else t("precincts.paper.nothing")
    return Part(title, empty, tuple(t(key) for key in words), rows, (0.13, 0.2, 0.42, 0.25))


def _plan(t: Catalogue, records: Sequence[Record], kpi: Indicators) -> tuple[Part, ...]:
    """What was planned in the period and what came of it, the plans' own words, the indicators."""
    rows = []
    for name, kind in _PLANNED:
        planned = sum(one.counts.get(name, 0) for one in records if one.kind == "plan")
        mine = [one for one in records if one.kind == kind]
        done = sum(one.counts.get("homes", 0) for one in mine) if kind == "visit" else len(mine)
        share = f"{done / planned:.0%}" if planned else "—"
        rows.append((t(f"precincts.record.{kind}"), str(planned), str(done), share))
    head = ("precincts.paper.what", "precincts.paper.planned", "precincts.paper.done")
    shares = {
        "kpi_knows": kpi.knows_inspector,
        "kpi_station": kpi.knows_station,
        "kpi_satisfied": kpi.satisfied,
    }
    known = tuple(
        (t(f"precincts.{name}"), "—" if value is None else f"{value:.0%}")
        for name, value in shares.items()
    )
    return (
        Part(
            t("precincts.paper.fulfilment"),
            head=(*(t(key) for key in head), "%"),
            rows=tuple(rows),
            shares=(0.49, 0.17, 0.17, 0.17),
        ),
        _work(t, t("precincts.paper.plans"), [one for one in records if one.kind == "plan"]),
        Part(
            t("precincts.kpi"),
            t("precincts.kpi_words", asked=kpi.asked),
            (t("precincts.paper.what"), "%"),
            known,
            (0.83, 0.17),
        ),
    )


def _visits(t: Catalogue, visits: Sequence[Record]) -> Part:
    keys = ("homes", "not_at_home")
    rows = [
        (_day(one.on_day), *(str(one.counts.get(key, 0)) for key in keys), one.text)
        for one in visits
    ]
    total = [str(sum(one.counts.get(key, 0) for one in visits)) for key in keys]
    head = (
        t("precincts.day"),
        *(t(f"precincts.count_of.{key}") for key in keys),
        t("precincts.note"),
    )
    rows += [(t("precincts.paper.total"), *total, "")] if visits else []
    empty = "" if visits else t("precincts.paper.nothing")
    return Part(t("precincts.paper.list"), empty, head, tuple(rows), (0.16, 0.14, 0.16, 0.54))


def _counts(t: Catalogue, one: Record) -> str:
    return ", ".join(f"{t(f'precincts.count_of.{key}')}: {n}" for key, n in one.counts.items())


def _day(on: date) -> str:
    return f"{on:%d.%m.%Y}"
