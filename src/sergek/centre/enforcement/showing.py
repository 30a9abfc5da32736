"""What one person may see of one case now: the reading stays hidden until they typed theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sergek.centre.context import Centre
from sergek.centre.enforcement.desk import PLATE
from sergek.centre.enforcement.drawing import (
    Measured,
    grid_of,
    interval_of,
    lamps_of,
    measured_of,
)
from sergek.centre.enforcement.plausible import alike_plates, findings
from sergek.centre.enforcement.practice import practice
from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.views import Case
from sergek.centre.evidence_room import EvidenceRoom
from sergek.centre.rights import Person, Right
from sergek.centre.steps import StepRow
from sergek.core.errors import ConfigError, NotFound, SergekError
from sergek.core.evidence import SealedCase
from sergek.core.passage import PassagePlate
from sergek.core.plate import PlateStatus
from sergek.core.site import Site, Words
from sergek.core.violation import Fact, Offence, Violation
from sergek.traffic.law.book import Band, LawBook, Provision, law_book
from sergek.traffic.prescription import Fine, fine_of

__all__ = ["Law", "law_of", "reading", "scene", "sees_reading", "statuses_of"]

# Pictures of a package in the order of the page's keys 1 to 4.
_ROLES = ("clip", "overview_before", "overview_after", "signal_strip")


@dataclass(frozen=True, slots=True)
class Law:
    """What the law of the event's day says of a case: the entry of its book, and the fine.

    Without a fine `why` says why, unless the entry names another sanction.
    """

    article: str
    entry: Band | Provision | None
    fine: Fine | None
    why: str = ""

    def without_fine(self, language: Literal["kk", "ru", "en"]) -> str:
        """What follows instead of a fine, or why nothing does."""
        sanction = self.entry.sanction if isinstance(self.entry, Provision) else {}
        return sanction.get(language, self.why)


def statuses_of(person: Person) -> tuple[Status, ...]:
    """The states in which this person sees cases: an engineer only those returned to him."""
    if person.may(Right.REVIEW) or person.may(Right.SIGN):
        return tuple(Status)
    return (Status.RETURNED,)


def sees_reading(person: Person, steps: Sequence[StepRow], status: Status) -> bool:
    """Whether the machine's reading may be shown: to a reviewer only after typing their own."""
    if status in (Status.SIGNED, Status.NOTE) or person.may(Right.SIGN):
        return True
    return any(each.kind == PLATE and each.actor == person.name for each in steps)


def law_of(case: Case) -> Law:
    """The law as of the event."""
    violation, entry = case.violation, None
    try:
        entry = _entry_of(violation, law_book())
        return Law(violation.article, entry, fine_of(violation, law_book()))
    except ConfigError as error:
        return Law(violation.article, entry, None, error.message)


def _entry_of(violation: Violation, book: LawBook) -> Band | Provision:
    when = violation.happened_at
    if violation.offence is not Offence.SPEEDING:
        return book.provision_at(violation.offence, when)
    excess = violation.facts.get("excess_kmh")
    band = book.band_of(float(excess) if isinstance(excess, int | float) else 0.0, when)
    if band is None:
        raise ConfigError("The excess speed falls into no band of the law.")
    return band


def scene(centre: Centre, room: EvidenceRoom, person: Person, case: Case) -> dict[str, Any]:
    """All of a case that does not tell the plate: evidence, measurement, law, facts."""
    sealed, trouble = _opened(room, case)
    offence, when = case.violation.offence, centre.wiring.clock.now()
    names = {each: practice().reasons(each, offence, when) for each in ("reject", "return")}
    site = centre.wiring.sites.get(case.site_id)
    return {
        "case": case,
        "camera": centre.wiring.cameras.get(case.camera_id),
        "trouble": trouble,
        "media": [role for role in _ROLES if sealed.item(role) is not None],
        "has_plate": sealed.item("plate") is not None,
        "measured": _measured(site, sealed, case),
        "interval": interval_of(case.violation),
        "lamps": lamps_of(sealed, case.violation),
        "law": law_of(case),
        "reasons": names,
        "signed_by": sealed.signed_by,
        "now": when,
        "in_order": _in_order,
        "titles": {} if site is None else _titles(site),
        "reviewing": person.may(Right.REVIEW),
    }


def _measured(site: Site | None, sealed: SealedCase, case: Case) -> Measured | None:
    found = measured_of(sealed)
    if found is None and site is not None:
        return grid_of(site, case.camera_id, case.happened_at)
    return found


def _titles(site: Site) -> dict[tuple[str, str], Words]:
    """What people call a line, zone or signal head: by the fact that names it, and its name."""
    of_lines = {("line", line.name): line.title for line in site.lines}
    of_zones = {("zone", zone.name): zone.title for zone in site.zones}
    return of_lines | of_zones | {("head", head.name): head.title for head in site.heads}


def _in_order(
    facts: Mapping[str, Fact], known: Mapping[str, str]
) -> list[tuple[str, Fact | datetime]]:
    """The facts as an officer reads them: in the catalogue's order, unknown ones last; moments
    (`…_at`, ISO 8601) as such, for the page says them in local time."""
    named = [*(name for name in known if name in facts), *(n for n in facts if n not in known)]
    return [
        (name, datetime.fromisoformat(str(facts[name])) if name.endswith("_at") else facts[name])
        for name in named
    ]


def _opened(room: EvidenceRoom, case: Case) -> tuple[SealedCase, str]:
    try:
        return room.open(case.package), ""
    except SergekError as error:
        return SealedCase(ok=False, checks=()), error.message


def reading(centre: Centre, person: Person, case: Case, steps: Sequence[StepRow]) -> dict[str, Any]:
    """What is shown once the person typed the plate: the machine's reading, and its doubts."""
    mine = [each for each in steps if each.kind == PLATE and each.actor == person.name]
    typed = str(mine[-1].body["typed"]) if mine else None
    seen_by = frozenset(centre.cameras_of(person))
    reads = centre.wiring.reads
    try:
        passage = reads.get(case.passage_id)
    except NotFound:
        passage = None
    plate = passage.plate if passage is not None else None
    if plate is None and case.plate is not None:
        plate = _bare(case.plate)
    checks = []
    if passage is not None and plate is not None and plate.status is PlateStatus.READ:
        checks = findings(passage, plate, centre.cameras_of(person), reads)
    alike = []
    if case.plate:
        alike = alike_plates(reads, case.plate, case.happened_at, seen_by)
    return {
        "typed": typed,
        "plate": plate,
        "differs": typed is not None and typed != (case.plate or ""),
        "findings": checks,
        "alike": alike,
    }


def _bare(text: str) -> PassagePlate:
    """A reading whose passage has expired: only its text is left."""
    return PassagePlate(text=text, raw=(), layout=None, confidence=1.0, status=PlateStatus.READ)
