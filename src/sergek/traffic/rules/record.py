"""A passage's facts as JSON, so that a case can be judged again years later."""

from typing import Literal

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict

from sergek.core.passage import PassagePlate
from sergek.core.speed import Rejection, SpeedMeasurement
from sergek.core.vehicle import VehicleClass
from sergek.traffic.rules.verdict import Lamp, LampChange, PassageFacts

__all__ = ["FactsRecord"]


class FactsRecord(BaseModel):
    """What `PassageFacts` holds, point by point; `path` rows are (media_s, x_m, y_m)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    passage_id: str
    camera_id: str
    vehicle_class: VehicleClass
    path: tuple[tuple[float, float, float], ...]
    front: bool
    reference_s: float
    happened_at: AwareDatetime
    plate: PassagePlate | None
    speed: SpeedMeasurement | None
    lamps: tuple[tuple[str, float, Lamp], ...]
    calibrated: bool
    checked_at: AwareDatetime | None = None

    @classmethod
    def of(cls, facts: PassageFacts) -> "FactsRecord":
        """The storable form."""
        path = zip(facts.times_s.tolist(), facts.path_m.tolist(), strict=True)
        return cls(
            passage_id=facts.passage_id,
            camera_id=facts.camera_id,
            vehicle_class=facts.vehicle_class,
            path=tuple((t, x, y) for t, (x, y) in path),
            front=facts.front,
            reference_s=facts.reference_s,
            happened_at=facts.happened_at,
            plate=facts.plate,
            speed=facts.speed,
            lamps=tuple((c.head, c.media_s, c.lamp) for c in facts.lamps),
            calibrated=facts.fault is None,
            checked_at=facts.checked_at,
        )

    def facts(self) -> PassageFacts:
        """The facts as the rules take them."""
        rows = np.array(self.path, dtype=float).reshape(-1, 3)
        return PassageFacts(
            passage_id=self.passage_id,
            camera_id=self.camera_id,
            vehicle_class=self.vehicle_class,
            times_s=rows[:, 0],
            path_m=rows[:, 1:],
            front=self.front,
            reference_s=self.reference_s,
            happened_at=self.happened_at,
            plate=self.plate,
            speed=self.speed,
            lamps=tuple(LampChange(*lamp) for lamp in self.lamps),
            fault=None if self.calibrated else Rejection.CAMERA_MOVED,
            checked_at=self.checked_at,
        )
