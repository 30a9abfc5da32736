"""Cars, vans and buses: a body lofted over cross-sections, and its mirrors."""

import numpy as np

from sergek.simulation.street.paint import Sheets, smooth_line
from sergek.simulation.street.parts import Floats, Material, Part, box, cylinder, polygons
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.shapes import (
    LACQUER,
    TRIM,
    Vehicle,
    ellipsoid,
    slabs,
    wheel,
    wheels,
)
from sergek.simulation.street.specs import SPECS, BodySpec

__all__ = ["car", "lofted", "mirrors"]


def car(kind: VehicleKind, coarse: bool) -> Vehicle:
    """A car, van or bus, in no colour yet."""
    spec = SPECS[kind]
    body = lofted(kind, spec, coarse)
    half = spec.length / 2
    return Vehicle(
        kind, spec.length, spec.width, spec.height,
        (body, *mirrors(kind, spec)),
        wheels(spec), wheel(spec.wheel, 10 if coarse else 24),
        slabs(body.vertices, 10),
        tuple((half + 0.02, s * spec.width * 0.39, spec.head_z) for s in (1, -1)),
        (("front", spec.plate_z[0]), ("rear", spec.plate_z[1])),
    )  # fmt: skip


def _section(spec: BodySpec, x: float, fine: int) -> tuple[Floats, list[str]]:
    """Half a cross-section at x, sill to roof: (n, 2) of (y, z), and the view of each point."""
    half, fillet = spec.length / 2, spec.fillet
    into = max(0.0, abs(x) - (half - fillet)) / fillet
    cap = fillet * (1 - np.sqrt(max(0.0, 1 - into * into)))
    top = float(smooth_line(spec.top, x))
    belt = min(float(np.interp(x, [-half, half], spec.belt)), top - 0.05)
    wide = spec.width / 2 * (1 - spec.taper * (abs(x) / half) ** 5) - cap * 0.8
    cabin = float(np.clip((top - belt - 0.05) / (spec.height - spec.belt[0] - 0.05), 0, 1))
    roof = wide * (spec.roof * cabin + (1 - cabin) * 0.86)
    low = 0.20 + 0.02 * (abs(x) / half) ** 8 + cap * 0.5
    top, belt = top - cap * 0.35, belt - cap * 0.3
    points: list[tuple[float, float]] = [
        (0, low), (wide * 0.8, low), (wide * 0.93, low + 0.015), (wide * 0.972, low + 0.06),
    ]  # fmt: skip
    views = ["side"] * 4
    for k in np.linspace(0.15, 1, 2 + 4 * fine):
        bulge = wide * (0.972 + 0.028 * np.sin(np.pi * min(1.0, k * 1.05)))
        points.append(
            (bulge - (0.012 * wide if k == 1 else 0), low + 0.06 + (belt - low - 0.06) * k)
        )
        views.append("side")
    shoulder, rail = wide * 0.965, top - 0.07 * cabin - 0.02 * (1 - cabin)
    for k in np.linspace(0.1, 1, 1 + 4 * fine):
        y = shoulder + (roof - shoulder) * k + 0.03 * np.sin(np.pi * k) * cabin
        points.append((y, belt + (rail - belt) * k))
        views.append("side")
    for k in np.linspace(0.12, 1, 3 + 2 * fine):
        rise = np.sin(np.pi / 2 * min(1.0, k * 1.25))
        points.append((roof * (1 - k), rail + (top - rail) * rise))
        views.append("top")
    return np.asarray(points, float), views


def lofted(kind: VehicleKind, spec: BodySpec, coarse: bool = False) -> Part:
    """The skin of a body with its atlas' coordinates; `coarse` has a quarter of the triangles."""
    atlas = Sheets.of(spec)
    half, count = spec.length / 2, 24 if coarse else 48
    t = np.linspace(-1, 1, count)
    xs = np.sign(t) * (1 - (1 - np.abs(t)) ** 1.35) * half
    rings: list[Floats] = []
    views: list[str] = []
    for x in xs:
        points, views = _section(spec, float(x), 0 if coarse else 1)
        ring = np.concatenate([points, (points[1:-1] * [-1, 1])[::-1]])
        rings.append(np.column_stack([np.full(len(ring), x), ring]))
    around = views + views[1:-1][::-1]
    skin = np.stack(rings)
    pull = np.clip((np.abs(skin[..., 0]) - (half - 0.9)) / 0.9, 0, 1) ** 2
    skin[..., 0] -= np.sign(skin[..., 0]) * spec.bow * pull * (skin[..., 1] / (spec.width / 2)) ** 2
    vertices, faces, sheets = _skin_faces(skin, xs, around, half, spec)
    uv = np.concatenate(
        [atlas.uv(sheet, vertices[list(f)]) for f, sheet in zip(faces, sheets, strict=True)]
    )
    material = Material(f"body:{kind.value}", rough=0.28, coat=1.0)
    return polygons("body", vertices, faces, material, uv, smooth=True)


def _skin_faces(
    skin: Floats, xs: Floats, around: list[str], half: float, spec: BodySpec
) -> tuple[Floats, list[tuple[int, ...]], list[str]]:
    count, n, _ = skin.shape
    vertices = list(skin.reshape(-1, 3))
    faces: list[tuple[int, ...]] = []
    sheets: list[str] = []
    for i in range(count - 1):
        middle = (xs[i] + xs[i + 1]) / 2
        for j in range(n):
            k = (j + 1) % n
            sheet = "top" if "top" in (around[j], around[k]) else "side"
            if abs(middle) > half - spec.fillet * 0.9:
                sheet = "front" if middle > 0 else "rear"
            faces.append((i * n + j, (i + 1) * n + j, (i + 1) * n + k, i * n + k))
            sheets.append(sheet)
    for end, sheet in ((0, "rear"), (count - 1, "front")):
        ring = [end * n + j for j in range(n)]
        rim, centre = skin[end], skin[end].mean(0)
        for share in (0.75, 0.4, 0.1):
            inner = []
            for j in range(n):
                point = rim[j] * share + centre * (1 - share)
                point[0] = np.sign(centre[0]) * (
                    half - spec.bow * (point[1] / (spec.width / 2)) ** 2
                )
                inner.append(len(vertices))
                vertices.append(point)
            for j in range(n):
                k = (j + 1) % n
                face = (ring[j], ring[k], inner[k], inner[j])
                faces.append(face if sheet == "rear" else face[::-1])
                sheets.append(sheet)
            ring = inner
        faces.append(tuple(ring) if sheet == "rear" else tuple(ring[::-1]))
        sheets.append(sheet)
    return np.asarray(vertices), [f[::-1] for f in faces], sheets


def mirrors(kind: VehicleKind, spec: BodySpec) -> list[Part]:
    """Both mirrors of a car, or the square ones of a bus or lorry."""
    half = spec.width / 2
    if kind in (VehicleKind.BUS, VehicleKind.LORRY):
        x, z = spec.length / 2 - 0.05, spec.height - 0.75
        square = []
        for s in (1, -1):
            y0, y1 = sorted((s * (half + 0.05), s * (half + 0.22)))
            square.append(box("mirror", (x - 0.05, y0, z - 0.19), (x + 0.05, y1, z + 0.19), TRIM))
            y0, y1 = sorted((s * (half - 0.35), s * (half + 0.1)))
            arm = (x - 0.02, y0, z + 0.12), (x + 0.02, y1, z + 0.16)
            square.append(box("arm", *arm, TRIM))
        return square
    x = (spec.screen[1] if spec.screen else 1.0) - 0.38
    z = spec.belt[1] + 0.10
    return [
        part
        for s in (1, -1)
        for part in (
            ellipsoid("mirror", (x, s * (half + 0.10), z), (0.075, 0.10, 0.07), LACQUER),
            cylinder("stalk", (x, s * (half - 0.08), z - 0.05), (x, s * (half + 0.06), z - 0.03),
                     0.025, TRIM, 6),
        )
    ]  # fmt: skip
