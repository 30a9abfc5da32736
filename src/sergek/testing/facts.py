"""Passages as the rules see them, made by hand for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from sergek.core.vehicle import VehicleClass
from sergek.testing.sites import read_plate
from sergek.traffic.rules.verdict import PassageFacts

__all__ = ["WHEN", "facts_along"]

WHEN = datetime(2022, 7, 1, 8, tzinfo=UTC)


def facts_along(
    way: Sequence[tuple[float, float, float]], *, fps: float = 25.0, **more: Any
) -> PassageFacts:
    """A passage through (media_s, x_m, y_m) in straight pieces, seen `fps` times a second."""
    rows = np.array(way, dtype=float)
    times = np.arange(rows[0, 0], rows[-1, 0] + 0.5 / fps, 1 / fps)
    path = np.stack([np.interp(times, rows[:, 0], rows[:, i]) for i in (1, 2)], axis=1)
    values: dict[str, Any] = {
        "passage_id": "0" * 32,
        "camera_id": "abay-1",
        "vehicle_class": VehicleClass.CAR,
        "times_s": times,
        "path_m": path,
        "front": True,
        "reference_s": 0.0,
        "happened_at": WHEN,
        "plate": read_plate("123ABC08"),
    }
    return PassageFacts(**(values | more))
