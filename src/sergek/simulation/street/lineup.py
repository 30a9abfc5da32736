"""Streets made only to judge plate reading: few pixels round a lane, many vehicles, every plate
another one.

Each scene is a narrow picture of one lane, as if cut from a street camera's, so that every vehicle
is seen two to five times on its way through. Widths, angles, light, weather, shutter and
compression are spread over the scenes by a seed; nothing of a plate network's training was drawn
by this renderer.
"""

import math
from collections.abc import Iterator

import numpy as np

from sergek.simulation.plates.layouts import FORMS
from sergek.simulation.street.scene import (
    CameraPose,
    LaneSpec,
    Light,
    RoadSpec,
    Scene,
    Sky,
    VehicleKind,
    VehicleSpec,
    VideoSpec,
    Weather,
)
from sergek.simulation.street.specs import CAR_COLOURS, SPECS

__all__ = ["lineup"]

# Pictures a second: the first scenes see each vehicle about four times on its way, to judge the
# vote over looks; the others, there for the number of plates, about twice.
_DENSE_SCENES, _DENSE_FPS, _FPS = 13, 4.0, 2.0
# Between one vehicle's rear and the next one's front; no plate is hidden by a car at this gap.
_GAP_M = 9.0
# Lights in turn: half of the scenes by day, the others in what makes reading harder.
_LIGHTS = (
    (Sky.DAY, Weather.CLEAR), (Sky.NIGHT, Weather.CLEAR), (Sky.DAY, Weather.CLEAR),
    (Sky.DAY, Weather.RAIN), (Sky.OVERCAST, Weather.CLEAR), (Sky.LOW_SUN, Weather.CLEAR),
    (Sky.DAY, Weather.CLEAR), (Sky.DUSK, Weather.CLEAR), (Sky.DAY, Weather.SNOW),
    (Sky.DAY, Weather.CLEAR), (Sky.NIGHT, Weather.RAIN), (Sky.DAY, Weather.CLEAR),
)  # fmt: skip
_DARK = {Sky.DUSK, Sky.NIGHT}
_KINDS = (VehicleKind.SEDAN, VehicleKind.HATCHBACK, VehicleKind.SUV, VehicleKind.VAN,
          VehicleKind.LORRY, VehicleKind.BUS)  # fmt: skip
_KIND_SHARES = (0.40, 0.18, 0.24, 0.09, 0.05, 0.04)
_COLOURS = (*CAR_COLOURS, "yellow")
_ONE_LINE = [form for form in FORMS if not form.two_line]
_TWO_LINE = [form for form in FORMS if form.two_line and "motorcycle" not in form.layout]


def lineup(seed: int, scenes: int = 48, vehicles: int = 24) -> Iterator[Scene]:
    """`scenes` scenes of `vehicles` vehicles each, the same for the same seed."""
    for number in range(scenes):
        yield _one(seed, number, vehicles)


def _one(seed: int, number: int, vehicles: int) -> Scene:
    rng = np.random.default_rng((seed, number))
    sky, weather = _LIGHTS[number % len(_LIGHTS)]
    receding = number % 3 == 2
    # The plate's width in the middle of the picture; on its way it is 0.8 to 1.25 times as wide.
    width_px = float(np.exp(rng.uniform(math.log(42), math.log(145))))
    px_per_m = width_px / 0.52
    height_m, away_m = rng.uniform(5.2, 7.5), rng.uniform(19, 30)
    side_m = float(rng.uniform(0, 7) if rng.random() < 0.75 else rng.uniform(7, 13))
    side_m *= 1 if rng.random() < 0.5 else -1
    position = (side_m, 0.0, float(height_m))
    target = (0.0, float(away_m), 0.8)
    wide = round(px_per_m * 3.1 / 2) * 2
    high = round(px_per_m * 4.0 / 2) * 2
    reach = math.dist(position, target)
    speed = float(rng.uniform(48, 70)) if sky not in _DARK else float(rng.uniform(42, 58))
    dark = sky in _DARK
    fps = _DENSE_FPS if number < _DENSE_SCENES else _FPS
    driving, way_m = _driving(rng, vehicles, away_m, speed, receding)
    return Scene(
        name=f"lineup-{seed}-{number:03d}",
        seed=seed * 1000 + number,
        video=VideoSpec(
            width=max(192, wide), height=max(224, high), fps=fps,
            seconds=round((way_m + 12) / (speed / 3.6), 1),
            crf=int(rng.integers(20, 30)), max_kbps=20_000, key_frame_s=2.0,
        ),
        camera=CameraPose(
            position_m=position, looks_at_m=target,
            fov_deg=math.degrees(2 * math.atan(wide / 2 / px_per_m / reach)),
            shutter_s=float(rng.choice([0.001, 0.0015, 0.002])) if dark else 0.001,
            noise=float(rng.uniform(3, 6)) if dark else float(rng.uniform(1, 3)),
        ),
        light=Light(
            sky=sky, weather=weather, sun_elevation_deg=float(rng.uniform(18, 60)),
            sun_azimuth_deg=float(rng.uniform(0, 360)),
        ),
        road=RoadSpec(
            lanes=(LaneSpec(number=1, centre_x_m=0.0,
                            direction="receding" if receding else "approaching"),),
            surroundings="bare",
        ),
        vehicles=tuple(driving),
    )  # fmt: skip


def _driving(
    rng: np.random.Generator, vehicles: int, away_m: float, speed_kmh: float, receding: bool
) -> tuple[list[VehicleSpec], float]:
    """Vehicles one behind the other, and how far the last one is behind the first (m)."""
    found: list[VehicleSpec] = []
    behind_m = 6.0
    for _ in range(vehicles):
        kind = _KINDS[int(rng.choice(len(_KINDS), p=_KIND_SHARES))]
        behind_m += (SPECS[kind].length if kind in SPECS else 8.0) + _GAP_M if found else 0.0
        found.append(
            VehicleSpec(
                kind=kind,
                colour=str(rng.choice(_COLOURS)),
                lane=1,
                at_y_m=away_m - behind_m if receding else away_m + behind_m,
                speed_kmh=speed_kmh,
                offset_m=float(np.clip(rng.normal(0, 0.15), -0.4, 0.4)),
                layout=_layout(rng),
                dirt=round(float(np.clip(rng.normal(0.12, 0.15), 0, 0.7)), 2),
                tilt_deg=round(float(np.clip(rng.normal(0, 1.5), -5, 5)), 1),
            )
        )
    return found, behind_m


def _layout(rng: np.random.Generator) -> str:
    forms = _TWO_LINE if rng.random() < 0.22 else _ONE_LINE
    shares = np.array([form.share for form in forms])
    return forms[int(rng.choice(len(forms), p=shares / shares.sum()))].layout
