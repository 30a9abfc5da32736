"""From a signed case to a numbered document: once, by the law and the site as known today."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Engine, delete, func, insert, select

from sergek.centre.papers import Papers
from sergek.centre.people.tables import at_of, people, us_of
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.register import REFUSED, SPECIMEN, Prescription
from sergek.centre.prescriptions.tables import prescriptions
from sergek.centre.reading import reading
from sergek.centre.sites.ledger import SiteLedger
from sergek.core.clock import Clock
from sergek.core.errors import ConfigError, Conflict, Forbidden, NotFound, SergekError, Unavailable
from sergek.core.event import Event
from sergek.core.ports import EventLog, EvidenceStore, PackageReader, ReadStore
from sergek.core.site import Site
from sergek.core.violation import Violation
from sergek.traffic.law.book import LawBook, law_book
from sergek.traffic.paper import PrescriptionPaper
from sergek.traffic.prescription import (
    Earlier,
    Fine,
    PrescriptionState,
    earlier_of,
    fine_of,
    refuse_late,
    refuse_unissuable,
)
from sergek.traffic.quarantine import IssuedCase, recheck
from sergek.traffic.rules.record import FactsRecord

__all__ = ["Issuer", "SignedCase"]

_LOG = logging.getLogger(__name__)
# States in which an earlier prescription still stands and can make a later one a repeat.
_STANDING = frozenset(PrescriptionState) - {PrescriptionState.CANCELLED, PrescriptionState.ISSUED}


class SignedCase(BaseModel):
    """What `case.signed` says; the subject of the fact is the case.

    `public_copy` is the masked copy that the signer looked at: no other picture leaves.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    site_id: str
    camera_id: str
    passage_id: str
    plate: str
    package: str | None = None
    public_copy: str | None = None
    reviewers: tuple[str, ...] = ()
    violation: Violation


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes documents out of signed cases; call it as often as you like, it does so once."""

    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    reads: ReadStore
    clock: Clock
    ledger: SiteLedger
    papers: Papers
    packages: PackageReader | None
    law: LawBook

    @classmethod
    def by_law(cls, **parts: Any) -> "Issuer":
        """With the law that ships with the product."""
        return cls(law=law_book(), **parts)

    def heard(self, event: Event) -> None:
        """Take the fact `case.signed`. What may not become a prescription is put down as refused;
        what is only away for now (`Unavailable`) is raised, to be tried again."""
        try:
            signed = SignedCase.model_validate(event.body)
        except ValidationError as error:
            _LOG.warning("case %s cannot be issued: %s", event.subject, error.error_count())
            return
        self.issue(event.subject, signed, event.actor, event.happened_at)

    def issue(self, case_id: str, signed: SignedCase, signer: str, signed_at: datetime) -> str:
        """Issue, or put down why not; the number (a refused case's begins with `refused-`)."""
        known = self._known(case_id)
        if known is not None and known.state != REFUSED:
            return str(known.number)
        try:
            return self._issue(case_id, signed, signer, signed_at)
        except Unavailable:
            raise
        except Conflict:
            # Another process of the centre was first.
            known = self._known(case_id)
            if known is None:
                raise
            return str(known.number)
        except SergekError as error:
            return self._refuse(case_id, signed, signer, signed_at, error.message)

    def again(self, one: Prescription) -> str:
        """Issue a case that was refused, now that its site's papers were corrected.

        `Conflict` when nobody may be held responsible for it any more.
        """
        refuse_late(one.happened_at, self.clock.now(), self.law)
        signed = SignedCase(
            site_id=one.site_id,
            camera_id=one.camera_id,
            passage_id=one.passage_id,
            plate=one.plate,
            package=one.package,
            public_copy=one.public_copy,
            reviewers=one.reviewers,
            violation=one.violation,
        )
        return self.issue(one.case_id, signed, one.signer, one.signed_at)

    def _known(self, case_id: str) -> Any:
        wanted = select(prescriptions).where(prescriptions.c.case_id == case_id)
        with reading(self.engine).connect() as connection:
            return connection.execute(wanted).first()

    def _issue(self, case_id: str, signed: SignedCase, signer: str, signed_at: datetime) -> str:
        now = self.clock.now()
        site = self.ledger.site(signed.site_id)
        violation = signed.violation
        specimen = site.acceptance is None
        if not specimen or violation.route != "prescription":
            refuse_unissuable(violation, site)
        facts = self._facts(signed)
        self._refuse_fallen(case_id, signed, site, facts, specimen=specimen)
        with self.engine.begin() as connection:
            if connection.execute(
                select(prescriptions.c.number).where(
                    prescriptions.c.case_id == case_id, prescriptions.c.state != REFUSED
                )
            ).first():
                raise Conflict("This case has its prescription already.")
            owner = self.papers.owner_key(signed.plate, violation.happened_at)
            earlier = earlier_of(violation, self._earlier(connection, owner), self.law)
            fine = fine_of(violation, self.law, repeat=earlier is not None, decided_at=signed_at)
            number = self._next_number(connection, now, specimen=specimen)
            # Kept, so that the list whose fingerprint the paper bears can be had for ever.
            trust = self.evidence.put(self.papers.trust_list())
            paper = self._paper(connection, number, signed, signer, site, fine, earlier, now, trust)
            key = self.evidence.put(self.papers.print_prescription(paper))
            row = _row(case_id, signed, signer, signed_at, now)
            row |= {"owner_key": owner} | _fined(fine, earlier)
            row |= {"number": number, "specimen": specimen, "pdf_key": key, "facts": facts}
            row["trust_sha256"] = trust
            row["state"] = SPECIMEN if specimen else PrescriptionState.ISSUED.value
            self._keep(connection, case_id, row, fine, now)
        return number

    def _facts(self, signed: SignedCase) -> str | None:
        """The passage as the rules judged it, out of the sealed package."""
        if signed.package is None:
            return None
        if self.packages is None:
            raise Unavailable("This centre cannot open evidence packages: nothing is issued.")
        opened = self.packages.open(self.evidence.get(signed.package))
        item = opened.item("passage")
        if not opened.ok or item is None:
            wrong = next((check.detail for check in opened.checks if not check.ok), "it is broken")
            raise ConfigError(f"the evidence package does not verify: {wrong}")
        return item.data.decode()

    def _refuse_fallen(
        self, case_id: str, signed: SignedCase, site: Site, facts: str | None, *, specimen: bool
    ) -> None:
        """Judge the case once more by what is known now: a permit may have come in meanwhile."""
        if facts is None:
            if not specimen:
                raise Forbidden("The case has no evidence package: nothing can be issued.")
            return
        record = FactsRecord.model_validate_json(facts).facts()
        fine = fine_of(signed.violation, self.law).tenge
        case = IssuedCase(case_id, record, signed.violation, fine)
        found = recheck([case], site, self.law)[0]
        if found.outcome == "cancel" and not (specimen and "certificate" in found.reason):
            raise Forbidden(f"The case no longer stands: {found.reason}.")

    def _earlier(self, connection: Connection, owner_key: str) -> list[Earlier]:
        wanted = select(
            prescriptions.c.number, prescriptions.c.base_article, prescriptions.c.decided_us
        ).where(
            prescriptions.c.owner_key == owner_key,
            prescriptions.c.state.in_([state.value for state in _STANDING]),
            prescriptions.c.decided_us.is_not(None),
        )
        return [
            Earlier(
                number=row.number, base_article=row.base_article, decided_at=at_of(row.decided_us)
            )
            for row in connection.execute(wanted)
        ]

    def _next_number(self, connection: Connection, now: datetime, *, specimen: bool) -> str:
        prefix = f"SPECIMEN-{now.year}-" if specimen else f"{self.papers.series}-{now.year}-"
        # Numbers are of one length, so that the greatest is the last one given.
        like = prescriptions.c.number.like(f"{prefix}%")
        last = connection.scalar(select(func.max(prescriptions.c.number)).where(like))
        return f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:06d}"

    def _paper(
        self,
        connection: Connection,
        number: str,
        signed: SignedCase,
        signer: str,
        site: Site,
        fine: Fine,
        earlier: Earlier | None,
        now: datetime,
        trust_sha256: str,
    ) -> PrescriptionPaper:
        code = self.papers.check_code(number)
        named = select(people.c.full_name).where(people.c.name == signer)
        package = signed.package or ""
        return PrescriptionPaper(
            number=number,
            made_at=now,
            plate=signed.plate,
            violation=signed.violation,
            fine=fine,
            terms=self.law.terms_at(now),
            site=site,
            package_sha256=package,
            trust_sha256=trust_sha256,
            check_address=self.papers.check_address.format(
                package=package, number=number, code=code
            ),
            check_code=code,
            pictures=self._pictures(signed.public_copy),
            issuer=self.papers.issuer,
            signed_by=connection.scalar(named) or signer,
            repeat_of=earlier.number if earlier else None,
        )

    def _pictures(self, public_copy: str | None) -> tuple[bytes, ...]:
        """The pictures that the signer looked at, and no other."""
        if public_copy is None or self.packages is None:
            return ()
        copy = self.packages.open(self.evidence.get(public_copy))
        return tuple(item.data for item in copy.pictures.values())

    def _keep(
        self,
        connection: Connection,
        case_id: str,
        row: dict[str, Any],
        fine: Fine,
        now: datetime,
    ) -> None:
        connection.execute(delete(prescriptions).where(prescriptions.c.case_id == case_id))
        body = {key: row[key] for key in ("specimen", "plate", "site_id", "camera_id", "article")}
        body |= {"fine": fine.model_dump(mode="json"), "pdf": row["pdf_key"]}
        body |= {key: row[key] for key in ("package", "public_copy", "repeat_of")}
        actor = json.loads(row["people"])["signer"]
        event = events.issued(row["number"], case_id, actor, now, body)
        if not self.log.append([event], connection=connection):
            raise Conflict("This case has its prescription already.")
        connection.execute(insert(prescriptions).values(**row))
        try:
            # Pictures and clip outlive the thirty days for as long as a term runs.
            self.reads.hold([row["passage_id"]], case_id, connection=connection)
        except NotFound:
            _LOG.info("the passage of case %s is not here: its package is", case_id)

    def _refuse(
        self, case_id: str, signed: SignedCase, signer: str, signed_at: datetime, reason: str
    ) -> str:
        now = self.clock.now()
        number = f"refused-{case_id[:16]}"
        row = _row(case_id, signed, signer, signed_at, now)
        row |= {"number": number, "specimen": False, "state": REFUSED, "reason": reason}
        with self.engine.begin() as connection:
            connection.execute(delete(prescriptions).where(prescriptions.c.case_id == case_id))
            self.log.append([events.refused(case_id, signer, now, reason)], connection=connection)
            connection.execute(insert(prescriptions).values(**row))
        return number


def _row(
    case_id: str, signed: SignedCase, signer: str, signed_at: datetime, now: datetime
) -> dict[str, Any]:
    """The columns of a case as signed; nothing is fined yet."""
    violation = signed.violation
    involved = {
        "signer": signer,
        "signed_at": signed_at.isoformat(),
        "reviewers": list(signed.reviewers),
    }
    return {
        "case_id": case_id,
        "passage_id": signed.passage_id,
        "site_id": signed.site_id,
        "camera_id": signed.camera_id,
        "offence": violation.offence.value,
        "plate": signed.plate,
        "owner_key": signed.plate,
        "article": violation.article,
        "base_article": violation.article,
        "violation": violation.model_dump_json(),
        "fine": "{}",
        "reason": "",
        "people": json.dumps(involved),
        "happened_us": us_of(violation.happened_at),
        "issued_us": us_of(now),
        "repeat_of": None,
        "fine_tenge": 0,
        "reduced_tenge": 0,
        "paid_tenge": 0,
        "refund_tenge": 0,
        "refunded_tenge": 0,
        "package": signed.package,
        "public_copy": signed.public_copy,
    }


def _fined(fine: Fine, earlier: Earlier | None) -> dict[str, Any]:
    return {
        "article": fine.article,
        "base_article": fine.base_article,
        "fine": fine.model_dump_json(),
        "fine_tenge": fine.tenge,
        "reduced_tenge": fine.reduced_tenge,
        "repeat_of": earlier.number if earlier else None,
    }
