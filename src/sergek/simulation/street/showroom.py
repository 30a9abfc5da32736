"""Every kind of body driving past three cameras, both ways, to see what a detector makes of it."""

from collections.abc import Iterator

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
)
from sergek.simulation.street.specs import SPECS

__all__ = ["showroom"]

# The section's, the junction's and the school's cameras.
_CAMERAS = (
    ((-3.0, 0.0, 6.6), (-2.4, 36.0, 1.3), 19.0),
    ((2.4, 0.0, 7.4), (2.7, 29.0, 0.6), 26.0),
    ((-3.3, 0.0, 5.9), (-2.5, 30.0, 1.0), 30.0),
)
_COLOURS = ("white", "black", "silver", "blue", "red", "grey")
_BUS_COLOURS = ("green", "white", "yellow", "blue")
# A picture a second at this speed shows each vehicle every 15 m from here on.
_SPEED_KMH, _FROM_M, _GAP_M = 54.0, 75.0, 22.0


def showroom(light: Light, cameras: int = len(_CAMERAS)) -> Iterator[Scene]:
    """A short film at 720p per camera: each kind once each way, in colours it is seen in."""
    dark = light.sky in (Sky.DUSK, Sky.NIGHT)
    for number, (position, target, fov) in enumerate(_CAMERAS[:cameras]):
        away, seconds = _column(1, number)
        towards, _ = _column(2, number + 3)
        yield Scene(
            name=f"showroom-{light.sky.value.replace('_', '-')}-{light.weather.value}-{number}",
            video=VideoSpec(width=1280, height=720, fps=1.0, seconds=seconds),
            camera=CameraPose(
                position_m=position, looks_at_m=target, fov_deg=fov, noise=4.0 if dark else 2.0
            ),
            light=light,
            road=RoadSpec(
                lanes=(
                    LaneSpec(number=1, centre_x_m=1.75, direction="receding"),
                    LaneSpec(number=2, centre_x_m=-1.75, direction="approaching"),
                )
            ),
            vehicles=(*away, *towards),
        )  # fmt: skip


def _column(lane: int, first: int) -> tuple[list[VehicleSpec], float]:
    """Each kind, one behind the other, and the seconds until the last is out of sight."""
    kinds, found, behind_m = list(VehicleKind), [], 0.0
    for k in range(len(kinds)):
        kind = kinds[(3 * k + first) % len(kinds)]
        colours = _BUS_COLOURS if kind is VehicleKind.BUS else _COLOURS
        found.append(
            VehicleSpec(
                kind=kind,
                colour=colours[(k + first) % len(colours)],
                lane=lane,
                at_y_m=-behind_m if lane == 1 else _FROM_M + behind_m,
                speed_kmh=_SPEED_KMH,
            )
        )
        behind_m += (SPECS[kind].length if kind in SPECS else 2.2) + _GAP_M
        behind_m += 5.5 if kind is VehicleKind.LORRY else 0.0
    return found, round((behind_m + _FROM_M) / (_SPEED_KMH / 3.6))
