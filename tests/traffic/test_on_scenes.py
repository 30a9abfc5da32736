"""The whole measurement against the truth of simulated streets, which knows nothing of it."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from sergek.core.plate import Corners
from sergek.core.site import Channel, Survey, SurveyPoint
from sergek.core.speed import PlateTrack
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence
from sergek.simulation.street.fleet import build_fleet
from sergek.simulation.street.load import load_scene
from sergek.simulation.street.observe import events_of, frame_truth, header_of
from sergek.simulation.truth import TruthFrame, TruthHeader, read_truth
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.assess import Assessor, SeenPassage
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import measure, plate_size
from sergek.traffic.rules.verdict import Lamp, LampChange

ROOT = Path(__file__).parents[2]
SECTION = ROOT / "demo" / "section.truth.jsonl.gz"
JUNCTION = ROOT / "scenes" / "junction.toml"
LAMPS = {
    "green": Lamp.GREEN,
    "green_flash": Lamp.FLASHING,
    "yellow": Lamp.AMBER,
    "red": Lamp.RED,
    "red_yellow": Lamp.RED_AMBER,
}


def surveyed(header: TruthHeader, rng: np.random.Generator) -> tuple[Channel, Survey]:
    """The scene's camera surveyed from road points with half a pixel and a centimetre."""
    projection, points = np.array(header.projection), []
    for x in (-5.25, -1.75, 1.75, 5.25):
        for y in (18.0, 22.0, 26.0, 30.0, 34.0, 38.0):
            u, v, w = projection @ [x, y, 0.0, 1.0]
            pixel = np.array([u, v]) / w
            if not ((pixel > 0) & (pixel < [header.width, header.height])).all():
                continue
            pixel, ground = pixel + rng.normal(0, 0.5, 2), rng.normal([x, y], 0.01)
            points.append(SurveyPoint(name=f"{x},{y}", pixel=tuple(pixel), ground_m=tuple(ground)))
    survey = Survey(valid_from=datetime(2022, 1, 1, tzinfo=UTC), points=tuple(points))
    channel = Channel(camera_id="abay-1", width=header.width, height=header.height)
    return channel.model_copy(update={"surveys": (survey,)}), survey


def noisy(corners: Corners, rng: np.random.Generator) -> Corners:
    a, b, c, d = (np.array(corners) + rng.normal(0, 0.4, (4, 2))).tolist()
    return tuple(a), tuple(b), tuple(c), tuple(d)


def tracks(frames: list[TruthFrame], rng: np.random.Generator, least_px: float = 50.0):
    """Per vehicle: (vehicle at each picture, plate track) where its plate is legible and whole."""
    seen = defaultdict(list)
    for frame in frames:
        for vehicle in frame.vehicles:
            for plate in vehicle.plates:
                wide = np.linalg.norm(np.subtract(plate.corners[1], plate.corners[0]))
                if plate.visible_share > 0.99 and wide > least_px:
                    seen[vehicle.vehicle_id].append(
                        (vehicle, frame.index, frame.media_s, noisy(plate.corners, rng))
                    )
    for rows in seen.values():
        vehicles, index, times, corners = zip(*rows, strict=True)
        yield vehicles, PlateTrack(index, times, times, corners)


@pytest.mark.skipif(not SECTION.exists(), reason="the demo clip's truth is not in this checkout")
def test_speeds_of_the_demo_section_agree_with_its_truth():
    """Every car with six legible pictures: measured, within U, half a km/h on average."""
    rng = np.random.default_rng(8)
    header, body = read_truth(SECTION)
    channel, survey = surveyed(header, rng)
    pose = calibrate(channel, survey).pose
    frames = [line for line in body if isinstance(line, TruthFrame)]
    errors, covered, wanted = [], 0, 0
    for vehicles, track in tracks(frames, rng):
        kind = vehicles[0].vehicle_class
        if len(vehicles) < 6:
            continue
        wanted += 1
        size = plate_size(kind, 2 if kind is VehicleClass.MOTORCYCLE else 1)
        speed, _ = measure(track, pose, channel, size, vehicles[0].heading_deg)
        if speed.status == "measured":
            true = np.interp(speed.media_s, track.media_s, [v.speed_kmh for v in vehicles])
            errors.append(speed.kmh - true)
            covered += abs(errors[-1]) <= speed.u_kmh
    assert wanted >= 15
    assert len(errors) >= 0.95 * wanted
    assert np.mean(np.abs(errors)) <= 0.5
    assert np.max(np.abs(errors)) <= 3.0
    assert covered >= 0.95 * len(errors)


def test_the_red_light_runner_of_the_demo_junction_is_found_and_nobody_else():
    """Around the change to red: one runs it, one just made it on amber."""
    rng, scene = np.random.default_rng(4), load_scene(JUNCTION)
    fleet, header = build_fleet(scene), header_of(scene, "none")
    span = range(int(14 * header.fps), int(19.5 * header.fps), 2)
    frames = [frame_truth(scene, fleet, i) for i in span]
    runners = {
        e.vehicle_id for e in events_of(scene, fleet) if e.facts.get("on_red") and e.media_s < 20
    }
    assert len(runners) == 1
    channel, _ = surveyed(header, rng)
    lanes = [
        {
            "number": number,
            "polygon_m": [[x, 0], [x + 3.5, 0], [x + 3.5, 90], [x, 90]],
            "heading_deg": heading,
            "valid_from": datetime(2015, 1, 1, tzinfo=UTC),
        }
        for number, x, heading in ((1, 3.5, 0), (2, 0.0, 0), (3, -3.5, 180))
    ]
    stop = example_site().lines[0].model_dump() | {
        "points_m": [[-3.5, header.stop_line_y_m], [7.0, header.stop_line_y_m]]
    }
    changes = {"channels": [channel.model_dump()], "lanes": lanes, "lines": [stop], "zones": []}
    assessor = Assessor(with_changes(example_site(), **changes))
    accused = {}
    for vehicles, track in tracks(frames, rng, 35.0):
        if len(vehicles) < 6:
            continue
        seen = SeenPassage(
            passage_id="0" * 32,
            camera_id="abay-1",
            vehicle_class=vehicles[0].vehicle_class,
            track=track,
            happened_at=datetime(2022, 7, 1, 8, tzinfo=UTC),
            plate=read_plate("123ABC08"),
            lamps=lamps_of(frames),
        )
        for violation in assessor.assess(seen).violations:
            if violation.offence is Offence.RED_LIGHT:
                accused[vehicles[0].vehicle_id] = violation
    assert set(accused) == runners
    assert accused[min(runners)].margin > 1.0


def lamps_of(frames: list[TruthFrame]) -> tuple[LampChange, ...]:
    changes: list[LampChange] = []
    for frame in frames:
        lamp = LAMPS[frame.lamps["main"]]
        if not changes or changes[-1].lamp is not lamp:
            changes.append(LampChange("main", frame.media_s, lamp))
    return tuple(changes)
