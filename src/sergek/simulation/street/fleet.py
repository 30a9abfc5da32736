"""Who drives: scripted vehicles and seeded traffic of a scene, each with its path and body.

Seeded traffic keeps its distance by construction: a follower never drives faster than lets it
keep the gap while both are in view; in a lane with a signal it stops in the queue and starts
again after green. All speeds are piecewise linear (see `motion`), so truth needs no stepping.
"""

from dataclasses import dataclass, replace

import numpy as np

from sergek.simulation.plates.layouts import form, random_text
from sergek.simulation.street.bodies import vehicle
from sergek.simulation.street.motion import Path, SpeedProfile, lamp_at
from sergek.simulation.street.scene import (
    LaneSpec,
    Scene,
    SignalSpec,
    TrafficFill,
    VehicleKind,
    VehicleSpec,
)
from sergek.simulation.street.shapes import Vehicle
from sergek.simulation.street.specs import CAR_COLOURS

__all__ = ["Mover", "build_fleet"]

# How traffic brakes and pulls away (m/s²): ordinary city driving, a choice of ours.
_BRAKE, _PULL = 2.4, 1.7
_START_DELAY_S, _NEXT_DELAY_S = 1.2, 1.3
_SPAWN_M = 170.0
_COLOUR_SHARES = (0.32, 0.14, 0.16, 0.12, 0.06, 0.08, 0.04, 0.05, 0.03)


@dataclass(frozen=True, slots=True, eq=False)
class Mover:
    """A vehicle with its way. `text` has no line break; `lines` has them as `/`."""

    vehicle_id: int
    body: Vehicle
    coarse: Vehicle
    path: Path
    lane: int
    to_lane: int | None
    colour: str
    text: str
    lines: str
    layout: str
    dirt: float

    def lane_at(self, media_s: float) -> int:
        """The lane it belongs to: the new one from the middle of a change."""
        path = self.path
        if self.to_lane is None or media_s < path.change_from_s + path.change_takes_s / 2:
            return self.lane
        return self.to_lane


def build_fleet(scene: Scene) -> tuple[Mover, ...]:
    """All vehicles of a scene, the same for the same scene and seed."""
    rng = np.random.default_rng(scene.seed)
    movers: list[Mover] = []
    for spec in scene.vehicles:
        movers.append(_scripted(scene, spec, len(movers) + 1, rng))
    for fill in scene.traffic:
        movers += _filled(scene, fill, movers, rng)
    return tuple(_seen_from(mover, scene.road_from_m) for mover in movers)


def _seen_from(mover: Mover, road_from_m: float) -> Mover:
    """The vehicle in the metres of a camera that stands elsewhere on its road."""
    return replace(mover, path=replace(mover.path, y_m=mover.path.y_m - road_from_m))


def _scripted(scene: Scene, spec: VehicleSpec, number: int, rng: np.random.Generator) -> Mover:
    lane = scene.lane(spec.lane)
    knots = spec.speeds or ((0.0, spec.speed_kmh or 0.0),)
    profile = SpeedProfile(
        np.array([t for t, _ in knots], float), np.array([v for _, v in knots], float) / 3.6
    )
    to_x = None
    if spec.change is not None:
        to_x = scene.lane(spec.change.to_lane).centre_x_m + spec.offset_m
    path = Path(
        lane.centre_x_m + spec.offset_m, spec.at_y_m, _along(lane), profile, to_x,
        spec.change.from_s if spec.change else 0.0, spec.change.takes_s if spec.change else 1.0,
    )  # fmt: skip
    return _mover(number, spec, path, rng)


def stop_line_y(scene: Scene, lane: LaneSpec) -> float:
    """Where vehicles of a lane stop: the line, or for the other direction the line mirrored at
    the crossing's middle."""
    line = scene.road.stop_line_y_m or 0.0
    if lane.direction == "receding" or scene.road.crossing_y_m is None:
        return line
    return 2 * scene.road.crossing_y_m - line


def _along(lane: LaneSpec) -> int:
    return 1 if lane.direction == "receding" else -1


def _mover(number: int, spec: VehicleSpec, path: Path, rng: np.random.Generator) -> Mover:
    usual = "kz-2012-motorcycle" if spec.kind is VehicleKind.MOTORCYCLE else "kz-2012-car"
    layout = spec.layout or usual
    plate = form(layout)
    lines = spec.plate or _home_text(plate.pattern, rng)
    if spec.plate and "/" in plate.pattern and "/" not in spec.plate:
        cut = plate.pattern.index("/")
        lines = f"{spec.plate[:cut]}/{spec.plate[cut:]}"
    size = (float(plate.width_mm), float(plate.height_mm))
    built = spec.kind, size, spec.tilt_deg, spec.carries
    to_lane = spec.change.to_lane if spec.change else None
    return Mover(
        number, vehicle(*built), vehicle(*built, coarse=True), path, spec.lane, to_lane,
        spec.colour, lines.replace("/", ""), lines, layout, spec.dirt,
    )  # fmt: skip


def _home_text(pattern: str, rng: np.random.Generator) -> str:
    """A random text; three in five plates are of Zhambyl region (08, H)."""
    text = random_text(pattern, rng)
    if rng.random() < 0.6:
        code = iter("08")
        text = "".join(
            next(code) if p == "R" else "H" if p == "r" else c
            for p, c in zip(pattern, text, strict=True)
        )
    return text


# --- seeded traffic


def _filled(
    scene: Scene, fill: TrafficFill, others: list[Mover], rng: np.random.Generator
) -> list[Mover]:
    lane = scene.lane(fill.lane)
    signal = next((s for s in scene.signals if fill.lane in s.lanes), None)
    start_y = _SPAWN_M if lane.direction == "approaching" else -45.0
    ahead: Mover | None = None
    placed: list[Mover] = []
    moment = -_SPAWN_M / (fill.speed_kmh / 3.6)
    queue: list[Mover] = []
    while moment < scene.video.seconds:
        moment += fill.headway_s * (0.55 + rng.gamma(2.0, 0.225))
        spec = _drawn_spec(fill, rng)
        speed = max(2.0, rng.normal(fill.speed_kmh, fill.spread_kmh) / 3.6)
        x = lane.centre_x_m + float(np.clip(rng.normal(0, 0.12), -0.3, 0.3))
        if signal is None:
            mover = _cruiser(
                len(others) + len(placed) + 1, spec, lane, x, start_y, moment, speed, rng
            )
        else:
            mover = _obeying(
                scene, signal, len(others) + len(placed) + 1, spec, lane, x, start_y, moment, speed,
                queue, rng,
            )  # fmt: skip
        clear = ahead is None or _gap_kept(ahead, mover, fill.gap_m, scene.video.seconds)
        if clear and all(
            _gap_kept(o, mover, fill.gap_m, scene.video.seconds)
            for o in others
            if fill.lane in (o.lane, o.to_lane)
        ):
            placed.append(mover)
            ahead = mover
            if signal is not None:
                queue.append(mover)
    return placed


def _drawn_spec(fill: TrafficFill, rng: np.random.Generator) -> VehicleSpec:
    kinds = list(fill.kinds)
    shares = np.array([fill.kinds[k] for k in kinds], float)
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    colour = str(rng.choice(CAR_COLOURS, p=_COLOUR_SHARES))
    if kind is VehicleKind.BUS:
        colour = str(rng.choice(["green", "yellow", "white", "blue"]))
    layout = None
    if kind in (VehicleKind.LORRY, VehicleKind.TOW_TRUCK, VehicleKind.BUS):
        layout = "kz-2012-legal"
    elif kind is not VehicleKind.MOTORCYCLE:
        names = ["kz-2012-car", "kz-2012-legal", "kz-1993-car", "kz-2012-lorry-rear"]
        layout = str(rng.choice(names, p=[0.80, 0.09, 0.07, 0.04]))
    dirt = float(np.clip(rng.normal(0.12, 0.15), 0, 0.8))
    return VehicleSpec(
        kind=kind, colour=colour, lane=fill.lane, at_y_m=0, speed_kmh=fill.speed_kmh,
        layout=layout, dirt=round(dirt, 1),
    )  # fmt: skip


def _cruiser(
    number: int, spec: VehicleSpec, lane: LaneSpec, x: float, start_y: float, moment: float,
    speed: float, rng: np.random.Generator,
) -> Mover:  # fmt: skip
    profile = SpeedProfile(np.array([0.0]), np.array([speed]))
    y = start_y - _along(lane) * speed * moment
    return _mover(number, spec, Path(x, y, _along(lane), profile), rng)


def _obeying(
    scene: Scene, signal: SignalSpec, number: int, spec: VehicleSpec, lane: LaneSpec, x: float,
    start_y: float, moment: float, speed: float, queue: list[Mover], rng: np.random.Generator,
) -> Mover:  # fmt: skip
    """A vehicle that drives through on green and otherwise stops at the end of the queue."""
    along = _along(lane)
    way = (stop_line_y(scene, lane) - start_y) * along - 1.2
    arrives = moment + way / speed
    waiting = [m for m in queue if _held_at(m, arrives)]
    lamp = lamp_at(signal.phases, signal.offset_s, arrives)
    go = lamp.phase in ("green", "green_flash") and not waiting
    if go or (lamp.phase == "yellow" and arrives - lamp.since_s < 1.2 and not waiting):
        return _cruiser(number, spec, lane, x, start_y, moment, speed, rng)
    back = sum(m.body.length_m + 1.8 for m in waiting)
    stop_way = way - back
    brake_s = speed / _BRAKE
    brake_at = moment + (stop_way - speed * brake_s / 2) / speed
    halted = brake_at + brake_s
    green = _next_green(signal, halted if not waiting else max(halted, arrives))
    leave = max(halted + 0.5, green + _START_DELAY_S + _NEXT_DELAY_S * len(waiting))
    knots = np.array([brake_at, halted, leave, leave + speed / _PULL])
    speeds = np.array([speed, 0.0, 0.0, speed])
    profile = SpeedProfile(knots, speeds)
    offset = start_y - along * (profile.distance(moment))
    return _mover(number, spec, Path(x, float(offset), along, profile), rng)


def _held_at(mover: Mover, media_s: float) -> bool:
    """Whether it stands, or is about to stand, in the queue at that moment."""
    knots = mover.path.profile.at_s
    return len(knots) == 4 and knots[0] - 6 < media_s < knots[2] + 1.5


def _next_green(signal: SignalSpec, media_s: float) -> float:
    for step in range(2000):
        moment = media_s + step * 0.1
        if lamp_at(signal.phases, signal.offset_s, moment).phase == "green":
            return moment
    return media_s


def _gap_kept(ahead: Mover, behind: Mover, gap_m: float, until_s: float) -> bool:
    """Whether two vehicles never come nearer than the gap while one is in view."""
    moments = np.arange(0.0, until_s + 0.1, 0.25)
    a, b = ahead.path.position(moments), behind.path.position(moments)
    near = np.abs(a[:, 0] - b[:, 0]) < 1.9
    seen = (np.minimum(a[:, 1], b[:, 1]) < _SPAWN_M) & (np.maximum(a[:, 1], b[:, 1]) > -30)
    along = behind.path.along
    lead = (a[:, 1] - b[:, 1]) * along
    free = np.where(lead >= 0, lead - ahead.body.length_m, -lead - behind.body.length_m)
    least = min(gap_m, 1.5) if len(behind.path.profile.at_s) > 1 else gap_m
    return bool(np.all(free[near & seen] >= least))
