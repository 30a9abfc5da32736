"""What is known of a vehicle while it crosses the picture, and whether it passed at all."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sergek.core.passage import Crossing
from sergek.core.plate import PlateLook, PlateRead
from sergek.core.vehicle import Box, VehicleClass
from sergek.edge.looks import Look, LookShelf
from sergek.edge.overviews import Held
from sergek.edge.settings import EdgeSettings

__all__ = ["Vehicle"]


@dataclass(slots=True)
class Vehicle:
    """One track's story. `looks` may still be without pictures where a sub stream is analysed."""

    track_id: int
    run_id: str
    first_box: Box
    first_s: float
    first_at: datetime
    shelf: LookShelf
    last_s: float
    last_at: datetime
    vehicle_class: VehicleClass
    class_score: float = 0.0
    confirmed: bool = False
    travel: float = 0.0
    least_size: float = 0.0
    most_size: float = 0.0
    crossings: list[Crossing] = field(default_factory=list)
    lanes: Counter[int] = field(default_factory=Counter)
    plate_looks: list[tuple[Look, PlateLook]] = field(default_factory=list)
    plate: PlateRead | None = None
    reads: int = 0
    glanced_px: float = 0.0
    stages_ms: dict[str, float] = field(default_factory=dict)
    held: Held | None = None

    def moved(self, box: Box, media_s: float, at: datetime) -> None:
        """The vehicle was seen here."""
        size = box.area**0.5
        if self.least_size == 0.0:
            self.least_size = self.most_size = size
        self.least_size, self.most_size = min(self.least_size, size), max(self.most_size, size)
        (x, y), (x0, y0) = box.centre, self.first_box.centre
        away = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        self.travel = max(self.travel, away / max(1.0, (self.least_size + self.most_size) / 2))
        self.last_s, self.last_at = media_s, at

    @property
    def lane(self) -> int | None:
        """The lane in which it was seen most often."""
        return self.lanes.most_common(1)[0][0] if self.lanes else None

    def passed(self, settings: EdgeSettings) -> bool:
        """Whether this is a passage: a confirmed vehicle that went somewhere.

        One that stands from beginning to end (parked) is none, nor is a flicker.
        """
        if not self.confirmed:
            return False
        if self.crossings:
            return True
        grew = self.most_size > 1.8 * self.least_size
        long_enough = self.last_s - self.first_s >= settings.passage_min_s
        return long_enough and (self.travel >= settings.passage_min_travel or grew)
