"""Stills of one kind of body, to see what a detector makes of it: three cameras, both ways."""

from collections.abc import Iterator

from sergek.simulation.street.scene import (
    CameraPose,
    LaneSpec,
    RoadSpec,
    Scene,
    VehicleKind,
    VehicleSpec,
    VideoSpec,
)

__all__ = ["showroom"]

# The section's, the junction's and the school's cameras.
_CAMERAS = (
    ((-3.0, 0.0, 6.6), (-2.4, 36.0, 1.3), 19.0),
    ((2.4, 0.0, 7.4), (2.7, 29.0, 0.6), 26.0),
    ((-3.3, 0.0, 5.9), (-2.5, 30.0, 1.0), 30.0),
)
_STANDING = (("red", 26.0), ("white", 38.0), ("black", 50.0), ("blue", 64.0))


def showroom(kind: VehicleKind) -> Iterator[Scene]:
    """Six stills at 720p, four bodies of the kind on each."""
    for number, (position, target, fov) in enumerate(_CAMERAS):
        for direction in ("receding", "approaching"):
            yield Scene(
                name=f"showroom-{kind.value.replace('_', '-')}-{number}-{direction}",
                video=VideoSpec(width=1280, height=720),
                camera=CameraPose(position_m=position, looks_at_m=target, fov_deg=fov),
                road=RoadSpec(
                    lanes=(
                        LaneSpec(number=1, centre_x_m=1.75, direction=direction),
                        LaneSpec(number=2, centre_x_m=-1.75, direction=direction),
                    )
                ),
                vehicles=tuple(
                    VehicleSpec(kind=kind, colour=colour, lane=1 + k % 2, at_y_m=y, speed_kmh=0.0)
                    for k, (colour, y) in enumerate(_STANDING)
                ),
            )
