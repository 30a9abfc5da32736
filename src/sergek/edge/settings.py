"""What the edge can be told; every default is measured or explained in `docs/`."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["EdgeSettings"]


class EdgeSettings(BaseModel):
    """One edge worker's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    analysed_fps: float = Field(default=5.0, gt=0, le=60)
    detection_width_px: int = Field(default=640, ge=160, le=3840)
    analysis_threads: int = Field(default=2, ge=1, le=64)

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

    ledger_settle_s: int = Field(default=3, ge=1, le=30)
    ledger_span_s: int = Field(default=60, ge=1, le=60)

    looks_per_vehicle: int = Field(default=5, ge=1, le=60)
    # Speed needs the plate on every look, not only until the text is sure.
    every_look: bool = False
    look_gap_s: float = Field(default=0.15, ge=0)
    plate_min_vehicle_px: int = Field(default=64, ge=16)
    passage_min_s: float = Field(default=0.4, ge=0)
    passage_min_travel: float = Field(default=0.35, ge=0)

    pending_max_bytes: int = Field(default=128 * 1024 * 1024, ge=1024 * 1024)
    record_retry_s: float = Field(default=2.0, gt=0)
