"""Meshes and materials that every renderer understands.

Right-handed metres, z up. Triangles wind counter-clockwise seen from outside; `uv` is per
triangle corner because one vertex may lie on several sheets of a texture atlas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Instance", "Material", "Part", "box", "corner_normals", "cylinder", "quad", "ring_loft"]

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """How a surface looks.

    `colour` and `emission` are linear RGB. `texture` is an sRGB picture (rows from the top) that
    replaces the colour; `mask` of the same size says per texel how much it is glass, headlamp,
    rough plastic and tail lamp (R, G, B, A); `lamp` says it of a part without a mask.
    """

    name: str
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    rough: float = 0.8
    metal: float = 0.0
    coat: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    texture: Bytes | None = None
    mask: Bytes | None = None
    lamp: Literal["", "head", "tail"] = ""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A triangle mesh of one material; `vertices` (n, 3), `triangles` (m, 3), `uv` (m, 3, 2)."""

    name: str
    vertices: Floats
    triangles: NDArray[np.int64]
    uv: Floats
    material: Material
    smooth: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A part drawn at several places: `poses` (k, 4, 4)."""

    part: Part
    poses: Floats = field(default_factory=lambda: np.eye(4)[None])


def polygons(
    name: str,
    vertices: Sequence[Sequence[float]] | Floats,
    faces: Sequence[Sequence[int]],
    material: Material,
    uv: Sequence[Sequence[float]] | Floats | None = None,
    *,
    smooth: bool = False,
) -> Part:
    """A part from convex polygons; `uv` lists one pair per polygon corner, in order."""
    triangles: list[tuple[int, int, int]] = []
    corners: list[tuple[int, int, int]] = []
    at = 0
    for face in faces:
        for k in range(1, len(face) - 1):
            triangles.append((face[0], face[k], face[k + 1]))
            corners.append((at, at + k, at + k + 1))
        at += len(face)
    pairs = np.zeros((at, 2)) if uv is None else np.asarray(uv, float)
    return Part(
        name,
        np.asarray(vertices, float),
        np.asarray(triangles, np.int64),
        pairs[np.asarray(corners, np.int64)],
        material,
        smooth,
    )


def quad(name: str, corners: Floats, material: Material, tile_m: float | None = None) -> Part:
    """A four-cornered face. Texture: whole picture from the first corner (top left) clockwise
    as seen from outside, or tiled over the ground every `tile_m` metres."""
    points = np.asarray(corners, float)
    if tile_m is None:
        uv = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    else:
        uv = points[:, :2] / tile_m
    return polygons(name, points, [(0, 3, 2, 1)], material, uv[[0, 3, 2, 1]])


def box(
    name: str,
    low: Sequence[float],
    high: Sequence[float],
    material: Material,
    tile_m: tuple[float, float] = (1.0, 1.0),
) -> Part:
    """An upright box; side faces carry the texture every `tile_m` (along, up) metres."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    points = np.array([(x, y, z) for z in (z0, z1) for y in (y0, y1) for x in (x0, x1)])
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    uv: list[tuple[float, float]] = []
    for number, face in enumerate(faces):
        for corner in face:
            x, y, z = points[corner] - np.array(low)
            flat = number < 2
            uv.append(
                ((x if flat else x + y) / tile_m[0], (y / tile_m[0]) if flat else -z / tile_m[1])
            )
    return polygons(name, points, faces, material, uv)


def ring_loft(
    name: str, rings: Floats, material: Material, *, caps: bool = True, smooth: bool = True
) -> Part:
    """A skin over closed rings (k, n, 3) of equal point count, optionally closed at both ends."""
    count, around, _ = rings.shape
    faces: list[tuple[int, ...]] = []
    for i in range(count - 1):
        for j in range(around):
            nxt = (j + 1) % around
            faces.append(
                (i * around + j, i * around + nxt, (i + 1) * around + nxt, (i + 1) * around + j)
            )
    if caps:
        faces.append(tuple(reversed(range(around))))
        faces.append(tuple(range((count - 1) * around, count * around)))
    return polygons(name, rings.reshape(-1, 3), faces, material, smooth=smooth)


def cylinder(
    name: str,
    start: Sequence[float],
    end: Sequence[float],
    radius: float | tuple[float, float],
    material: Material,
    sides: int = 12,
) -> Part:
    """A round bar from one point to another, possibly tapered."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    axis = (b - a) / np.linalg.norm(b - a)
    helper = np.array([1.0, 0, 0]) if abs(axis[0]) < 0.9 else np.array([0, 1.0, 0])
    u = np.cross(helper, axis)
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    radii = radius if isinstance(radius, tuple) else (radius, radius)
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)[:, None]
    circle = np.cos(turn) * u + np.sin(turn) * v
    return ring_loft(name, np.stack([a + circle * radii[0], b + circle * radii[1]]), material)


def moved(part: Part, offset: Sequence[float]) -> Part:
    """The same part, shifted."""
    return Part(
        part.name,
        part.vertices + np.asarray(offset, float),
        part.triangles,
        part.uv,
        part.material,
        part.smooth,
    )


def merged(name: str, parts: Sequence[Part]) -> Part:
    """Several parts of one material as one."""
    base, triangles = 0, []
    for part in parts:
        triangles.append(part.triangles + base)
        base += len(part.vertices)
    return Part(
        name,
        np.concatenate([p.vertices for p in parts]),
        np.concatenate(triangles),
        np.concatenate([p.uv for p in parts]),
        parts[0].material,
        parts[0].smooth,
    )


def corner_normals(part: Part) -> Floats:
    """Unit normals per triangle corner (m, 3, 3): averaged over touching faces if smooth.

    Faces that meet at the same place share a normal even if their vertices are separate.
    """
    v, t = part.vertices, part.triangles
    face = np.cross(v[t[:, 1]] - v[t[:, 0]], v[t[:, 2]] - v[t[:, 0]])
    if not part.smooth:
        normals = np.repeat(face[:, None, :], 3, axis=1)
    else:
        _, same = np.unique(np.round(v, 4), axis=0, return_inverse=True)
        total = np.zeros((int(same.max()) + 1, 3))
        for corner in range(3):
            np.add.at(total, same[t[:, corner]], face)
        normals = total[same[t]]
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    result: Floats = normals / np.maximum(length, 1e-12)
    return result
