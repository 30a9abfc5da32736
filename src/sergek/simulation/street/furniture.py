"""The street itself, without traffic: road, kerbs, trees, houses, lamp posts, signals, mountains.

Everything is built from the scene and its seed, so that both renderers draw the same street.
"""

import math
from dataclasses import dataclass

import numpy as np

from sergek.simulation.street.parts import (
    Floats,
    Instance,
    Material,
    Part,
    box,
    cylinder,
    merged,
    polygons,
    quad,
)
from sergek.simulation.street.scene import Scene, Sky, Weather
from sergek.simulation.street.textures import asphalt, facade, ground, leaves, shop_front

__all__ = ["LampPost", "Street", "build_street", "carriageway"]

_WALLS = ((206, 192, 164), (188, 166, 142), (212, 206, 196), (170, 178, 184), (216, 188, 150))
_SHOPS = ("DUKEN", "NAN", "KAFE", "APTEKA", "SULU", "GULDER", "TARAZ")
_LAMPS = {"red": (1.0, 0.03, 0.01), "yellow": (1.0, 0.5, 0.01), "green": (0.02, 1.0, 0.35)}


@dataclass(frozen=True, slots=True)
class LampPost:
    """A street lamp's light source (ground metres)."""

    position_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """All that stands still. `lenses` are drawn lit or dark: keyed (signal id, colour)."""

    instances: tuple[Instance, ...]
    lenses: dict[tuple[str, str], Part]
    lamps: tuple[LampPost, ...]


def carriageway(scene: Scene) -> tuple[float, float]:
    """Left and right edge (x, metres) of the asphalt."""
    left = min(lane.centre_x_m - lane.width_m / 2 for lane in scene.road.lanes)
    right = max(lane.centre_x_m + lane.width_m / 2 for lane in scene.road.lanes)
    return left - 0.35, right + 0.35


def _at(x: float, y: float, z: float = 0.0, scale: float = 1.0, turn: float = 0.0) -> Floats:
    pose = np.eye(4)
    c, s = math.cos(turn), math.sin(turn)
    pose[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) * scale
    pose[:3, 3] = (x, y, z)
    return pose


def _flat(name: str, x0: float, x1: float, y0: float, y1: float, z: float, m: Material) -> Part:
    corners = np.array([(x0, y1, z), (x1, y1, z), (x1, y0, z), (x0, y0, z)])
    return quad(name, corners, m, tile_m=4.0)


class _Builder:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = np.random.default_rng(scene.seed * 7919 + 5)
        self.instances: list[Instance] = []
        self.lamps: list[LampPost] = []
        self.left, self.right = carriageway(scene)
        self.far = scene.road.length_m
        wet = scene.light.weather is Weather.RAIN
        snow = scene.light.weather is Weather.SNOW
        tile = ground
        self.glow = {Sky.NIGHT: 0.5, Sky.DUSK: 1.0}.get(scene.light.sky, 4.0)
        self.asphalt_rough = 0.25 if wet else 0.85
        self.grass = Material("grass", rough=1, texture=tile("snow" if snow else "grass", 11))
        self.paving = Material("paving", rough=0.5 if wet else 0.9, texture=tile("paving", 12))
        self.kerb = Material("kerb", rough=0.9, texture=tile("kerb", 13))
        self.paint = Material("marking", rough=0.7, texture=tile("marking", 14))
        self.bark = Material("bark", rough=1, texture=tile("bark", 15))
        self.pole = Material("pole", colour=(0.25, 0.26, 0.27), rough=0.45, metal=0.5)
        self.black = Material("black", colour=(0.015, 0.015, 0.016), rough=0.5)

    def add(self, part: Part, *poses: Floats) -> None:
        self.instances.append(Instance(part, np.stack(poses) if poses else np.eye(4)[None]))

    @property
    def gap(self) -> tuple[float, float] | None:
        """The mouth of the crossing street, if there is one."""
        road = self.scene.road
        if road.crossing_y_m is None:
            return None
        half = road.crossing_width_m / 2
        return road.crossing_y_m - half, road.crossing_y_m + half

    def stretches(self) -> list[tuple[float, float]]:
        """Pieces of roadside between the near end, the crossing and the far end."""
        gap = self.gap
        if gap is None:
            return [(-20.0, self.far)]
        return [(-20.0, gap[0]), (gap[1], self.far)]

    def free(self, y: float, margin: float) -> bool:
        gap = self.gap
        return gap is None or not gap[0] - margin < y < gap[1] + margin

    # --- the road and its paint

    def road(self) -> None:
        lanes = tuple(lane.centre_x_m - self.left for lane in self.scene.road.lanes)
        wide, tile = self.right - self.left, 20.0
        surface = Material(
            "asphalt", rough=self.asphalt_rough, texture=asphalt(wide, lanes, tile, 21)
        )
        points = np.array([(x, y, 0.0) for y in (-20.0, self.far) for x in (self.left, self.right)])
        uv = [((x - self.left) / wide, y / tile) for x, y, _ in points[[0, 1, 3, 2]]]
        self.add(polygons("road", points, [(0, 1, 3, 2)], surface, uv))
        self.add(_flat("land", -160, 160, -60, 420, -0.03, self.grass))
        if self.gap is not None:
            side = Material("side", rough=self.asphalt_rough, texture=asphalt(8, (2, 6), 8, 22))
            low, high = self.gap
            for x0, x1 in ((-160.0, self.left), (self.right, 160.0)):
                self.add(_flat("crossing", x0, x1, low, high, 0.0, side))

    def markings(self) -> None:
        road, parts = self.scene.road, []
        lanes = sorted(road.lanes, key=lambda lane: lane.centre_x_m)
        edges = [lanes[0].centre_x_m - lanes[0].width_m / 2]
        edges += [lane.centre_x_m + lane.width_m / 2 for lane in lanes]
        for low, high in self.stretches():
            for x in (edges[0] + 0.1, edges[-1] - 0.1):
                parts.append(_flat("edge", x - 0.06, x + 0.06, low, high, 0.004, self.paint))
        for index, x in enumerate(edges[1:-1]):
            opposed = lanes[index].direction != lanes[index + 1].direction
            parts += self._divider(x, opposed)
        parts += self._stop_and_zebra(edges)
        self.add(merged("markings", parts))

    def _divider(self, x: float, opposed: bool) -> list[Part]:
        road, parts = self.scene.road, []
        solid = road.solid_from_y_m if road.solid_from_y_m is not None else math.inf
        stop = road.stop_line_y_m if road.stop_line_y_m is not None else self.far
        for y in np.arange(-16.0, self.far, 6.0 if opposed else 8.0):
            end = y + (2.0 if opposed else 3.0)
            clear = end < solid if y < stop else True
            if clear and self.free(float(y), 6.0):
                parts.append(_flat("dash", x - 0.06, x + 0.06, y, end, 0.004, self.paint))
        if solid < stop:
            parts.append(_flat("solid", x - 0.06, x + 0.06, solid, stop, 0.004, self.paint))
        return parts

    def _stop_and_zebra(self, edges: list[float]) -> list[Part]:
        road, parts = self.scene.road, []
        if road.stop_line_y_m is not None:
            for lane in road.lanes:
                x0, x1 = lane.centre_x_m - lane.width_m / 2, lane.centre_x_m + lane.width_m / 2
                y = road.stop_line_y_m
                if lane.direction == "approaching":
                    if road.crossing_y_m is None:
                        continue
                    y = 2 * road.crossing_y_m - y - 0.4
                parts.append(_flat("stop", x0 + 0.1, x1 - 0.1, y, y + 0.4, 0.005, self.paint))
        if road.zebra_y_m is not None:
            for x in np.arange(edges[0] + 0.3, edges[-1] - 0.5, 1.0):
                parts.append(
                    _flat("bar", x, x + 0.5, road.zebra_y_m, road.zebra_y_m + 4, 0.005, self.paint)
                )
        return parts

    # --- what stands beside it

    def verges(self) -> None:
        kerbs, walks = [], []
        for low, high in self.stretches():
            for side, edge in ((-1, self.left), (1, self.right)):
                a, b = sorted((edge, edge + side * 0.18))
                kerbs.append(box("kerb", (a, low, -0.1), (b, high, 0.15), self.kerb, (4, 4)))
                a, b = sorted((edge + side * 3.4, edge + side * 6.2))
                walks.append(_flat("walk", a, b, low, high, 0.05, self.paving))
        self.add(merged("kerbs", kerbs))
        self.add(merged("walks", walks))

    def trees(self) -> None:
        snow = self.scene.light.weather is Weather.SNOW
        shapes = [
            self._tree(k, slim=k < 2, autumn=0.9 if snow else (0.12, 0.3, 0.2, 0.35)[k])
            for k in range(4)
        ]
        for side, edge in ((-1, self.left), (1, self.right)):
            for y in np.arange(9.0, min(self.far, 220.0), 6.5):
                if not self.free(float(y), 7.0):
                    continue
                poplar = self.rng.random() < 0.55
                inner = 2.1 if poplar and y > 46 else 8.4
                x = edge + side * (inner + self.rng.uniform(-0.2, 0.3))
                shape = shapes[int(self.rng.integers(0, 2)) + (0 if poplar else 2)]
                pose = _at(
                    x,
                    float(y) + self.rng.uniform(-1, 1),
                    0,
                    self.rng.uniform(0.8, 1.2),
                    self.rng.uniform(0, 6.28),
                )
                for part in shape:
                    self.add(part, pose)

    def _tree(self, seed: int, *, slim: bool, autumn: float) -> tuple[Part, Part]:
        """A trunk and a crown of leaf cards: a poplar (slim) or an elm."""
        rng = np.random.default_rng(100 + seed)
        count, high = (5200, 11.0) if slim else (6000, 6.2)
        level = rng.random(count) ** 0.8
        if slim:
            reach = 1.15 * np.sin(np.pi * np.clip(level * 0.92 + 0.06, 0, 1)) ** 0.7
            z = 1.6 + level * (high - 1.6)
        else:
            reach = 2.3 * np.sin(np.pi * np.clip(level * 0.86 + 0.08, 0, 1)) ** 0.55
            z = 1.9 + level * (high - 1.9)
        clump = 0.75 + 0.35 * np.sin(level * 31 + seed) * np.sin(rng.integers(0, 7, count) * 0.9)
        angle = rng.uniform(0, 2 * np.pi, count)
        out = reach * clump * np.sqrt(rng.uniform(0.25, 1, count))
        centre = np.stack([out * np.cos(angle), out * np.sin(angle), z], 1)
        a = rng.normal(0, 1, (count, 3))
        b = rng.normal(0, 1, (count, 3))
        size = rng.uniform(0.07, 0.15, (count, 1))
        a *= size / np.linalg.norm(a, axis=1, keepdims=True)
        b *= size / np.linalg.norm(b, axis=1, keepdims=True)
        points = np.stack([centre - a, centre + b, centre + a, centre - b], 1).reshape(-1, 3)
        first = np.arange(count)[:, None] * 4
        triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
        pick = np.stack([rng.random(count), np.full(count, 0.5)], 1)[:, None, :]
        uv = np.concatenate([np.repeat(pick, 3, 1)] * 2)
        leaf = Material(f"leaf{seed}", rough=0.7, texture=leaves(300 + seed, autumn))
        crown = Part(f"crown{seed}", points, triangles, uv, leaf)
        return crown, cylinder(
            f"trunk{seed}", (0, 0, 0), (0, 0, high * 0.7), (0.16, 0.05), self.bark
        )

    def houses(self) -> None:
        school = self.scene.road.surroundings == "school"
        fronts = [
            Material(f"shop{k}", rough=0.5, texture=shop_front(70 + k, _SHOPS)) for k in range(3)
        ]
        walls = [
            Material(f"facade{k}", rough=0.9, texture=facade(50 + k, _WALLS[k])) for k in range(5)
        ]
        roof = Material("roof", colour=(0.16, 0.15, 0.14), rough=0.95)
        for side, edge in ((-1, self.left), (1, self.right)):
            y = 4.0
            while y < min(self.far, 210):
                long = 6.4 * int(self.rng.integers(3, 8))
                floors = int(self.rng.choice([3, 5, 5, 5, 9])) if not school else 3
                set_back = 11.5 + self.rng.uniform(0, 3)
                if self.free(y, 10) and self.free(y + long, 10):
                    wall = walls[int(self.rng.integers(0, 5))]
                    x0, x1 = sorted((edge + side * set_back, edge + side * (set_back + 12)))
                    self.add(
                        box("house", (x0, y, 0), (x1, y + long, floors * 3.0), wall, (6.4, 3.0))
                    )
                    top = floors * 3.0
                    self.add(
                        box(
                            "roof",
                            (x0 - 0.3, y - 0.3, top),
                            (x1 + 0.3, y + long + 0.3, top + 0.4),
                            roof,
                        )
                    )
                    if self.rng.random() < 0.6:
                        self._shops(fronts, edge + side * set_back, side, y, long)
                y += long + self.rng.uniform(3, 9)

    def _shops(self, fronts: list[Material], x: float, side: int, y: float, long: float) -> None:
        for k in range(int(long // 6.4)):
            face = x - side * 0.08
            a, b = (y + 6.4 * k + 0.2, y + 6.4 * k + 6.2)
            if side > 0:
                a, b = b, a
            corners = [(face, a, 3.3), (face, b, 3.3), (face, b, 0.0), (face, a, 0.0)]
            self.add(quad("shop", np.array(corners), fronts[int(self.rng.integers(0, 3))]))

    def mountains(self) -> None:
        """A snow-topped range far off, as south of Taraz."""
        x = np.linspace(-420, 420, 160)
        crest = 30 + 13 * np.sin(x * 0.013) + 7 * np.sin(x * 0.047 + 1) + 3 * np.sin(x * 0.17)
        colours = ((0.30, 0.34, 0.40), (0.52, 0.56, 0.62))
        for k, (low, high) in enumerate(((0.0, 0.62), (0.62, 1.0))):
            points = np.concatenate(
                [
                    np.stack([x, np.full_like(x, 400.0), crest * low - 2 * (k == 0)], 1),
                    np.stack([x, np.full_like(x, 400.0 + k), crest * high], 1),
                ]
            )
            n = len(x)
            faces = [(i, i + 1, n + i + 1, n + i) for i in range(n - 1)]
            haze = Material(f"range{k}", colour=colours[k], rough=1)
            self.add(polygons("range", points, faces, haze))

    def posts(self) -> None:
        shaft = merged(
            "post",
            [
                cylinder("shaft", (0, 0, 0), (0, 0, 8.6), (0.09, 0.06), self.pole),
                cylinder("arm", (0, 0, 8.5), (1.9, 0, 8.8), 0.035, self.pole, 8),
                box("head", (1.6, -0.12, 8.72), (2.3, 0.12, 8.86), self.pole),
            ],
        )
        for side, edge in ((-1, self.left), (1, self.right)):
            for y in np.arange(12.0, min(self.far, 210.0), 28.0):
                at = float(y) if self.free(float(y), 3) else float(y) + 10
                pose = _at(edge + side * 0.9, at, 0, 1, math.pi if side > 0 else 0)
                self.add(shaft, pose)
                self.lamps.append(LampPost((edge + side * 0.9 - side * 1.95, at, 8.7)))

    def signals(self) -> dict[tuple[str, str], Part]:
        lenses: dict[tuple[str, str], Part] = {}
        for signal in self.scene.signals:
            x, y, z = signal.position_m
            body = box(
                "head", (x - 0.18, y - 0.16, z - 0.52), (x + 0.18, y + 0.06, z + 0.52), self.black
            )
            self.add(cylinder("mast", (x, y + 0.12, 0), (x, y + 0.12, z + 0.55), 0.06, self.pole))
            self.add(body)
            for colour, dz in (("red", 0.33), ("yellow", 0.0), ("green", -0.33)):
                visor = [
                    (x + 0.14 * math.cos(a), y + dy, z + dz + 0.14 * math.sin(a))
                    for a in np.linspace(0, math.pi, 14)
                    for dy in (-0.16, -0.38)
                ]
                faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(13)]
                self.add(polygons("visor", visor, faces, self.black))
                self.add(polygons("visor", visor, [f[::-1] for f in faces], self.black))
                r, g, b = _LAMPS[colour]
                dark = Material(f"lens_{colour}", (0.05 * r, 0.05 * g, 0.05 * b), 0.3)
                k = self.glow
                shine = Material(f"lit_{colour}", (r, g, b), 0.3, emission=(k * r, k * g, k * b))
                for material, ahead in ((dark, 0.0), (shine, 0.004)):
                    disc = cylinder(
                        f"lens_{signal.id}_{colour}", (x, y - 0.15, z + dz),
                        (x, y - 0.175 - ahead, z + dz), 0.115, material, 24,
                    )  # fmt: skip
                    if material is dark:
                        self.add(disc)
                    else:
                        lenses[signal.id, colour] = disc
        return lenses

    def school_things(self) -> None:
        """A fence along the right side and warning signs."""
        rail = Material("rail", colour=(0.06, 0.20, 0.34), rough=0.5)
        x = self.right + 6.6
        bars = [
            cylinder("bar", (x, float(y), 0.1), (x, float(y), 1.5), 0.014, rail, 5)
            for y in np.arange(0, 90, 0.28)
        ]
        bars += [box("rail", (x - 0.02, 0, z), (x + 0.02, 90, z + 0.05), rail) for z in (0.25, 1.4)]
        self.add(merged("fence", bars))
        sign = Material("sign", colour=(0.85, 0.05, 0.04), rough=0.4)
        face = Material("sign_face", colour=(0.92, 0.92, 0.90), rough=0.4)
        for y, edge, side in ((30.0, self.right, 1), (58.0, self.left, -1)):
            px = edge + side * 0.75
            self.add(cylinder("sign_pole", (px, y, 0), (px, y, 2.9), 0.035, self.pole, 8))
            for scale, dy, material in ((0.52, 0.03, sign), (0.36, 0.05, face)):
                turn = [math.pi / 2 + 2 * math.pi * k / 3 for k in range(3)]
                tri = [(px + scale * math.cos(t), y - dy, 2.6 + scale * math.sin(t)) for t in turn]
                self.add(polygons("sign", tri, [(0, 1, 2), (0, 2, 1)], material))


def build_street(scene: Scene) -> Street:
    """The scene's street as parts."""
    builder = _Builder(scene)
    builder.road()
    builder.markings()
    builder.verges()
    builder.mountains()
    builder.posts()
    if scene.road.surroundings != "bare":
        builder.houses()
        builder.trees()
    if scene.road.surroundings == "school":
        builder.school_things()
    lenses = builder.signals()
    lamps = tuple(builder.lamps) if scene.light.sky in (Sky.NIGHT, Sky.DUSK) else ()
    return Street(tuple(builder.instances), lenses, lamps)
