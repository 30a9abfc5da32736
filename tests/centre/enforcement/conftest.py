"""Real cases on the desk: measured, judged and sealed by the product's own engines."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

import av
import cv2
import numpy as np
import pytest

from sergek.adapters.evidence.manifest import Software
from sergek.adapters.evidence.masking import public_package
from sergek.adapters.evidence.package import Media, Sealed, seal
from sergek.adapters.evidence.reading import SealedPackages
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.adapters.sql.intake import Intake
from sergek.centre.enforcement.actions import CaseActions
from sergek.centre.enforcement.arrivals import Arrivals
from sergek.centre.enforcement.copies import Copies
from sergek.centre.enforcement.projection import project_violations
from sergek.centre.enforcement.states import Decision
from sergek.centre.enforcement.views import CaseViews
from sergek.centre.papers import Papers
from sergek.core.event import Event
from sergek.core.masks import MaskPlan, MaskRow
from sergek.core.passage import Passage, passage_event
from sergek.core.violation import Violation, violation_event, violation_id
from sergek.testing.cases import FoundCase, Street
from sergek.testing.sites import read_plate
from sergek.traffic.rules.record import FactsRecord

CAMERAS = frozenset({"abay-1", "zhambyl-2"})
# The accused in the middle and somebody on the left.
MASKS = MaskPlan(
    rows=(MaskRow(at_s=0.5, own=(520, 330, 880, 560), persons=((40, 100, 200, 500),)),),
    stills={"overview_before": 0.5, "overview_after": 0.5},
)


@cache
def street_picture(text: str, shift: int = 0) -> bytes:
    """A road with a box that bears the plate."""
    picture = np.full((720, 1280, 3), 70, np.uint8)
    cv2.fillPoly(
        picture, [np.array([[500, 0], [780, 0], [1280, 720], [0, 720]])], (95, 95, 95), cv2.LINE_AA
    )
    x, y = 520 + shift, 330 + shift
    cv2.rectangle(picture, (x, y), (x + 300, y + 190), (60, 40, 150), -1)
    cv2.rectangle(picture, (x + 60, y + 120), (x + 240, y + 160), (250, 250, 250), -1)
    cv2.putText(picture, text, (x + 66, y + 150), cv2.FONT_HERSHEY_DUPLEX, 0.9, (0, 0, 0), 2)
    return cv2.imencode(".jpg", picture)[1].tobytes()


@cache
def clip(text: str) -> bytes:
    """A second of H.264 in fragmented MP4."""
    out = io.BytesIO()
    fragmented = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(out, "w", format="mp4", options=fragmented) as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        stream.time_base = Fraction(1, 25)
        for number in range(25):
            data = np.frombuffer(street_picture(text, number * 2), np.uint8)
            image = cv2.imdecode(data, cv2.IMREAD_COLOR)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return out.getvalue()


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.open(Path(tmp_path_factory.mktemp("key")) / "device.pem")


@dataclass
class Desk:
    """A house with violations; `sealed` maps a case to its package."""

    house: object
    device: SigningKey
    street: Street
    sealed: dict[str, Sealed] = field(default_factory=dict)
    number: int = 0

    def packages(self) -> SealedPackages:
        """A reader that trusts the device."""
        entry = self.device.trusted("TRZ-0001", "device", self.now - timedelta(days=300))
        trust = TrustList(published_at=self.now, keys=(entry,))
        return SealedPackages(lambda: (trust, "f" * 64))

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    def actions(self, name: str, cameras: frozenset[str] = CAMERAS) -> CaseActions:
        house = self.house
        return CaseActions(house.engine, house.log, house.reads, house.clock, name, cameras)

    def views(self, name: str = "reviewer", cameras: frozenset[str] = CAMERAS) -> CaseViews:
        return CaseViews(self.house.engine, name, cameras)

    def look(self, name: str, case_id: str) -> str:
        """The masked copy that the person is shown, made by the clockwork if it was not yet."""
        while self.copies().prepare():
            pass
        found = self.actions(name).copy(case_id)
        assert found is not None
        assert found.key is not None
        return found.key

    def copies(self, name: str = "system", cameras: frozenset[str] | None = None) -> Copies:
        """The copies of a house whose centre signs with the device's own key."""
        house = self.house
        stores = (house.engine, house.log, house.reads, house.evidence, house.clock)
        return Copies(*stores, self.papers(), name, cameras)

    def papers(self) -> Papers:
        """Papers that make masked copies."""
        return Papers(
            public_copy=lambda data, sha256, at, more: (
                public_package(data, sha256, self.device, at, more).data
            )
        )

    def sign(self, name: str, case_id: str) -> None:
        """Look at the masked copy and sign."""
        self.actions(name).sign(case_id, self.look(name, case_id))

    def approved(self, by: str = "reviewer", **found: object) -> str:
        """A case that somebody approved; its id."""
        case_id = self.find(**found)
        self.actions(by).type_plate(case_id, found.get("plate", "123ABC08"))
        self.actions(by).decide(case_id, Decision.APPROVE, seen=0)
        return case_id

    def intake(self) -> Intake:
        """The centre's inbox as wiring makes it."""
        return Intake(self.house.engine, self.house.log, projections=(project_violations,))

    def arrivals(self) -> Arrivals:
        house = self.house
        return Arrivals(
            house.engine, house.log, house.reads, house.evidence, house.clock, self.packages()
        )

    def find(
        self,
        speed_kmh: float = 85.0,
        plate: str | None = "123ABC08",
        *,
        before: timedelta = timedelta(minutes=5),
        seal_it: Callable[[bytes], bytes] = lambda data: data,
        take_in: bool = True,
        media: bool = True,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """A speeding vehicle becomes a case; its id."""
        self.number += 1
        status = {} if plate is None else {"plate": read_plate(plate)}
        when = self.now - before
        found = self.street.speeding(
            self.number, speed_kmh, status.get("plate", read_plate("123ABC08")), when
        )
        sealed = self.seal(found, media)
        told = {"package": sealed.sha256, "facts": {**found.violation.facts, **facts}}
        violation = found.violation.model_copy(update=told)
        case_id = violation_id(found.passage.passage_id, violation.offence)
        self.sealed[case_id] = sealed
        data = seal_it(sealed.data)
        if data:
            key = self.house.evidence.put(data)
            violation = violation.model_copy(update={"package": key})
        self.arrive(found.passage, violation)
        if take_in:
            self.arrivals().take_in()
        return case_id

    def arrive(self, passage: Passage, violation: Violation) -> Event:
        """The facts as the edge forwards them."""
        event = violation_event(
            passage.passage_id, passage.camera_id, self.street.site.id, violation
        )
        self.intake().append([passage_event(passage), event])
        return event

    def seal(self, found: FoundCase, media: bool) -> Sealed:
        """The package as the device makes it."""
        text = found.passage.plate.text if found.passage.plate else "?"
        pictures = [
            Media("overview_before", "image/jpeg", street_picture(text)),
            Media("overview_after", "image/jpeg", street_picture(text, 60)),
            Media("plate", "image/jpeg", street_picture(text, 20)),
            Media("clip", "video/mp4", clip(text)),
        ]
        return seal(
            site=self.street.site,
            violation=found.violation,
            record=FactsRecord.of(found.assessment.facts),
            measurement=found.assessment.speed,
            inputs=found.assessment.inputs,
            media=pictures if media else (),
            masks=MASKS,
            models=(Software(name="plate-finder", version="1", sha256="a" * 64),),
            log=None,
            created_at=found.violation.happened_at,
            key=self.device,
        )


@pytest.fixture
def desk(house, device) -> Desk:
    """An empty desk in a peopled house, whose centre can open packages."""
    made = Desk(house, device, Street(house.clock.now()))
    house.packages = made.packages()
    house.papers = made.papers()
    return made


@pytest.fixture
def anywhere(house, engine, device) -> Desk:
    """An empty desk without people on each kind of database."""
    other = type(house)(engine, type(house.clock)())
    made = Desk(other, device, Street(other.clock.now()))
    other.packages = made.packages()
    return made
