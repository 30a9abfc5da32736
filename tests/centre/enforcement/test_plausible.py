"""Checks that an officer sees."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.centre.enforcement.plausible import alike_plates, doubts, findings, one_away
from sergek.core.camera import Camera
from sergek.testing.examples import NOON, a_passage
from sergek.testing.memory import MemoryReadStore
from sergek.testing.sites import read_plate
from sergek.traffic.plates import layout_book

CAMERAS = {
    "abay-1": Camera(id="abay-1", name="Taraz", main="/a.mp4", place=(71.366, 42.899)),
    "almaty-1": Camera(id="almaty-1", name="Almaty", main="/b.mp4", place=(76.889, 43.238)),
    "next-door": Camera(id="next-door", name="Next", main="/c.mp4", place=(71.367, 42.899)),
}
PLATE = read_plate("123ABC08").model_copy(update={"layout": "kz-2012-car"})


def found(*others, passage=None, plate=PLATE):
    reads = MemoryReadStore()
    here = passage or a_passage(1, plate=plate)
    reads.add([here, *others])
    return {each.kind: each for each in findings(here, plate, CAMERAS, reads)}


def test_a_sound_case_raises_no_doubt():
    """Layout, vehicle, places and carrier are all in order."""
    assert {each.state for each in found().values()} == {"good"}


def test_one_plate_in_two_cities_is_a_doubt():
    """450 km in an hour; the same an evening later is possible, and so is a near camera."""
    hour = {"entered_at": NOON + timedelta(hours=1), "left_at": NOON + timedelta(hours=1)}
    far = found(a_passage(2, camera_id="almaty-1", plate=PLATE, **hour))["places"]
    assert far.state == "doubt"
    assert 400 < float(far.values["kmh"]) < 500
    near = found(a_passage(2, camera_id="next-door", plate=PLATE))["places"]
    assert near.state == "good"
    late = {"entered_at": NOON + timedelta(hours=9), "left_at": NOON + timedelta(hours=9)}
    assert found(a_passage(2, camera_id="almaty-1", plate=PLATE, **late))["places"].state == "good"


def test_a_lorrys_plate_on_a_car_is_a_doubt():
    """Every layout that is named may hang only on its vehicles."""
    lorry = PLATE.model_copy(update={"text": "12308ABC", "layout": "kz-2012-lorry-rear"})
    assert found(plate=lorry)["vehicle"].state == "doubt"
    assert (
        found(passage=a_passage(1, vehicle_class="truck"), plate=lorry)["vehicle"].state == "good"
    )


def test_a_text_of_no_layout_is_a_doubt():
    """Three letters more than any plate has."""
    odd = PLATE.model_copy(update={"text": "ABCABCABC", "layout": None})
    assert found(plate=odd)["layout"].state == "doubt"
    assert found(plate=odd)["vehicle"].state == "unknown"


def test_what_rides_along_may_carry_it():
    """A lorry that comes and goes with the car in its lane."""
    lorry = a_passage(2, vehicle_class="truck", entered_s=1.4, left_s=3.3)
    carried = found(lorry)["carried"]
    assert (carried.state, carried.values["class"]) == ("doubt", "truck")
    behind = a_passage(2, vehicle_class="truck", entered_s=4.0, left_s=6.0)
    assert found(behind)["carried"].state == "good"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=5, max_size=8))
def test_one_misreading_goes_both_ways(plate):
    """If a plate is one away from another, so is the other from it, and none from itself."""
    ways = one_away(plate)
    assert plate not in ways
    for other in list(ways)[::37]:
        assert plate in one_away(other)


def test_known_vehicles_with_a_similar_plate_are_named_likeliest_first():
    """8 for B is likelier than 9 for 8; what was seen outside the areas is not told."""
    reads = MemoryReadStore()
    texts = ["1239BC08", "1238BC08", "123BBC0", "999ZZZ99"]
    reads.add([a_passage(i, plate=read_plate(text)) for i, text in enumerate(texts)])
    reads.add([a_passage(9, camera_id="secret", plate=read_plate("723BBC08"))])
    listed = alike_plates(reads, "123BBC08", NOON, frozenset({"abay-1"}))
    assert [each.plate for each in listed] == ["1238BC08", "1239BC08", "123BBC0"]


@pytest.mark.parametrize("layout", sorted(doubts().bears))
def test_every_named_layout_exists(layout):
    """The table of vehicles names no layout that `layouts.toml` does not."""
    assert layout_book("kz").layout(layout).id == layout
