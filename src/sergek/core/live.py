"""What is said on the bus about now: not facts, nothing is kept.

Subjects (one token per camera id):

* `sergek.status.CAMERA`   edge → centre, once a second: `CameraStatus`
* `sergek.boxes.CAMERA`    edge → centre, per analysed frame while watched: `LiveBoxes`
* `sergek.video.CAMERA`    edge → centre while watched: fMP4 pieces, first byte of the message
  tells what follows: `I` initialisation segment, `K` fragment beginning with a key frame,
  `F` any other fragment; decode times grow until the source is opened anew, and an `I` may be
  repeated before any `K` so that a late listener can begin
* `sergek.watch.CAMERA`    centre → edge, every two seconds while somebody looks: empty
* `sergek.restart.CAMERA`  centre → edge: open the source anew

Facts travel on JetStream: `sergek.fact.CAMERA` with header `Nats-Msg-Id` = the event's id, and
evidence bytes before them on `sergek.evidence.DIGEST` with that digest as id. What the centre
decided about a site is the one message of `sergek.acts.SITE` (`traffic.siteacts.ActsOfSite`).
"""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from sergek.core.coverage import GapReason
from sergek.core.vehicle import VehicleClass

__all__ = ["CameraState", "CameraStatus", "LiveBox", "LiveBoxes", "subject"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")


def subject(topic: str, token: str) -> str:
    """The bus subject of a topic (`status`, `video`, …) for one camera or digest."""
    return f"sergek.{topic}.{token}"


class CameraState(StrEnum):
    """What an officer needs to know of a camera at a glance."""

    LIVE = "live"
    CONNECTING = "connecting"
    LOST = "lost"
    FAILED = "failed"


class CameraStatus(BaseModel):
    """One camera at one moment; sentences are for people and hold no credentials."""

    model_config = _FROZEN

    camera_id: str
    at: AwareDatetime
    state: CameraState
    reason: GapReason = GapReason.NONE
    sentence: str = ""
    run_id: str | None = None
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    fps_received: float = 0.0
    fps_analysed: float = 0.0
    gate_open_share: float = 0.0
    ring_bytes: int = 0
    ring_s: float = 0.0
    stages_ms: dict[str, float] = {}
    passages_today: int = 0
    last_picture_at: AwareDatetime | None = None


class LiveBox(BaseModel):
    """One tracked vehicle, in shares of the picture (0 to 1) so that any size can draw it."""

    model_config = _FROZEN

    track_id: int
    vehicle_class: VehicleClass
    box: tuple[float, float, float, float]
    plate: str | None = None


class LiveBoxes(BaseModel):
    """All tracked vehicles of one analysed frame; `mux_s` is the time on the video's own axis."""

    model_config = _FROZEN

    camera_id: str
    mux_s: float
    boxes: tuple[LiveBox, ...]
