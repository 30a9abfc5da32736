"""Scene files and their faults."""

from pathlib import Path

import pytest
from tests.simulation.street.conftest import BASE, scene

from sergek.core.errors import ConfigError
from sergek.simulation.street.checks import problems_of
from sergek.simulation.street.fleet import build_fleet
from sergek.simulation.street.load import load_scene

ROOT = Path(__file__).parents[3]
SCENES = ROOT / "scenes"


@pytest.mark.parametrize("path", sorted(SCENES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_scene_of_the_repository_is_possible(path: Path) -> None:
    """Each committed scene loads without a fault and is named as its file."""
    assert load_scene(path).name == path.stem


def test_no_plate_drives_past_two_cameras_of_the_demo() -> None:
    """One on two cameras at once would be too far, too soon: a warning about a cloned plate."""
    seen: dict[str, str] = {}
    for clip in sorted(clip.stem for clip in (ROOT / "demo").glob("*.mp4")):
        for mover in build_fleet(load_scene(SCENES / f"{clip}.toml")):
            assert seen.setdefault(mover.text, clip) == clip
    assert len(seen) > 80


def _with_vehicle(**changes: object) -> tuple[str, ...]:
    one = {"kind": "sedan", "lane": 1, "at_y_m": 40, "speed_kmh": 60, **changes}
    return problems_of(scene(vehicle=[one]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"offset_m": 1.2}, "two lanes at once"),
        ({"lane": 7}, "no lane 7"),
        ({"plate": "52KTA08"}, "not of the layout kz-2012-car"),
        ({"plate": "527КТА08"}, "not of the layout kz-2012-car"),
        ({"layout": "kz-9999"}, "layout 'kz-9999' is unknown"),
        ({"colour": "pink"}, "colour 'pink' is unknown"),
        ({"change": {"to_lane": 2, "from_s": 1}}, "runs the other way"),
        ({"carries": "suv"}, "only a tow_truck"),
    ],
)
def test_an_impossible_vehicle_is_one_sentence(changes: dict[str, object], said: str) -> None:
    """A vehicle that cannot be is named with its place and reason."""
    (problem,) = _with_vehicle(**changes)
    assert problem.startswith("vehicle.0: ")
    assert said in problem
    assert problem.endswith(".")


def test_a_camera_under_the_ground_is_refused() -> None:
    """The depth is told."""
    camera = {**BASE["camera"], "position_m": [0, 0, -2]}
    (problem,) = problems_of(scene(camera=camera))
    assert problem == "camera.position_m: the camera stands 2 m under the ground."


def test_a_negative_gap_is_refused() -> None:
    """Scripted cars that run into one another, and traffic told to, are both refused."""
    one = {"kind": "sedan", "lane": 1, "at_y_m": 40, "speed_kmh": 60}
    (problem,) = problems_of(scene(vehicle=[one, {**one, "at_y_m": 43}]))
    assert "gap between them is negative at 0.0 s" in problem
    (problem,) = problems_of(scene(vehicle=[], traffic=[{"lane": 1, "gap_m": -1}]))
    assert problem.startswith("traffic.0: gap_m -1")


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Unknown keys and wrong types are listed together with their places."""
    path = tmp_path / "x.toml"
    path.write_text('name = "x"\nsped = 3\n[camera]\nfov_deg = "wide"\n')
    with pytest.raises(ConfigError) as caught:
        load_scene(path)
    text = "\n".join(caught.value.problems)
    assert "sped" in text
    assert "camera.fov_deg" in text
    assert "road" in text


def test_a_missing_or_broken_file_is_one_sentence(tmp_path: Path) -> None:
    """No file and no TOML are told apart."""
    with pytest.raises(ConfigError, match="There is no file"):
        load_scene(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = ")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_scene(tmp_path / "bad.toml")
