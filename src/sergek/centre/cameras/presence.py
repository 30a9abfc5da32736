"""What every camera last said of itself."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from sergek.core.camera import Camera
from sergek.core.clock import Clock
from sergek.core.live import CameraStatus, subject
from sergek.core.ports import Bus, Subscription

__all__ = ["SILENT_S", "Heard", "Presence"]

_LOG = logging.getLogger(__name__)

# The edge speaks once a second: after three missed words a camera counts as silent.
SILENT_S = 3.5


@dataclass(frozen=True, slots=True)
class Heard:
    """A camera's last status and how long ago it was heard; nothing yet is (None, None)."""

    status: CameraStatus | None
    age_s: float | None

    @property
    def word(self) -> str:
        """The state for people: one of `CameraState`, or `silent`."""
        if self.status is None or self.age_s is None or self.age_s > SILENT_S:
            return "silent"
        return self.status.state.value


class Presence:
    """Listens to `sergek.status.*` on the bus's thread; anybody may ask at any time."""

    def __init__(self, bus: Bus, cameras: Mapping[str, Camera], clock: Clock) -> None:
        self._bus = bus
        self._cameras = cameras
        self._clock = clock
        self._heard: dict[str, tuple[CameraStatus, float]] = {}
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._subscription = self._bus.subscribe(subject("status", "*"), self._hear)

    def stop(self) -> None:
        """Stop listening."""
        if self._subscription is not None:
            self._subscription.close()

    def of(self, camera_id: str) -> Heard:
        """What is known of a camera."""
        known = self._heard.get(camera_id)
        if known is None:
            return Heard(None, None)
        return Heard(known[0], self._clock.monotonic_s() - known[1])

    def _hear(self, _subject: str, data: bytes) -> None:
        try:
            status = CameraStatus.model_validate_json(data)
        except ValidationError:
            _LOG.warning("a status that cannot be read was dropped")
            return
        if status.camera_id in self._cameras:
            self._heard[status.camera_id] = (status, self._clock.monotonic_s())
