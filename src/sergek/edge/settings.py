"""What the edge can be told; every default is measured or explained in `docs/`."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["EdgeSettings"]

# Speed needs the plate on at least six looks, and not each one shows it well.
_MEASURABLE = 10


class EdgeSettings(BaseModel):
    """How an edge worker receives, analyses and keeps.

    *What is analysed:* `analysed_fps` pictures a second of each camera, reduced to
    `detection_width_px` for the detector, on `analysis_threads` threads for all cameras (two per
    core). With `gate` a picture on which nothing moves is not shown to the detector: the gate stays
    open `gate_hold_s` after the last movement (longer than the tracker's `lost_s`) and lets one
    picture through every `gate_refresh_s`.

    *What is kept undecoded:* `ring_s` seconds of the main stream's packets, at most
    `ring_max_bytes` for each camera.

    *Streams:* one that sends nothing for `stall_s` has stalled (FFmpeg's own time-out needs twice
    its value, so 3 s are the least that is sure). A lost one is opened again after `retry_first_s`,
    then after ever longer pauses up to `retry_most_s`, or `retry_hopeless_s` where only a person
    can help (password, address). Pictures that are `late_s` old are called late. A sub stream lost
    for `sub_lost_s` is replaced by the main stream until it was back for `sub_back_s`.

    *Gap ledger:* a second is judged `ledger_settle_s` later, and written after `ledger_span_s` at
    the latest.

    *Vehicles and plates:* up to `looks_per_vehicle` pictures of each vehicle, `look_gap_s` apart,
    are searched for a plate, if the vehicle is at least `plate_min_vehicle_px` wide; `every_look`
    reads them all even when the text is sure. While a dozen vehicles wait, only the best
    `hurried_looks` of each are searched. A track that is seen for less than `passage_min_s`,
    or moves less than `passage_min_travel` of its own size without crossing a line, is no passage.

    *Sites:* a camera of a `[[site]]` is analysed on its main stream at `site_fps` with up to
    `site_looks` looks per vehicle, and watched for drift every `drift_every_s`. The clip of a case
    reaches from `clip_before_s` before what happened to `clip_after_s` after it, in whole groups of
    pictures and at most `clip_max_bytes`. `stamp_url` names a time stamp authority (RFC 3161) that
    is asked for each package; without an answer within 5 s the package goes without.

    *When the disk is full:* passages wait in memory up to `pending_max_bytes`, then analysis
    pauses; writing is tried again every `record_retry_s`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    analysed_fps: float = Field(default=5.0, gt=0, le=60)
    detection_width_px: int = Field(default=640, ge=160, le=3840)
    analysis_threads: int = Field(default=4, ge=1, le=64)

    ring_s: float = Field(default=20.0, ge=2, le=600)
    ring_max_bytes: int = Field(default=48 * 1024 * 1024, ge=1024 * 1024)

    gate: bool = True
    # Longer than a tracker waits for a vehicle that left, so that its passage ends at once.
    gate_hold_s: float = Field(default=2.0, ge=0)
    gate_refresh_s: float = Field(default=10.0, gt=0)

    stall_s: float = Field(default=2.75, ge=1, le=30)
    retry_first_s: float = Field(default=0.25, gt=0)
    retry_most_s: float = Field(default=1.0, gt=0)
    retry_hopeless_s: float = Field(default=15.0, gt=0)
    late_s: float = Field(default=3.0, ge=1, le=60)
    sub_lost_s: float = Field(default=1.0, ge=0, le=30)
    sub_back_s: float = Field(default=3.0, ge=0, le=60)

    ledger_settle_s: int = Field(default=3, ge=1, le=30)
    ledger_span_s: int = Field(default=60, ge=1, le=60)

    looks_per_vehicle: int = Field(default=5, ge=1, le=60)
    # Speed needs the plate on every look, not only until the text is sure.
    every_look: bool = False
    hurried_looks: int = Field(default=1, ge=1, le=60)
    look_gap_s: float = Field(default=0.15, ge=0)
    plate_min_vehicle_px: int = Field(default=64, ge=16)
    passage_min_s: float = Field(default=0.4, ge=0)
    passage_min_travel: float = Field(default=0.35, ge=0)

    site_fps: float = Field(default=10.0, gt=0, le=60)
    site_looks: int = Field(default=24, ge=4, le=60)
    drift_every_s: float = Field(default=5.0, gt=0, le=15)
    clip_before_s: float = Field(default=4.0, ge=0, le=30)
    clip_after_s: float = Field(default=2.0, ge=0, le=30)
    stamp_url: str | None = Field(default=None, pattern=r"^https?://")
    clip_max_bytes: int = Field(default=16 * 1024 * 1024, ge=64 * 1024, le=24 * 1024 * 1024)

    pending_max_bytes: int = Field(default=128 * 1024 * 1024, ge=1024 * 1024)
    record_retry_s: float = Field(default=2.0, gt=0)

    def of_site(self) -> "EdgeSettings":
        """The settings for a camera whose passages are measured and judged."""
        return self.model_copy(
            update={
                "analysed_fps": self.site_fps,
                "looks_per_vehicle": self.site_looks,
                "look_gap_s": 0.0,
                "every_look": True,
                "hurried_looks": max(self.hurried_looks, _MEASURABLE),
            }
        )
