"""Stills path-traced by Blender: the street and its traffic in one picture.

The same meshes, poses and camera as OpenGL's, so both renderers and the truth can be held against
one another. Vehicles are lit by sky and sun; their own lamps do not shine here.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.street.background import bake
from sergek.simulation.street.bodies import dressed
from sergek.simulation.street.fleet import Mover, build_fleet
from sergek.simulation.street.furniture import Street, build_street
from sergek.simulation.street.gl import roll, shift
from sergek.simulation.street.lighting import lighting_of
from sergek.simulation.street.observe import body_pose
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.parts import Instance, Material, quad
from sergek.simulation.street.plate_face import plate_face
from sergek.simulation.street.scene import Scene
from sergek.simulation.street.stage import lit_lenses

__all__ = ["developed", "traced"]

Faces = dict[int, NDArray[np.uint8]]


def traced(
    scene: Scene, media_s: float, cache: Path, *, samples: int = 32, threads: int = 2,
    faces: Faces | None = None,
) -> Image:  # fmt: skip
    """The scene's picture (BGR) at a moment, before the sensor; `cache` as for `bake`.

    `faces` are other pictures (RGB) for the plates of the vehicles with those numbers. Raises
    `ConfigError` where no Blender is at hand.
    """
    street, light = build_street(scene), lighting_of(scene)
    instances = [*street.instances]
    instances += [Instance(part) for part in lit_lenses(street, scene, media_s)]
    for mover in build_fleet(scene):
        face = (faces or {}).get(mover.vehicle_id)
        instances += _vehicle(mover, media_s, face)
    whole = Street(tuple(instances), street.lenses, street.lamps)
    optics = optics_at(scene, media_s)
    seen = bake(whole, optics, light, cache, samples=samples, threads=threads)
    return developed(seen.sun, light.exposure)


def _vehicle(mover: Mover, media_s: float, face: NDArray[np.uint8] | None) -> Iterator[Instance]:
    pose = body_pose(mover, media_s)
    body = dressed(mover.body, mover.colour, mover.dirt)
    for part in body.parts:
        yield Instance(part, pose[None])
    rolled = float(mover.path.profile.distance(media_s))
    turns = [pose @ shift(w.centre) @ roll(rolled / w.radius, w.side) for w in body.wheels]
    yield Instance(body.wheel_part, np.array(turns))
    picture = plate_face(mover.lines, mover.layout, mover.dirt) if face is None else face
    material = Material(f"plate-{mover.vehicle_id}", rough=0.45, texture=picture)
    for spot in body.plates:
        yield Instance(quad("plate", spot.corners, material), pose[None])


def developed(linear: NDArray[np.float32], exposure: float) -> Image:
    """Linear RGB to a BGR picture by the film curve of `shaders/develop.frag`."""
    c = linear * (exposure * 0.85)
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14)
    picture: Image = np.round(255 * np.clip(c, 0, 1) ** (1 / 2.2)).astype(np.uint8)[..., ::-1]
    return np.ascontiguousarray(picture)
