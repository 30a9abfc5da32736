"""The default detector on real pictures, and how it looks at parts of a picture."""

from pathlib import Path

import av
import numpy as np
import pytest
from pydantic import ValidationError

from sergek.core.frame import Image
from sergek.core.ports import Detector
from sergek.core.vehicle import VehicleClass
from sergek.vision import ssd
from sergek.vision.detector import load_detector
from sergek.vision.merging import RawBoxes, merged
from sergek.vision.settings import DetectorSettings, View
from sergek.vision.views import Part


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(DetectorSettings(threads=2))


@pytest.fixture(scope="module")
def street(shared_data: Path) -> Image:
    with av.open(str(shared_data / "video" / "hangzhou_stopline_msaid.mp4")) as clip:
        return next(clip.decode(video=0)).to_ndarray(format="bgr24")


def test_parked_cars_are_found(detector: Detector, street: Image) -> None:
    """The two cars parked on the left of the first picture are found, in place, as cars."""
    (found,) = detector.detect([street])
    cars = [d for d in found if d.score > 0.9]
    assert {d.vehicle_class for d in cars} == {VehicleClass.CAR}
    centres = sorted(d.box.centre for d in cars)
    assert centres == [pytest.approx((383, 361), abs=15), pytest.approx((513, 266), abs=15)]


@pytest.mark.parametrize("height_px", [300, 416, 480])
def test_boxes_stay_in_place_at_any_input_size(street: Image, height_px: int) -> None:
    """Anchors fit at sizes the network was not trained at: boxes agree within IoU 0.8."""
    (base,) = load_detector(DetectorSettings()).detect([street])
    (other,) = load_detector(DetectorSettings(input_height_px=height_px)).detect([street])
    for car in [d for d in base if d.score > 0.9]:
        assert max(car.box.iou(d.box) for d in other) > 0.8


def test_pictures_are_answered_in_order(detector: Detector, street: Image) -> None:
    """Several pictures of several sizes at once give what each gives alone."""
    pictures = [street, street[:, :640].copy(), np.zeros((90, 160, 3), np.uint8), street]
    together = detector.detect(pictures)
    assert together == [detector.detect([picture])[0] for picture in pictures]
    assert all(d.score < 0.3 for d in together[2])
    assert detector.detect([]) == []


def test_a_view_gives_boxes_of_the_whole_picture(street: Image) -> None:
    """Looking only at the left half finds the same parked cars at the same place."""
    half = load_detector(DetectorSettings(views=(View(x2=0.5, y2=0.8),)))
    (whole,) = load_detector(DetectorSettings()).detect([street])
    (found,) = half.detect([street])
    for car in [d for d in whole if d.score > 0.9]:
        assert max(car.box.iou(d.box) for d in found if d.score > 0.5) > 0.8


def test_tiles_find_far_vehicles_that_the_whole_view_misses(shared_data: Path) -> None:
    """Cut in two columns, the motorway picture shows at least as many vehicles, none twice."""
    with av.open(str(shared_data / "video" / "highway_abhishek.mp4")) as clip:
        picture = next(clip.decode(video=0)).to_ndarray(format="bgr24")
    (whole,) = load_detector(DetectorSettings(min_score=0.3)).detect([picture])
    (tiled,) = load_detector(DetectorSettings(min_score=0.3, tiles=2)).detect([picture])
    assert len(tiled) >= len(whole)
    for i, one in enumerate(tiled):
        assert all(one.box.iou(other.box) < 0.6 for other in tiled[i + 1 :])


def test_half_vehicles_at_a_cut_are_dropped() -> None:
    """A box that touches the side where its tile was cut does not survive; others do."""
    boxes = np.array([[10.0, 10, 50, 50], [60, 10, 100, 50]])
    raw = RawBoxes(boxes, [VehicleClass.CAR] * 2, np.array([0.9, 0.8]))
    (kept,) = merged([(Part(100, 0, 200, 100, cut_right=True), raw)], (300, 100), 0.5)
    assert (kept.box.x1, kept.box.x2) == (110, 150)


def test_a_rider_does_not_hide_the_motorcycle() -> None:
    """Person and motorcycle boxes at one place are both kept."""
    boxes = np.array([[10.0, 10, 50, 90], [10, 20, 50, 90]])
    raw = RawBoxes(boxes, [VehicleClass.PERSON, VehicleClass.MOTORCYCLE], np.array([0.9, 0.8]))
    assert len(merged([(Part(0, 0, 100, 100), raw)], (100, 100), 0.5)) == 2


def test_anchors_at_the_trained_size_are_those_of_training() -> None:
    """1,917 anchors, the first at half a cell of 19, as the network's graph has them."""
    table = ssd.anchors(300, 300)
    assert table.shape == (1917, 4)
    assert table[0] == pytest.approx([7.894737, 7.894737, 30, 30], abs=1e-3)
    assert table[-1] == pytest.approx([150, 150, 292.4, 292.4], abs=0.1)


def test_a_model_file_must_be_described() -> None:
    """A path without licence, checksum and layout is refused with all that is missing."""
    with pytest.raises(ValidationError, match="licence, sha256, layout"):
        DetectorSettings(model=Path("x.onnx"))
