"""From the edge's fact over the review desk to the printed pages, with nothing in between faked."""

from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from sergek.adapters.evidence.masking import public_package
from sergek.adapters.evidence.package import Media, seal
from sergek.adapters.evidence.reading import SealedPackages
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.adapters.paper.prescription import prescription_pdf
from sergek.adapters.sql.intake import Intake
from sergek.centre.app import create_app
from sergek.centre.enforcement.actions import CaseActions
from sergek.centre.enforcement.arrivals import Arrivals
from sergek.centre.enforcement.copies import Copies
from sergek.centre.enforcement.projection import project_violations
from sergek.centre.enforcement.states import Decision
from sergek.centre.enforcement.tables import cases
from sergek.centre.papers import Papers
from sergek.centre.prescriptions.api import reader_of
from sergek.centre.prescriptions.register import RegisterViews
from sergek.core.passage import passage_event
from sergek.core.violation import violation_event, violation_id
from sergek.testing.cases import Street
from sergek.testing.sites import read_plate, with_changes
from sergek.traffic.rules.record import FactsRecord

PLATE = "123ABC08"


@pytest.mark.parametrize("accepted", [False, True])
def test_a_violation_of_the_edge_becomes_a_document(house, engine, tmp_path: Path, accepted):
    """Sealed by a device, taken in, read and approved by one, signed by another: a specimen where
    the site is in trial, a numbered prescription where it was accepted before. On both databases.
    """
    house = type(house)(engine, house.clock)
    now = house.clock.now()
    street = Street(now)
    signed_at = (now - timedelta(days=60)).isoformat()
    record = {"signed_by": "A. Chief", "signed_at": signed_at, "figures_sha256": "0" * 64}
    site = with_changes(street.site, acceptance=record) if accepted else street.site
    device = SigningKey.open(tmp_path / "device.pem")
    entry = device.trusted("TRZ-0001", "device", now - timedelta(days=300))
    trust = TrustList(published_at=now, keys=(entry,))
    house.sites = {site.id: site}
    house.packages = SealedPackages(lambda: (trust, "f" * 64))

    found = street.speeding(1, 95.0, read_plate(PLATE), now - timedelta(minutes=5))
    plate = cv2.imencode(".jpg", np.full((40, 120, 3), 200, np.uint8))[1].tobytes()
    house.papers = Papers(
        print_prescription=prescription_pdf,
        public_copy=lambda data, sha256, at, more: (
            public_package(data, sha256, device, at, more).data
        ),
    )
    sealed = seal(
        site=site,
        violation=found.violation,
        record=FactsRecord.of(found.assessment.facts),
        measurement=found.assessment.speed,
        inputs=found.assessment.inputs,
        media=(Media("plate", "image/jpeg", plate),),
        models=(),
        log=None,
        created_at=found.violation.happened_at,
        key=device,
    )
    house.evidence.put(sealed.data)
    violation = found.violation.model_copy(update={"package": sealed.sha256})
    passage = found.passage
    event = violation_event(passage.passage_id, passage.camera_id, site.id, violation)
    intake = Intake(house.engine, house.log, projections=(project_violations,))
    intake.append([passage_event(passage), event])
    stores = (house.engine, house.log, house.reads, house.evidence, house.clock)
    Arrivals(*stores, house.packages).take_in()

    case_id = violation_id(passage.passage_id, violation.offence)

    def desk(name):
        return CaseActions(
            house.engine, house.log, house.reads, house.clock, name, frozenset({"abay-1"})
        )

    for version, name in enumerate(("reviewer", "operator")):
        if desk(name).type_plate(case_id, PLATE) and _status(house, case_id) != "approved":
            desk(name).decide(case_id, Decision.APPROVE, seen=version)
    assert Copies(*stores, house.papers).prepare() == 1
    desk("signer").sign(case_id, desk("signer").copy(case_id).key)

    centre = create_app(house.wiring()).state.centre
    reader_of(centre).catch_up(house.engine, house.log)
    one = RegisterViews(house.engine).of_case(case_id)
    assert one is not None
    assert one.reason == ""
    assert one.state == ("issued" if accepted else "specimen")
    assert one.plate == PLATE
    assert one.signer == "signer"
    assert one.package == sealed.sha256
    assert house.evidence.get(one.pdf_key).startswith(b"%PDF")
    assert house.reads.held(now + timedelta(days=1)) == [passage.passage_id]


def _status(house, case_id):
    with house.engine.connect() as connection:
        return connection.scalar(select(cases.c.status).where(cases.c.case_id == case_id))
