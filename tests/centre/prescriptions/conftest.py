"""A centre with one accepted site, and a desk that signs cases with real evidence packages."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sergek.adapters.disk.register import FileRegister
from sergek.adapters.evidence.casefile import jpeg
from sergek.adapters.evidence.masking import public_package
from sergek.adapters.evidence.package import Media, seal
from sergek.adapters.evidence.page import verification_page
from sergek.adapters.evidence.reading import SealedPackages
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.adapters.paper.forms import print_sheets
from sergek.adapters.paper.prescription import prescription_pdf
from sergek.centre.app import create_app
from sergek.centre.bookmark import LogReader
from sergek.centre.papers import Papers
from sergek.centre.prescriptions.api import actions_of, issuer_of, reader_of
from sergek.centre.prescriptions.quarantine import Quarantine, Scope
from sergek.centre.prescriptions.register import RegisterViews
from sergek.centre.sites.api import reader_of as alarms_reader
from sergek.core.event import Event, canonical_json, derive_id
from sergek.core.masks import MaskPlan, MaskRow, MoreMasks
from sergek.core.site import Site
from sergek.core.speed import SpeedInputs, SpeedMeasurement
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence, Violation, violation_id
from sergek.testing.facts import facts_along
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.calibration import calibrate
from sergek.traffic.law.book import law_book
from sergek.traffic.measure import measure, plate_size
from sergek.traffic.rules.judge import RULES
from sergek.traffic.rules.record import FactsRecord

LANE_ONE = [(0, -1.7, 34), (0.7, -1.7, 15)]
BUS_LANE = [(0, 5.2, 50), (3, 5.2, 10)]
ACCEPTED = {
    "signed_by": "A. Chief",
    "signed_at": "2022-03-01T00:00:00+06:00",
    "figures_sha256": "0" * 64,
}


@cache
def measured(kmh: float) -> tuple[SpeedMeasurement, SpeedInputs]:
    """A real measurement of about that speed, from the corners of a plate driving past."""
    mount, rng = Mount(), np.random.default_rng(6)
    channel, survey = survey_of(mount, rng)
    pose = calibrate(channel, survey).pose
    track = track_of(drive(mount, rng, np.array([kmh])), 0)
    result, inputs = measure(track, pose, channel, plate_size(VehicleClass.CAR, 1), 180.0)
    assert inputs is not None
    return result, inputs


def surveyed() -> Site:
    """The example's site, accepted, surveyed in January, without permits."""
    _, survey = survey_of(Mount(), np.random.default_rng(6))
    begun = survey.model_copy(update={"valid_from": datetime(2022, 1, 1, tzinfo=UTC)})
    channel = example_site().channels[0].model_copy(update={"surveys": (begun,)})
    return with_changes(example_site(), acceptance=ACCEPTED, permits=[], channels=[channel])


# The accused in the middle, a neighbour on the right, somebody on the pavement.
MASKS = MaskPlan(
    rows=(
        MaskRow(
            at_s=0.0,
            own=(200.0, 120.0, 440.0, 340.0),
            others=((460.0, 100.0, 620.0, 300.0),),
            persons=((20.0, 60.0, 70.0, 200.0),),
        ),
    ),
    stills={"overview_before": 0.0, "overview_after": 0.1},
)


@cache
def pictures() -> tuple[Media, ...]:
    """Two overviews with fine detail everywhere, and a plate."""
    rng = np.random.default_rng(4)
    made = []
    for role, size in (
        ("overview_before", (360, 640, 3)),
        ("overview_after", (360, 640, 3)),
        ("plate", (40, 160, 3)),
    ):
        data = jpeg(rng.integers(0, 255, size, dtype=np.uint8))
        made.append(Media(role, "image/jpeg", data))
    return tuple(made)


@dataclass
class Desk:
    """Signs cases, as the review desk does, and reads the register."""

    house: object
    key: SigningKey
    trust: TrustList
    count: int = 0
    signed: dict[str, Event] = field(default_factory=dict)
    # Whether packages hold pictures: they make everything slower.
    pictured: bool = False

    def site(self, **changes: object) -> None:
        """Let the city's file say otherwise."""
        site = with_changes(self.house.sites["abay-section"], **changes)
        self.house.sites["abay-section"] = site

    def speeding(self, kmh: float, day: int, plate: str = "123ABC08") -> str:
        """Somebody went that fast on that day of June 2022; the case is signed."""
        speed, inputs = measured(kmh)
        return self.sign(Offence.SPEEDING, LANE_ONE, day, plate, inputs, speed=speed)

    def bus_lane(self, day: int, plate: str = "123ABC08") -> str:
        """Somebody used the bus lane; the case is signed."""
        return self.sign(Offence.BUS_LANE, BUS_LANE, day, plate)

    def sign(
        self,
        offence: Offence,
        way: list,
        day: int,
        plate: str,
        inputs: SpeedInputs | None = None,
        **more: object,
    ) -> str:
        """Judge, seal, store, sign and let the register hear of it; the case id."""
        self.count += 1
        happened = datetime(2022, 6, 1, 8, tzinfo=UTC) + timedelta(days=day)
        facts = facts_along(
            way,
            passage_id=derive_id("passage", self.count),
            plate=read_plate(plate),
            happened_at=happened,
            **more,
        )
        site = self.house.sites["abay-section"]
        violation = RULES[offence](facts, site, law_book())
        assert isinstance(violation, Violation), violation
        sealed = seal(
            site=site,
            violation=violation,
            record=FactsRecord.of(facts),
            measurement=facts.speed,
            inputs=inputs,
            media=pictures() if self.pictured else (),
            masks=MASKS if self.pictured else None,
            models=(),
            log=None,
            created_at=happened,
            key=self.key,
        )
        key = self.house.evidence.put(sealed.data)
        case_id = violation_id(facts.passage_id, offence)
        event = Event(
            event_id=derive_id(case_id, "signed"),
            kind="case.signed",
            subject=case_id,
            happened_at=self.house.clock.now(),
            actor="signer",
            body={
                "site_id": site.id,
                "camera_id": facts.camera_id,
                "passage_id": facts.passage_id,
                "plate": plate,
                "vehicle_class": "car",
                "trial": False,
                "package": key,
                "public_copy": self.looked_at(key, happened) if self.pictured else None,
                "reviewers": ["reviewer"],
                "violation": violation.model_copy(update={"package": key}).model_dump(mode="json"),
                "status": "signed",
            },
        )
        self.signed[case_id] = event
        self.house.log.append([event])
        self.hear()
        return case_id

    def looked_at(self, package: str, at: datetime) -> str:
        """The masked copy at which the signer looked."""
        house = self.house
        copy = house.papers.public_copy(house.evidence.get(package), package, at, MoreMasks())
        return house.evidence.put(copy)

    @property
    def centre(self):
        """The application's centre over the house as it is now."""
        return create_app(self.house.wiring()).state.centre

    def hear(self) -> None:
        """Let the register read the log to its end."""
        reader: LogReader = reader_of(self.centre)
        reader.catch_up(self.house.engine, self.house.log)

    @property
    def register(self) -> RegisterViews:
        """The register."""
        return RegisterViews(self.house.engine)

    @property
    def actions(self):
        """The steps."""
        return actions_of(self.centre)

    @property
    def issuer(self):
        """Makes prescriptions."""
        return issuer_of(self.centre)

    @property
    def quarantine(self) -> Quarantine:
        """The quarantine over the register."""
        return Quarantine(self.house.engine, self.actions)

    @staticmethod
    def scope(**choice: object) -> Scope:
        """A choice of cases of the site."""
        return Scope.model_validate({"site_id": "abay-section"} | choice)

    def alarm(self, last_good_day: int) -> None:
        """The edge says that the camera moved after that day of June."""
        at = datetime(2022, 6, 1, 8, tzinfo=UTC) + timedelta(days=last_good_day)
        found = Event(
            event_id=derive_id("alarm", last_good_day),
            kind="site.disqualified",
            subject="abay-1",
            happened_at=at + timedelta(minutes=1),
            body={
                "site_id": "abay-section",
                "camera_id": "abay-1",
                "survey": "0" * 16,
                "last_good_at": at.isoformat(),
                "noticed_at": (at + timedelta(minutes=1)).isoformat(),
                "shift_px": 8.0,
            },
        )
        self.house.log.append([found])
        alarms_reader(self.centre).catch_up(self.house.engine, self.house.log)

    def of(self, case_id: str):
        """The case's prescription."""
        return self.register.of_case(case_id)

    def delivered(self, case_id: str, days_ago: int = 0) -> str:
        """Delivered that many days ago; the number."""
        number = self.of(case_id).number
        on = self.house.clock.now().date() - timedelta(days=days_ago)
        self.actions.deliver(number, on, "by post", "registrar")
        return number

    def paid(self, case_id: str) -> str:
        """Delivered today and paid at once, at the reduced rate; the number."""
        number = self.delivered(case_id)
        one = self.register.one(number)
        self.actions.pay(number, one.reduced_tenge, self.house.clock.now().date(), "registrar")
        return number


@pytest.fixture
def desk(house, tmp_path: Path) -> Desk:
    """The site of the example, accepted, without permits; today is 15 August 2022."""
    house.clock.wall = datetime(2022, 8, 15, 6, tzinfo=UTC)
    house.sites = {"abay-section": surveyed()}
    key = SigningKey.open(tmp_path / "device.pem")
    begun = datetime(2022, 1, 1, tzinfo=UTC)
    centre_key = SigningKey.open(tmp_path / "centre.pem")
    keys = key.trusted("TRZ-0001", "device", begun), centre_key.trusted("Taraz", "centre", begun)
    trust = TrustList(published_at=begun, keys=keys)
    made = Desk(house, key, trust)
    house.packages = SealedPackages(lambda: (trust, "f" * 64))
    house.papers = Papers(
        print_prescription=prescription_pdf,
        print_sheets=print_sheets,
        register=FileRegister(tmp_path / "register"),
        public_copy=lambda data, sha256, at, more: (
            public_package(data, sha256, centre_key, at, more).data
        ),
        trust_list=lambda: canonical_json(trust.model_dump(mode="json")),
        verification_page=verification_page,
        check_code=centre_key.code_of,
        check_address="https://sergek.example/check/{number}/{code}",
        issuer="Полиция департаменті",
    )
    return made
