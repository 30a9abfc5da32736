"""Scene files: a street, its camera, its light and its traffic as one TOML.

`load.load_scene` reads one.
Ground metres: x to the right, y ahead along the road, z up. Approaching lanes come towards the
camera (heading 180°), receding lanes go away from it (heading 0°).
"""

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sergek.core.errors import NotFound

__all__ = [
    "Bump",
    "CameraPose",
    "LaneChange",
    "LaneSpec",
    "Light",
    "PtsFault",
    "RoadSpec",
    "Scene",
    "SignalSpec",
    "Sky",
    "TrafficFill",
    "VehicleKind",
    "VehicleSpec",
    "VideoSpec",
    "Weather",
]

Point3 = tuple[float, float, float]


class _Frozen(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )


class VehicleKind(StrEnum):
    """The bodies that can be drawn."""

    SEDAN = "sedan"
    HATCHBACK = "hatchback"
    SUV = "suv"
    VAN = "van"
    BUS = "bus"
    LORRY = "lorry"
    TOW_TRUCK = "tow_truck"
    MOTORCYCLE = "motorcycle"


class Sky(StrEnum):
    """Where the light comes from."""

    DAY = "day"
    LOW_SUN = "low_sun"
    OVERCAST = "overcast"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What falls."""

    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"


class VideoSpec(_Frozen):
    """The written file. `crf` is x264's quality; `max_kbps` caps the rate."""

    width: int = Field(default=1280, ge=64, le=3840, multiple_of=2)
    height: int = Field(default=720, ge=64, le=2160, multiple_of=2)
    fps: float = Field(default=25.0, ge=1, le=60)
    seconds: float = Field(default=30.0, gt=0, le=3600)
    crf: int = Field(default=24, ge=10, le=40)
    max_kbps: int = Field(default=1500, ge=50)
    key_frame_s: float = Field(default=2.0, gt=0)


class Bump(_Frozen):
    """Something hits the pole: from `at_s` on the camera looks elsewhere by these angles."""

    at_s: float = Field(ge=0)
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0


class CameraPose(_Frozen):
    """Where the camera stands and what its sensor does. `fov_deg` is horizontal; `glare` is how
    much its glass scatters lamps and sun: 0 clean, 1 bad."""

    position_m: Point3
    looks_at_m: Point3
    fov_deg: float = Field(gt=1, lt=140)
    shutter_s: float = Field(default=0.001, gt=0, le=0.1)
    noise: float = Field(default=2.0, ge=0, le=30)
    glare: float = Field(default=0.0, ge=0, le=1)
    bumps: tuple[Bump, ...] = ()


class Light(_Frozen):
    """Sky, weather and sun; angles in degrees, azimuth clockwise from straight ahead (+y)."""

    sky: Sky = Sky.DAY
    weather: Weather = Weather.CLEAR
    sun_elevation_deg: float = Field(default=38.0, ge=1, le=90)
    sun_azimuth_deg: float = 215.0


class LaneSpec(_Frozen):
    """A lane, numbered as the site does."""

    number: int = Field(ge=1)
    centre_x_m: float
    width_m: float = Field(default=3.5, ge=2.2, le=6)
    direction: Literal["approaching", "receding"]
    kind: Literal["general", "bus"] = "general"


class RoadSpec(_Frozen):
    """The carriageway and what is painted on it. Distances along y; None leaves a thing out."""

    lanes: tuple[LaneSpec, ...] = Field(min_length=1)
    length_m: float = Field(default=240.0, gt=20, le=1000)
    stop_line_y_m: float | None = None
    zebra_y_m: float | None = None
    crossing_y_m: float | None = None
    crossing_width_m: float = Field(default=8.0, gt=3)
    solid_from_y_m: float | None = None
    surroundings: Literal["city", "school", "bare"] = "city"


class SignalSpec(_Frozen):
    """A traffic signal: its phases repeat, shifted so that the cycle begins at `offset_s`."""

    id: str = "main"
    position_m: Point3
    phases: tuple[tuple[Literal["green", "green_flash", "yellow", "red", "red_yellow"], float], ...]
    offset_s: float = 0.0
    lanes: tuple[int, ...] = ()


class LaneChange(_Frozen):
    """A move to another lane."""

    to_lane: int
    from_s: float
    takes_s: float = Field(default=3.0, gt=0.5)


class VehicleSpec(_Frozen):
    """One vehicle. `at_y_m` is its front bumper at t = 0; `speeds` lists (t_s, km/h) joined by
    straight lines, so a falling line is braking. `carries` puts a body on a tow truck."""

    kind: VehicleKind
    colour: str = "white"
    lane: int
    at_y_m: float
    speed_kmh: float | None = Field(default=None, ge=0, le=250)
    speeds: tuple[tuple[float, float], ...] = ()
    offset_m: float = Field(default=0.0, ge=-1.2, le=1.2)
    plate: str | None = None
    layout: str | None = None
    dirt: float = Field(default=0.0, ge=0, le=1)
    tilt_deg: float = Field(default=0.0, ge=-15, le=15)
    change: LaneChange | None = None
    carries: VehicleKind | None = None

    @model_validator(mode="after")
    def _one_way_to_state_speed(self) -> Self:
        if (self.speed_kmh is None) == (not self.speeds):
            raise ValueError("give either speed_kmh or speeds, not both and not neither")
        times = [t for t, _ in self.speeds]
        if times != sorted(set(times)):
            raise ValueError("the times in speeds must grow")
        if any(v < 0 or v > 250 for _, v in self.speeds):
            raise ValueError("a speed in speeds lies outside 0 to 250 km/h")
        return self


class TrafficFill(_Frozen):
    """Seeded traffic in one lane: vehicles `headway_s` apart on average, never nearer than
    `gap_m`; each holds a speed drawn from a normal distribution of the lane."""

    lane: int
    headway_s: float = Field(default=4.0, ge=1.0)
    gap_m: float = 6.0
    speed_kmh: float = Field(default=58.0, gt=3, le=200)
    spread_kmh: float = Field(default=2.0, ge=0)
    kinds: dict[VehicleKind, float] = {
        VehicleKind.SEDAN: 5,
        VehicleKind.SUV: 3,
        VehicleKind.HATCHBACK: 2,
        VehicleKind.VAN: 1,
        VehicleKind.BUS: 0.5,
        VehicleKind.LORRY: 0.5,
    }


class PtsFault(_Frozen):
    """A fault of the file, not of the truth: `drop` pictures, or `jump` its clock by seconds."""

    kind: Literal["drop", "jump"]
    at_s: float = Field(ge=0)
    frames: int = Field(default=1, ge=1)
    jump_s: float = 0.0


class Scene(_Frozen):
    """A whole scene.

    `road_from_m` says how far along the road of its vehicles this camera's y = 0 lies: two scenes
    with the same seed and vehicles, one of them elsewhere, are two cameras of one section.
    `clock_offset_s` is how far this camera's wall clock is ahead.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    seed: int = Field(default=1, ge=0)
    video: VideoSpec = VideoSpec()
    camera: CameraPose
    light: Light = Light()
    road: RoadSpec
    signals: tuple[SignalSpec, ...] = Field(default=(), alias="signal")
    vehicles: tuple[VehicleSpec, ...] = Field(default=(), alias="vehicle")
    traffic: tuple[TrafficFill, ...] = ()
    faults: tuple[PtsFault, ...] = Field(default=(), alias="fault")
    road_from_m: float = 0.0
    clock_offset_s: float = 0.0

    @property
    def frames(self) -> int:
        """How many pictures the clip has."""
        return round(self.video.seconds * self.video.fps)

    def lane(self, number: int) -> LaneSpec:
        """The lane with that number; `NotFound` if the road has none."""
        for lane in self.road.lanes:
            if lane.number == number:
                return lane
        raise NotFound(f"scene {self.name}: the road has no lane {number}")
