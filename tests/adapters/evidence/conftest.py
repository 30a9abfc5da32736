"""A real speeding case, sealed by a device, and the trust list that names its keys."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sergek.adapters.evidence.manifest import LogLink, Software
from sergek.adapters.evidence.package import Media, Sealed, seal
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.core.site import Site
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Violation
from sergek.testing.facts import WHEN, facts_along
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site
from sergek.traffic.calibration import calibrate
from sergek.traffic.law.book import law_book
from sergek.traffic.measure import measure, plate_size
from sergek.traffic.rules import speeding
from sergek.traffic.rules.record import FactsRecord


@dataclass(frozen=True)
class Case:
    """Everything that was sealed, so that a test can seal it otherwise."""

    site: Site
    original: Sealed
    device: SigningKey
    centre: SigningKey
    trust: TrustList
    parts: dict[str, object]

    def again(self, **changes: object) -> Sealed:
        """The same case with something else in it, properly signed."""
        return seal(**(self.parts | changes))


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), (shade, 90, 120)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], SigningKey]:
    folder = tmp_path_factory.mktemp("keys")
    return lambda name: SigningKey.open(Path(folder) / f"{name}.pem")


@pytest.fixture(scope="session")
def case(keys) -> Case:
    mount, rng = Mount(), np.random.default_rng(6)
    channel, survey = survey_of(mount, rng)
    pose = calibrate(channel, survey).pose
    track = track_of(drive(mount, rng, np.array([97.0])), 0)
    result, inputs = measure(track, pose, channel, plate_size(VehicleClass.CAR, 1), 180.0)
    assert inputs is not None
    facts = facts_along([(0, -1.7, 34), (0.7, -1.7, 15)], speed=result)
    site = example_site()
    violation = speeding.judge(facts, site, law_book())
    assert isinstance(violation, Violation)
    device, centre = keys("device"), keys("centre")
    long_ago = WHEN - timedelta(days=100)
    trust = TrustList(
        published_at=datetime(2022, 6, 1, tzinfo=UTC),
        keys=(
            device.trusted("TRZ-0001", "device", long_ago),
            centre.trusted("Taraz centre", "centre", long_ago),
        ),
    )
    parts: dict[str, object] = {
        "site": site,
        "violation": violation,
        "record": FactsRecord.of(facts),
        "measurement": result,
        "inputs": inputs,
        "media": [
            Media("overview_before", "image/jpeg", picture(40)),
            Media("overview_after", "image/jpeg", picture(200)),
            Media("plate", "image/jpeg", picture(120)),
            Media("clip", "video/mp4", bytes(range(256)) * 20),
        ],
        "models": [Software(name="plate-finder", version="1", sha256="a" * 64)],
        "log": LogLink(seq=7, digest="b" * 64),
        "created_at": WHEN + timedelta(seconds=3),
        "key": device,
    }
    return Case(site, seal(**parts), device, centre, trust, parts)
