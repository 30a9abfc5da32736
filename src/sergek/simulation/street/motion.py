"""How vehicles move and lamps change: closed formulas of media time, no integration by steps.

Speed is piecewise linear in time (constant acceleration between the listed moments), so the
distance is its exact integral; before the first and after the last moment speed is constant.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Lamp", "Path", "SpeedProfile", "lamp_at"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SpeedProfile:
    """Speed over time: knots `at_s` (ascending) and `speed_ms` (m/s) at them."""

    at_s: Floats
    speed_ms: Floats

    def speed(self, media_s: Floats | float) -> Floats:
        """Speed (m/s) at moments."""
        return np.asarray(np.interp(media_s, self.at_s, self.speed_ms))

    def distance(self, media_s: Floats | float) -> Floats:
        """Metres driven since the moment 0 (negative before it)."""
        result: Floats = self._from_first(np.asarray(media_s, float)) - self._from_first(
            np.asarray(0.0)
        )
        return result

    def _from_first(self, media_s: Floats) -> Floats:
        knots, speed = self.at_s, self.speed_ms
        lengths = np.diff(knots)
        done = np.concatenate([[0.0], np.cumsum(lengths * (speed[:-1] + speed[1:]) / 2)])
        k = np.clip(np.searchsorted(knots, media_s, side="right") - 1, 0, len(knots) - 1)
        since = media_s - knots[k]
        result: Floats = done[k] + since * (speed[k] + self.speed(media_s)) / 2
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A vehicle's way: along the lane by its profile, across it by an optional lane change.

    `along` is +1 for receding (y grows) and -1 for approaching. The change follows the
    minimum-jerk curve 10u³ - 15u⁴ + 6u⁵ (Flash and Hogan 1985), so it begins and ends softly.
    """

    x_m: float
    y_m: float
    along: int
    profile: SpeedProfile
    to_x_m: float | None = None
    change_from_s: float = 0.0
    change_takes_s: float = 1.0

    def _share(self, media_s: Floats | float) -> tuple[Floats, Floats]:
        u = np.clip((np.asarray(media_s, float) - self.change_from_s) / self.change_takes_s, 0, 1)
        moved = u**3 * (10 - 15 * u + 6 * u**2)
        rate = 30 * u**2 * (1 - u) ** 2 / self.change_takes_s
        return moved, rate

    def position(self, media_s: Floats | float) -> Floats:
        """Ground point (…, 2) of the middle of the front bumper."""
        y = self.y_m + self.along * self.profile.distance(media_s)
        x = np.full_like(y, self.x_m)
        if self.to_x_m is not None:
            x = x + (self.to_x_m - self.x_m) * self._share(media_s)[0]
        return np.stack([x, y], -1)

    def velocity(self, media_s: Floats | float) -> Floats:
        """Ground velocity (…, 2), m/s."""
        vy = self.along * self.profile.speed(media_s)
        vx = np.zeros_like(vy)
        if self.to_x_m is not None:
            vx = (self.to_x_m - self.x_m) * self._share(media_s)[1]
        return np.stack([vx, vy], -1)

    def speed_ms(self, media_s: Floats | float) -> Floats:
        """Speed along the path, m/s."""
        result: Floats = np.linalg.norm(self.velocity(media_s), axis=-1)
        return result

    def heading_deg(self, media_s: float) -> float:
        """Where the nose points, degrees clockwise from +y; a standing vehicle keeps its lane's."""
        vx, vy = self.velocity(media_s)
        if abs(vy) < 0.5:
            vx, vy = 0.0, float(self.along)
        return float(np.degrees(np.arctan2(vx, vy))) % 360.0

    def reaches(self, y_m: float, until_s: float) -> float | None:
        """The first moment in 0…until_s at which the front is on y; None if it never is."""
        way = (y_m - self.y_m) * self.along
        if way < 0 or self.profile.distance(until_s) < way:
            return None
        low, high = 0.0, until_s
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if self.profile.distance(middle) >= way else (middle, high)
        return high


@dataclass(frozen=True, slots=True)
class Lamp:
    """What a signal shows, and since when."""

    phase: str
    since_s: float


def lamp_at(phases: tuple[tuple[str, float], ...], offset_s: float, media_s: float) -> Lamp:
    """The phase at a moment; phases repeat with the sum of their lengths."""
    cycle = sum(length for _, length in phases)
    start = ((media_s - offset_s) // cycle) * cycle + offset_s
    for name, length in phases:
        if media_s < start + length:
            return Lamp(name, start)
        start += length
    return Lamp(phases[0][0], start)
