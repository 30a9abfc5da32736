"""One detection per road user, and none for a crowd."""

import numpy as np
import pytest

from sergek.core.vehicle import VehicleClass
from sergek.vision.merging import RawBoxes, merged
from sergek.vision.views import Part

WHOLE = Part(0, 0, 640, 480, cut_left=False, cut_right=False)
PEOPLE = [(100 + 60 * i, 200, 130 + 60 * i, 280) for i in range(4)]
CROWD = (80, 180, 340, 300)


def _found(boxes: list[tuple[int, int, int, int]], kind: VehicleClass) -> list[tuple[int, ...]]:
    raw = RawBoxes(np.array(boxes, float), [kind] * len(boxes), np.full(len(boxes), 0.5))
    told = merged([(WHOLE, raw)], (640, 480), 0.55)
    return [tuple(map(int, (d.box.x1, d.box.y1, d.box.x2, d.box.y2))) for d in told]


@pytest.mark.parametrize("kind", [VehicleClass.PERSON, VehicleClass.MOTORCYCLE])
def test_a_box_around_a_crowd_is_nobody(kind: VehicleClass) -> None:
    """Of four figures and a box around them the four remain."""
    assert sorted(_found([*PEOPLE, CROWD], kind)) == sorted(PEOPLE)


def test_two_within_a_box_are_no_crowd() -> None:
    """A box that holds two others stays: it may be a person before two distant ones."""
    assert CROWD in _found([*PEOPLE[:2], CROWD], VehicleClass.PERSON)


def test_a_near_person_before_a_crowd_stays_masked() -> None:
    """An upright figure that reaches over four distant ones is a person, however many it hides."""
    near = (90, 20, 350, 470)
    assert near in _found([*PEOPLE, near], VehicleClass.PERSON)


def test_a_bus_beside_four_cars_stays() -> None:
    """Cars and buses come in queues whose boxes overlap: a large one is no crowd of them."""
    assert CROWD in _found([*PEOPLE, CROWD], VehicleClass.CAR)
