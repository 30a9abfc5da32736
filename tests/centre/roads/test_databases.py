"""The register of roads on each kind of database."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from sergek.adapters.sql.event_log import SqlEventLog
from sergek.centre.roads.actions import NewAct, NewOwner, RoadActions
from sergek.centre.roads.prescribing import PrescribingActions
from sergek.centre.roads.states import Status, Step
from sergek.centre.roads.uploads import PhotoUploads
from sergek.centre.roads.views import RoadViews
from sergek.core.road import Commissioner, DefectFound
from sergek.testing.memory import HandClock, MemoryEvidenceStore

ZONE = ZoneInfo("Asia/Almaty")


@dataclass
class Desk:
    """The service's actions over one database."""

    engine: object

    def __post_init__(self):
        self.clock, self.evidence = HandClock(), MemoryEvidenceStore()
        wired = (self.engine, SqlEventLog(self.engine, self.clock), self.evidence, self.clock, ZONE)
        self.actions, self.prescribing = RoadActions(*wired), PrescribingActions(*wired)
        self.uploads = PhotoUploads(self.engine, self.evidence, self.clock)

    @property
    def views(self):
        return RoadViews(self.engine, self.clock.now().astimezone(ZONE))


@pytest.fixture
def desk(engine):
    return Desk(engine)


def test_a_defect_goes_from_the_phone_to_a_protocol_on_each_database(desk):
    """Photo in pieces, the defect twice, prescribed, served, overdue, visited, protocol."""
    owner = NewOwner(name="Owner", subject="small", department="Body")
    owner_id = desk.actions.save_owner(owner, "chief")
    people = (Commissioner(name="Somebody"),)
    day = desk.views.today
    number = desk.actions.open_act(NewAct(held_on=day, route="Abay", commission=people), "chief")
    photo = b"\xff\xd8\xff" + bytes(range(200))
    key = hashlib.sha256(photo).hexdigest()
    assert desk.uploads.add(key, 0, len(photo), photo[:100]) == 100
    assert desk.uploads.add(key, 100, len(photo), photo[100:]) is None
    found = DefectFound(
        defect_id="a" * 32,
        act_id=desk.views.act(number).act_id,
        kind="sign_dirty",
        place=(71.3667, 42.9003),
        owner_id=owner_id,
        photos=(key,),
        found_at=desk.clock.now(),
        found_by="surveyor",
    )
    for _ in range(2):
        assert desk.actions.take_in(found, "surveyor").result == "stored"
    paper = desk.prescribing.issue(["a" * 32], None, "chief")
    desk.prescribing.take(paper, Step.SERVE, "chief", "by hand", day)
    desk.clock.move(2 * 86_400)
    assert desk.prescribing.remind() == 1
    desk.prescribing.take(paper, Step.CHECK_NOT_DONE, "surveyor", "still dirty")
    assert desk.prescribing.take(paper, Step.PROTOCOL, "chief", "17") is Status.PROTOCOL
    one = desk.views.prescription(paper)
    assert (one.due_on, one.protocol) == (day + timedelta(days=1), "17")
    assert desk.views.standings()[0].protocols == 1
    assert len(desk.views.defects_of(desk.views.act(number))[0]) == 1
