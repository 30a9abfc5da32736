"""What is drawn stands where the truth says."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.simulation.street.conftest import BASE, found_corners, scene

from sergek.simulation.street.film import film, pictures
from sergek.simulation.street.observe import frame_truth
from sergek.simulation.street.raster import Raster
from sergek.simulation.street.stage import Stage
from sergek.simulation.truth import read_truth

pytestmark = pytest.mark.usefixtures("_egl")


def _stage(tmp_path: Path, **changes: object) -> Stage:
    return Stage(scene(**changes), tmp_path, background="drawn")


def test_truth_corners_are_the_drawn_corners(tmp_path: Path) -> None:
    """The drawn plate's corners, found in the picture, lie within half a pixel of the truth."""
    vehicle = {"kind": "sedan", "colour": "black", "lane": 1, "at_y_m": 27, "speed_kmh": 0}
    camera = {**BASE["camera"], "fov_deg": 8}
    stage = _stage(tmp_path, camera=camera, vehicle=[vehicle], light={"sky": "overcast"})
    (seen,) = frame_truth(stage.scene, stage.fleet, 0).vehicles
    stage._faces = {k: np.full_like(f, 255) for k, f in stage._faces.items()}
    found = found_corners(stage.paint(0), seen.plates[0])
    stage.close()
    assert np.abs(found - np.array(seen.plates[0].corners)).max() < 0.5


def test_the_box_holds_what_is_drawn(tmp_path: Path) -> None:
    """Pixels that differ from the empty street above the road are inside the true box."""
    vehicle = {"kind": "suv", "colour": "white", "lane": 1, "at_y_m": 34, "speed_kmh": 0}
    stage = _stage(tmp_path, vehicle=[vehicle], light={"sky": "overcast"})
    (seen,) = frame_truth(stage.scene, stage.fleet, 0).vehicles
    full = stage.paint(0).astype(int)
    changed = np.abs(full - stage.paint(0, fleet=())).max(2) > 60
    stage.close()
    rows, columns = np.nonzero(changed)
    x1, y1, x2, _ = seen.box
    assert columns.min() >= x1 - 1.5
    assert rows.min() >= y1 - 1.5
    assert columns.max() <= x2 + 0.5
    assert abs(columns.min() - x1) < 3
    assert abs(columns.max() + 1 - x2) < 3
    assert abs(rows.min() - y1) < 3


def test_a_seed_gives_the_same_pixels(tmp_path: Path) -> None:
    """On one machine a scene drawn twice, background included, is the same picture."""
    drawn = []
    for _ in range(2):
        stage = _stage(tmp_path, video={**BASE["video"], "width": 160, "height": 90})
        drawn.append(stage.paint(7))
        stage.close()
    assert np.array_equal(*drawn)


def test_an_interrupted_film_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Pieces that are whole are kept; dropped pictures and clock jumps reach the file."""
    video = {"width": 128, "height": 72, "fps": 5, "seconds": 10, "key_frame_s": 1, "crf": 12}
    faults = [{"kind": "drop", "at_s": 1, "frames": 2}, {"kind": "jump", "at_s": 6, "jump_s": 0.8}]
    one = scene(video=video, fault=faults)
    asked: list[int] = []

    def painter(index: int) -> np.ndarray:
        asked.append(index)
        if index == 25 and len(asked) < 30:
            raise KeyboardInterrupt
        return np.full((72, 128, 3), 30 + 4 * index, np.uint8)

    with pytest.raises(KeyboardInterrupt):
        film(one, (), painter, "none", tmp_path)
    made = film(one, (), painter, "none", tmp_path)
    assert made.resumed_frames == 20
    assert asked.count(3) == 1
    shown = [(float(p.mean()) - 30) / 4 for p in pictures(made.video)]
    assert len(shown) == 48
    expected = [*range(5), *range(7, 50)]
    assert max(abs(v - shown[0] - k) for v, k in zip(shown, expected, strict=True)) < 0.5
    header, _ = read_truth(made.truth)
    assert header.frames == 50
    times = _times(made.video)
    assert times[30 - 2] - times[29 - 2] == pytest.approx(1.0, abs=1e-3)


def _times(path: Path) -> list[float]:
    import av

    with av.open(str(path)) as source:
        return [frame.time for frame in source.decode(video=0) if frame.time is not None]


def test_what_is_out_of_the_picture_is_not_drawn_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same pixels with every vehicle drawn and with those in view only."""
    away = {"kind": "suv", "lane": 1, "at_y_m": 150.0, "speed_kmh": 60.0}
    stage = _stage(tmp_path, vehicle=(*BASE["vehicle"], away))
    culled = stage.paint(0)
    monkeypatch.setattr(Raster, "_in_view", lambda self, one: True)
    assert np.array_equal(stage.paint(0), culled)
    stage.close()


def test_a_window_holds_the_same_pixels_as_the_whole_picture(tmp_path: Path) -> None:
    """By day and by night a part drawn alone equals that part of the picture drawn whole."""
    for sky in ("day", "night"):
        stage = _stage(tmp_path, light={"sky": sky})
        part = stage.paint(3, window=(200, 60, 420, 290))
        whole = stage.paint(3)
        stage.close()
        assert np.array_equal(part, whole[60:290, 200:420])
        assert whole[60:290, 200:420].std() > 5


def test_a_far_plate_keeps_its_white_margin(tmp_path: Path) -> None:
    """On a plate 38 px wide a white margin of one pixel, dark inside, keeps nine tenths of its
    light: it is not smeared inwards (with coarse texture levels half of it was lost)."""
    vehicle = {"kind": "sedan", "colour": "black", "lane": 1, "at_y_m": 27, "speed_kmh": 0}
    stage = _stage(tmp_path, vehicle=[vehicle], light={"sky": "overcast"})
    (seen,) = frame_truth(stage.scene, stage.fleet, 0).vehicles
    (left, top), (right, _), _, (_, below) = np.array(seen.plates[0].corners)
    face = np.full((224, 1040, 3), 255, np.uint8)
    light = []
    for dark in (np.s_[:0], np.s_[:, 26:-26], np.s_[:]):
        face[dark] = 0
        stage._faces = {k: face.copy() for k in stage._faces}
        row = stage.paint(0)[round((top + below) / 2), round(left - 4) : round(right + 4)]
        light.append(_scene_light(row).mean())
    stage.close()
    white, margins, dark_all = light
    assert (margins - dark_all) / (white - dark_all) == pytest.approx(0.05, rel=0.15)


def test_an_edge_mixes_light_as_a_sensor_does(tmp_path: Path) -> None:
    """The light of a white plate less that of a black one is that of its true area: were tones
    mixed in its edge pixels instead, a twentieth of so small a plate would be lost."""
    vehicle = {"kind": "sedan", "colour": "black", "lane": 1, "at_y_m": 26, "speed_kmh": 20}
    stage = _stage(tmp_path, vehicle=[vehicle], light={"sky": "overcast"})
    shares = []
    for index in range(6):
        (seen,) = frame_truth(stage.scene, stage.fleet, index).vehicles
        corners = np.array(seen.plates[0].corners)
        light = []
        for tone in (0, 255):
            stage._faces = {k: np.full_like(face, tone) for k, face in stage._faces.items()}
            light.append(_scene_light(stage.paint(index)[..., 1]))
        gained = light[1] - light[0]
        x, y = corners.mean(0).astype(int)
        inside = np.median(gained[y - 1 : y + 2, x - 9 : x + 9])
        shares.append(gained.sum() / inside / cv2.contourArea(corners.astype(np.float32)))
    stage.close()
    assert np.mean(shares) == pytest.approx(1, abs=0.015)


def _scene_light(tones: np.ndarray) -> np.ndarray:
    """The light that the shader `develop` shows as these tones (0 to 255)."""
    c = np.linspace(0, 2, 4000)
    curve = np.clip(c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14), 0, 1)
    return np.interp(tones, 255 * curve ** (1 / 2.2), c)


def test_a_lorrys_tail_lamps_shine_when_it_brakes(tmp_path: Path) -> None:
    """Lamps that are parts of their own light up as the painted ones of cars do."""
    video = {**BASE["video"], "width": 320, "height": 180}
    reds = []
    for kmh in (0, 40):  # a standing vehicle holds its brake
        lorry = {"kind": "lorry", "lane": 2, "at_y_m": 30, "speed_kmh": kmh}
        stage = _stage(tmp_path, video=video, vehicle=[lorry], light={"sky": "overcast"})
        (seen,) = frame_truth(stage.scene, stage.fleet, 0).vehicles
        x1, y1, x2, y2 = (round(v) for v in seen.box)
        picture = stage.paint(0)[(y1 + y2) // 2 : y2, x1:x2].astype(int)
        stage.close()
        reds.append(int((picture[..., 2] - picture[..., 1]).max()))
    assert reds[0] > reds[1] + 40
