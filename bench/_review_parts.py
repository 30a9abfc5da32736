"""A desk with ten thousand pending cases, the first of them with real sealed packages."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert, select

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.evidence.package import Media, seal
from sergek.adapters.evidence.reading import SealedPackages
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.intake import Intake
from sergek.adapters.sql.migrate import upgrade
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.centre.app import Wiring, serve
from sergek.centre.enforcement.arrivals import Arrivals
from sergek.centre.enforcement.projection import project_violations
from sergek.centre.enforcement.tables import cases
from sergek.centre.people.actions import Account, PeopleActions
from sergek.centre.rights import Role
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.event import derive_id
from sergek.core.passage import passage_event
from sergek.core.violation import violation_event
from sergek.testing.cases import Street
from sergek.testing.memory import MemoryBus
from sergek.testing.sites import read_plate
from sergek.traffic.rules.record import FactsRecord

PASSWORD = "a-bench-password-0"
_DEMO = Path(__file__).parent.parent / "demo"


def clip(folder: Path, seconds: int) -> bytes:
    """The first seconds of a demo clip, its packets as they are, in fragmented MP4."""
    made = folder / "clip.mp4"
    fragmented = ["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-c", "copy"]
    _ffmpeg("-t", str(seconds), *fragmented, str(made))
    return made.read_bytes()


def picture(folder: Path) -> bytes:
    """A picture of the same clip, JPEG."""
    made = folder / "frame.jpg"
    _ffmpeg("-frames:v", "1", str(made))
    return made.read_bytes()


def _ffmpeg(*arguments: str) -> None:
    source = str(_DEMO / "section.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *arguments], check=True)


def fill(folder: Path, pending: int, real: int, clip_s: int = 6) -> Wiring:
    """The wired parts of a centre: `real` cases from the engines, the rest copies of their rows."""
    engine = open_engine(f"sqlite:///{folder}/centre.db")
    upgrade(engine)
    clock, log = SystemClock(), SqlEventLog(engine)
    settings = CentreSettings(language="en", port=0)
    people = PeopleActions(engine, log, clock, settings)
    people.add(Account(name="reviewer", full_name="R", role=Role.REVIEWER), PASSWORD, "bench")
    evidence = DiskEvidenceStore(folder / "evidence")
    device = SigningKey.open(folder / "device.pem")
    entry = device.trusted("bench", "device", clock.now() - timedelta(days=300))
    trust = TrustList(published_at=clock.now(), keys=(entry,))
    packages = SealedPackages(lambda: (trust, "f" * 64))
    reads = SqlReadStore(engine)
    _real(folder, real, clip_s, Intake(engine, log, projections=(project_violations,)), evidence)
    arrivals = Arrivals(engine, log, reads, evidence, clock, packages)
    while arrivals.take_in():
        pass
    with engine.begin() as connection:
        first = connection.execute(select(cases).order_by(cases.c.happened_us)).mappings().all()
        rows = []
        for number in range(pending - real):
            like = dict(first[number % real])
            like["case_id"] = derive_id("bench", number)
            like["happened_us"] += (number + 1) * 1_000_000
            rows.append(like)
        connection.execute(insert(cases), rows)
    camera = Camera(id="abay-1", name="Abay", main="/none.mp4", place=(71.366, 42.899))
    return Wiring(
        settings=settings,
        engine=engine,
        log=log,
        reads=reads,
        coverage=SqlCoverageStore(engine),
        evidence=evidence,
        bus=MemoryBus(),
        cameras={"abay-1": camera},
        clock=clock,
        packages=packages,
    )


def _real(
    folder: Path, real: int, clip_s: int, intake: Intake, evidence: DiskEvidenceStore
) -> None:
    now = SystemClock().now()
    street, device = Street(now), SigningKey.open(folder / "device.pem")
    film, still = clip(folder, clip_s), picture(folder)
    for number in range(real):
        plate = read_plate(f"{number:03d}ABC08")
        speed = float(np.random.default_rng(number).uniform(78, 96))
        when = now - timedelta(days=2) + timedelta(seconds=number)
        found = street.speeding(number + 1, speed, plate, when)
        assert found.assessment.facts is not None
        sealed = seal(
            site=street.site,
            violation=found.violation,
            record=FactsRecord.of(found.assessment.facts),
            measurement=found.assessment.speed,
            inputs=found.assessment.inputs,
            media=[
                Media("overview_before", "image/jpeg", still),
                Media("overview_after", "image/jpeg", still),
                Media("plate", "image/jpeg", still),
                Media("clip", "video/mp4", film),
            ],
            models=(),
            log=None,
            created_at=found.violation.happened_at,
            key=device,
        )
        violation = found.violation.model_copy(update={"package": evidence.put(sealed.data)})
        passage = found.passage
        fact = violation_event(passage.passage_id, "abay-1", street.site.id, violation)
        intake.append([passage_event(passage), fact])


@contextmanager
def served(wiring: Wiring) -> Iterator[str]:
    """The centre on a free port; its address."""
    server = serve(wiring)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            sys.exit("the centre did not start")
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
