"""A site's watch over one run: time stamps, lamps and drift reach the verdict."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sergek.core.passage import Passage
from sergek.core.plate import PlateLook
from sergek.core.speed import Rejection
from sergek.core.vehicle import Box, VehicleClass
from sergek.edge.assessing import SiteWatch
from sergek.edge.drifting import DriftGuard, MemoryReferences
from sergek.edge.looks import Look, LookShelf
from sergek.edge.vehicles import Vehicle
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.siteacts import Voided, amended, element_id

MOUNT = Mount(k1=0.0)
START = datetime(2022, 7, 1, 8, tzinfo=UTC)
DARK = -1


@dataclass
class Stamp:
    """What a packet says of its times."""

    arrived_s: float
    captured_at: datetime = START


class Picture:
    """A decoded picture whose own stamp and look the test chooses."""

    def __init__(self, media_s, arrived_s=0.0, shift=0):
        self.media_s = media_s
        self.packet = Stamp(arrived_s)
        self._shift = shift

    def image(self):
        rng = np.random.default_rng(7)
        big = np.full((1080, 1960, 3), 90, np.uint8)
        if self._shift == DARK:
            return big[:, :1920].copy()
        for _ in range(200):
            x, y = int(rng.integers(0, 1900)), int(rng.integers(0, 1000))
            big[y : y + 50, x : x + 50] = rng.integers(30, 230, 3)
        return np.ascontiguousarray(big[:, self._shift : self._shift + 1920])


def watched(stamped=True, shifts=(0,), box=None, others=(), decided=lambda site: site):
    """A passage assessed; `decided` is what becomes of the site while the vehicle is in sight."""
    channel, survey = survey_of(MOUNT, np.random.default_rng(3))
    data = channel.model_dump() | {"corner_sigma_px": 0.5, "corner_bias_px": 0.1}
    site = with_changes(
        example_site(), channels=[data | {"surveys": [survey.model_dump()]}], heads=[], lines=[]
    )
    sites = [site]
    watch = SiteWatch(lambda: sites[-1], "abay-1", lambda _: 1, live=False, started_at=START)
    track = track_of(drive(MOUNT, np.random.default_rng(1), np.array([100.0])), 0)
    for i, shift in enumerate(shifts):
        watch.look(Picture(i * 6.0, shift=shift), i * 6.0, START)
    vehicle = Vehicle(
        1,
        "run",
        Box(0, 0, 9, 9),
        0.0,
        START,
        LookShelf(5, 0.1),
        Box(0, 0, 9, 9),
        1.0,
        START,
        VehicleClass.CAR,
    )
    for index, media_s, corners in zip(
        track.frame_index, track.media_s, track.corners, strict=True
    ):
        picture = Picture(media_s if stamped else None)
        watch.timed(picture, media_s)
        moved = tuple((x - 100, y - 50) for x, y in corners)
        look = Look(
            box or Box(0, 0, 9, 9), media_s, 0.0, 1.0, index, origin=(100, 50), vehicles=others
        )
        at = Box(0, 0, 9, 9)
        vehicle.plate_looks.append((look, PlateLook(at, moved, "123ABC08", (), 1.0, 1.0)))
    passage = Passage(
        passage_id="0" * 32,
        camera_id="abay-1",
        run_id="run",
        track_id=1,
        vehicle_class=VehicleClass.CAR,
        class_score=1.0,
        entered_at=START,
        left_at=START,
        entered_s=0.0,
        left_s=1.0,
        plate=read_plate("123ABC08"),
    )
    sites.append(decided(site))
    return watch.assess(vehicle, passage)


def test_plate_looks_become_a_speed_and_a_violation():
    """Corners of crops are moved back onto the picture, times are the source's own."""
    found = watched()
    assert found.speed.kmh == pytest.approx(100, abs=2)
    assert [v.article for v in found.violations] == ["592 ч. 2"]


def test_a_source_without_stamps_is_not_measured():
    """The judged clock fills them in for showing, never for measuring."""
    assert watched(stamped=False).speed.reason is Rejection.PTS_MISSING


def test_a_camera_bumped_by_eight_pixels_stops_issuing_within_a_minute():
    """One check in six seconds, three in a row: after 18 seconds nothing is accused."""
    found = watched(shifts=(0, 0, 8, 8, 8))
    assert found.speed.reason is Rejection.CAMERA_MOVED
    assert found.violations == ()
    assert watched(shifts=(0, 0, 0, 0, 0)).violations != ()


def test_a_minute_in_which_nobody_could_tell_stops_every_case():
    """Half a minute of darkness is borne; after a minute nothing may be issued until a picture
    agrees with the reference again."""
    _, survey = survey_of(MOUNT, np.random.default_rng(3))
    guard = DriftGuard("s", "abay-1", MemoryReferences(), lambda _: None)
    faults = []
    for second, shift in [(0, 0), (6, DARK), (36, DARK), (66, DARK), (90, DARK), (96, 0)]:
        at = START + timedelta(seconds=second)
        guard.look(Picture(second, shift=shift), survey, [], second, at)
        faults.append(guard.fault(at))
    unchecked = Rejection.CAMERA_UNCHECKED
    assert faults == [None, None, None, unchecked, unchecked, None]
    assert guard.last_good_at == START + timedelta(seconds=96)


def test_a_case_says_when_the_camera_was_last_checked():
    """The look at the background is one of the facts that an officer and the accused read."""
    (violation,) = watched(shifts=(0, 0)).violations
    assert violation.facts["camera_checked_at"] == "2022-07-01T08:00:06+00:00"


def test_nothing_is_told_of_a_vehicle_seen_on_a_carrier():
    """The car's box stands high within a lorry's on every picture: no speed and no case."""
    found = watched(box=Box(120, 100, 200, 160), others=(Box(100, 60, 220, 240),))
    assert found.speed.reason is Rejection.TOWED
    assert found.violations == ()


def test_what_is_decided_about_the_site_during_a_run_holds_for_the_next_vehicle():
    """The limit is found to have been unlawful while the camera runs: nobody is accused by it."""
    limit = element_id(example_site().limits[0])
    found = watched(decided=lambda site: amended(site, [Voided(element=limit, act="court")]))
    assert found.speed.kmh == pytest.approx(100, abs=2)
    assert found.violations == ()
