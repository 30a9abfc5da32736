"""Truth from geometry."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.street.conftest import BASE, scene

from sergek.simulation.street import bodies
from sergek.simulation.street.fleet import build_fleet
from sergek.simulation.street.load import load_scene
from sergek.simulation.street.observe import events_of, frame_truth, header_of
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.scene import VehicleKind

SCENES = Path(__file__).parents[3] / "scenes"


@settings(max_examples=25, deadline=None)
@given(speed=st.floats(20, 140), fps=st.sampled_from([12.5, 25.0, 30.0]))
def test_speed_from_truth_positions_equals_the_stated_speed(speed: float, fps: float) -> None:
    """Two frames' positions over their times give the speed that the scene states."""
    video = {**BASE["video"], "fps": fps}
    vehicle = {"kind": "sedan", "lane": 1, "at_y_m": 48, "speed_kmh": speed}
    one = scene(video=video, vehicle=[vehicle])
    fleet = build_fleet(one)
    a, b = (frame_truth(one, fleet, k) for k in (0, 4))
    (va,), (vb,) = a.vehicles, b.vehicles
    way = np.hypot(*np.subtract(vb.position_m, va.position_m))
    assert abs(way / (b.media_s - a.media_s) * 3.6 - speed) < 0.01
    assert va.speed_kmh == pytest.approx(speed, abs=1e-3)


def test_plate_corners_are_the_projection_of_metres() -> None:
    """The header's matrix maps the plate's place in metres onto its corners in pixels."""
    one = scene()
    fleet = build_fleet(one)
    truth = frame_truth(one, fleet, 3)
    matrix = np.array(header_of(one, "none").projection)
    for vehicle in truth.vehicles:
        for plate in vehicle.plates:
            x, y = vehicle.position_m
            ahead = -1 if vehicle.lane == 1 else 1
            length = fleet[vehicle.vehicle_id - 1].body.length_m
            face = y + ahead * 0.014 if ahead < 0 else y - length - 0.014
            corners = [
                (x + dx, face, plate.height_m + dz)
                for dx, dz in ((-0.26, 0.056), (0.26, 0.056), (0.26, -0.056), (-0.26, -0.056))
            ]
            seen = np.array([[*c, 1.0] for c in corners]) @ matrix.T
            assert np.abs(seen[:, :2] / seen[:, 2:] - plate.corners).max() < 0.01


def test_who_stands_behind_is_partly_hidden() -> None:
    """A car right behind a bus shows less of itself than the bus; a lone car shows all."""
    bus = {"kind": "bus", "lane": 1, "at_y_m": 30, "speed_kmh": 30}
    car = {"kind": "sedan", "lane": 1, "at_y_m": 43, "speed_kmh": 30}
    hidden = scene(vehicle=[bus, car])
    shares = {
        v.vehicle_id: v.visible_share for v in frame_truth(hidden, build_fleet(hidden), 0).vehicles
    }
    assert shares[1] > 0.5
    assert shares.get(2, 0.0) < 0.5
    alone = scene(vehicle=[{**car, "at_y_m": 34}])
    (seen,) = frame_truth(alone, build_fleet(alone), 0).vehicles
    assert seen.visible_share > 0.97


def test_a_red_light_runner_is_an_event_with_its_moment() -> None:
    """The event is when the front bumper is over the line, with the lamp and since when."""
    one = scene(
        road={**BASE["road"], "stop_line_y_m": 32},
        signal=[{"position_m": [4, 32, 3], "lanes": [2], "phases": [["green", 1], ["red", 9]]}],
        vehicle=[{"kind": "sedan", "lane": 2, "at_y_m": 12, "speed_kmh": 36, "plate": "527KTA08"}],
    )
    (event,) = events_of(one, build_fleet(one))
    assert event.name == "stop_line_crossed"
    assert event.media_s == pytest.approx(2.0, abs=1e-3)
    assert event.facts["on_red"] is True
    assert event.facts["lamp_for_s"] == pytest.approx(1.0, abs=1e-3)
    assert event.facts["plate"] == "527KTA08"


def test_a_lane_change_over_the_solid_line_is_told() -> None:
    """The moment is the middle of the change, when the lane in the truth changes too."""
    lanes = [
        {"number": 1, "centre_x_m": 1.75, "direction": "receding"},
        {"number": 2, "centre_x_m": 5.25, "direction": "receding"},
    ]
    one = scene(
        road={"lanes": lanes, "surroundings": "bare", "stop_line_y_m": 60, "solid_from_y_m": 20},
        vehicle=[
            {
                "kind": "suv", "lane": 1, "at_y_m": 20, "speed_kmh": 36,
                "change": {"to_lane": 2, "from_s": 0.5, "takes_s": 2},
            }
        ],
    )  # fmt: skip
    fleet = build_fleet(one)
    (event,) = events_of(one, fleet)
    assert (event.name, event.media_s, event.facts["over_solid"]) == ("lane_changed", 1.5, True)
    assert [fleet[0].lane_at(t) for t in (1.4, 1.6)] == [1, 2]


def test_a_bumped_camera_gives_its_own_matrix_from_that_moment() -> None:
    """Before the bump the header's matrix holds, after it each frame carries another."""
    one = scene(camera={**BASE["camera"], "bumps": [{"at_s": 1.0, "yaw_deg": 1.0}]})
    fleet = build_fleet(one)
    assert frame_truth(one, fleet, 9).projection is None
    moved = frame_truth(one, fleet, 10).projection
    assert moved is not None
    # A yaw to the right by 1° moves what lay in the middle left by f·tan 1°.
    optics = optics_at(one, 0.0)
    ahead = optics.position_m + optics.rotation[2] * 30
    pixel = np.array(moved) @ [*ahead, 1.0]
    expected = one.video.width / 2 - optics.focal_px * np.tan(np.radians(1.0))
    assert pixel[0] / pixel[2] == pytest.approx(expected, abs=1e-6)


def test_a_seed_gives_the_same_truth() -> None:
    """The same scene twice is the same to the last digit; another seed is another traffic."""
    traffic = [{"lane": 1, "headway_s": 2.0, "speed_kmh": 50}]
    a, b, c = (scene(seed=s, traffic=traffic, vehicle=[]) for s in (5, 5, 6))
    truths = [
        [frame_truth(s, build_fleet(s), k).model_dump_json() for k in (0, 12, 29)]
        for s in (a, b, c)
    ]
    assert truths[0] == truths[1]
    assert truths[0] != truths[2]


def test_two_cameras_of_a_section_see_the_same_vehicles_a_distance_apart() -> None:
    """Entering and leaving times over 400 m give each vehicle's mean speed; the second camera's
    header says how far its clock is ahead."""
    first, second = (load_scene(SCENES / f"link-{name}.toml") for name in ("first", "second"))
    fleets = [build_fleet(each) for each in (first, second)]
    assert second.road_from_m - first.road_from_m == -400
    assert header_of(second, "none").clock_offset_s == pytest.approx(0.35)
    assert [m.text for m in fleets[0]] == [m.text for m in fleets[1]]
    means = []
    for before, after in zip(*fleets, strict=True):
        entered, left = (m.path.reaches(30.0, s.video.seconds)
                         for m, s in ((before, first), (after, second)))  # fmt: skip
        assert entered is not None
        assert left is not None
        driven = float(before.path.profile.distance(left) - before.path.profile.distance(entered))
        assert driven == pytest.approx(400.0, abs=0.01)
        means.append(400 / (left - entered) * 3.6)
    assert means == pytest.approx([113, 72, 68], abs=1)


def test_a_tow_truck_with_a_car_on_it_is_one_vehicle() -> None:
    """The load shows no plate, is nobody of its own, and is no higher than the cab."""
    truck = {"kind": "tow_truck", "lane": 2, "at_y_m": 36, "speed_kmh": 30, "plate": "512AA08",
             "layout": "kz-2012-legal"}  # fmt: skip
    seen = []
    for changes in ({}, {"carries": "suv"}):
        one = scene(vehicle=[{**truck, **changes}])
        (vehicle,) = frame_truth(one, build_fleet(one), 0).vehicles
        assert [plate.text for plate in vehicle.plates] == ["512AA08"]
        assert vehicle.vehicle_class == "truck"
        seen.append(vehicle.box)
    bare, loaded = seen
    assert loaded == pytest.approx(bare, abs=3)


def test_a_plate_hangs_on_a_body_that_all_of_its_kind_share() -> None:
    """Another plate or tilt costs no new body; the plate's size and turn are its own."""
    a = bodies.vehicle(VehicleKind.SUV, (520.0, 112.0))
    b = bodies.vehicle(VehicleKind.SUV, (290.0, 170.0), 5.0)
    assert all(p is q for p, q in zip(a.parts, b.parts, strict=True))
    for body, (wide, high), turned in ((a, (0.52, 0.112), 0.0), (b, (0.29, 0.17), 5.0)):
        for spot in body.plates:
            along, down = spot.corners[1] - spot.corners[0], spot.corners[3] - spot.corners[0]
            assert np.linalg.norm(along) == pytest.approx(wide)
            assert np.linalg.norm(down) == pytest.approx(high)
            assert abs(np.degrees(np.arcsin(along[2] / wide))) == pytest.approx(turned)
            ahead = np.cross(down, along)[0]
            assert (ahead > 0) == (spot.end == "front")
