"""What is read of cameras: their states for the bar, the wall, the map and programs."""

from typing import Any

from sergek.centre.cameras.presence import Heard, Presence
from sergek.core.camera import Camera

__all__ = ["camera_facts", "live_count"]


def live_count(presence: Presence, cameras: dict[str, Camera]) -> int:
    """How many of the cameras are live now."""
    return sum(presence.of(camera_id).word == "live" for camera_id in cameras)


def camera_facts(camera: Camera, heard: Heard) -> dict[str, Any]:
    """A camera and its state for programs; addresses of streams are not told."""
    return {
        "id": camera.id,
        "name": camera.name,
        "area": camera.area,
        "place": camera.place,
        "bearing_deg": camera.bearing_deg,
        "fov_deg": camera.fov_deg,
        "range_m": camera.range_m,
        "state": heard.word,
        "heard_s_ago": None if heard.age_s is None else round(heard.age_s, 2),
        "status": None if heard.status is None else heard.status.model_dump(mode="json"),
    }
