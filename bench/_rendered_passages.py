"""Rendered passages with exact truth: reels of one camera, one light and a few vehicles each.

What is shortened against `sergek watch`: vehicles of like speed come in pairs, one in each lane,
and are drawn from 44 m to 20 m (slow ones over their last 40 pictures); only 1.5 m × 0.8 m around
the plate are drawn anew; where that window is comes from the truth (shaken) instead of the
detector; the plate is not read. Renderer, sensor noise, H.264, plate finder, sharpening and
assessment are the product's own.
"""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.core.plate import Corners
from sergek.core.site import Channel, Site, Survey, SurveyPoint
from sergek.core.speed import PlateTrack
from sergek.simulation.street.film import film, pictures
from sergek.simulation.street.fleet import Mover
from sergek.simulation.street.observe import body_pose
from sergek.simulation.street.optics import Optics, optics_at
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
from sergek.simulation.street.specs import CLASS_OF
from sergek.simulation.street.stage import Stage
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.assess import Assessor, SeenPassage
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.plate_geometry import sharpener

__all__ = ["CONDITIONS", "EACH", "reel"]

Array = NDArray[np.float64]

CONDITIONS = ("day", "dusk", "night", "rain")
EACH = 24  # vehicles in one reel
FPS = 20.0
FAR_M, OUT_M = 44.0, 20.0  # front bumpers are on the picture from there to there
MOST_LOOKS = 40
WHEN = datetime(2022, 7, 1, 8, tzinfo=UTC)
COLOURS = ("white", "black", "silver", "grey", "red", "blue", "green", "beige", "brown")
KINDS = (VehicleKind.SEDAN, VehicleKind.SUV, VehicleKind.HATCHBACK, VehicleKind.VAN,
         VehicleKind.LORRY, VehicleKind.BUS)  # fmt: skip


def reel(condition: str, seed: int, folder: Path) -> list[dict[str, Any]]:
    """Render one reel, measure every vehicle of it, and tell what came out against the truth."""
    rng = np.random.default_rng((CONDITIONS.index(condition), seed))
    scene = _scene(condition, seed, rng)
    painter = _FrontPainter(scene, folder)
    everybody = painter.everybody
    try:
        video = film(scene, (), painter, "moderngl", folder).video
    finally:
        painter.stage.close()
    site = _site(scene, rng)
    found = _followed(scene, everybody, video, rng)
    told = [
        _told(condition, seed, scene, site, mover, found[mover.vehicle_id]) for mover in everybody
    ]
    video.unlink()
    video.with_name(f"{scene.name}.truth.jsonl.gz").unlink(missing_ok=True)
    return told


class _FrontPainter:
    """Paints the street once and then, picture by picture, only the vehicles' fronts anew: the
    same renderer, its drawing cut to a window (scissor), at a tenth of the cost. Textures keep
    their fine levels: the coarse ones smear a plate's margin inwards but never over its end, as no
    lens does, and made rendered plates look 0.8 % narrower than they stand."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.stage = Stage(scene, folder, background="drawn")
        self.everybody = self.stage.fleet
        self._scene, self._optics = scene, optics_at(scene, 0.0)
        self.stage.fleet = ()
        self._street = self.stage.paint(0)
        raster: Any = self.stage._raster
        self._raster, shade = raster, raster._shade_ground

        def shade_within(drawn: Any, region: Any) -> None:
            shade(drawn, self._common(region))
            raster.gl.scissor = self._window

        raster._shade_ground = shade_within
        texture = raster._byte_texture

        def sharp(picture: Any) -> Any:
            made = texture(picture)
            made.build_mipmaps(0, 2)
            made.repeat_x = made.repeat_y = False
            return made

        raster._byte_texture = sharp
        self._window = (0, 0, scene.video.width, scene.video.height)

    def __call__(self, index: int) -> Image:
        """The picture with that number."""
        moment, picture = index / self._scene.video.fps, self._street.copy()
        for mover in self.everybody:
            if not _near(mover, moment):
                continue
            x1, y1, x2, y2 = front_window(self._optics, mover, moment)
            self._window = (x1, self._scene.video.height - y2, x2 - x1, y2 - y1)
            self._raster._target.scissor = self._window
            self.stage.fleet = (mover,)
            picture[y1:y2, x1:x2] = self.stage.paint(index)[y1:y2, x1:x2]
        return picture

    def _common(self, region: tuple[int, int, int, int] | None) -> tuple[int, int, int, int]:
        x, y, wide, high = self._window
        if region is None:
            return self._window
        left, low = max(x, region[0]), max(y, region[1])
        right = min(x + wide, region[0] + region[2])
        top = min(y + high, region[1] + region[3])
        return left, low, max(1, right - left), max(1, top - low)


def front_window(optics: Optics, mover: Mover, moment: float) -> tuple[int, int, int, int]:
    """1.5 m × 0.8 m around the front plate on the picture: x1, y1, x2, y2 in pixels."""
    pose = body_pose(mover, moment)
    spot = next(each for each in mover.body.plates if each.end == "front")
    middle = spot.corners.mean(axis=0) @ pose[:3, :3].T + pose[:3, 3]
    px_per_m = optics.focal_px / float(optics.depth_m(middle))
    x, y = optics.project(middle)
    reach = np.array([0.75, 0.4]) * px_per_m
    low = np.clip(np.floor((x, y) - reach), 0, (optics.width - 2, optics.height - 2)).astype(int)
    high = np.clip(np.ceil(np.array([x, y]) + reach), 1, (optics.width, optics.height)).astype(int)
    return int(low[0]), int(low[1]), int(max(high[0], low[0] + 1)), int(max(high[1], low[1] + 1))


def _scene(condition: str, seed: int, rng: np.random.Generator) -> Scene:
    """A camera 5.8 to 6.6 m high with a narrow lens: a plate is 75 px wide at 40 m, 150 at 20 m."""
    lanes = tuple(
        LaneSpec(number=n, centre_x_m=x, direction="approaching")
        for n, x in ((1, -1.75), (2, 1.75))
    )
    vehicles: list[VehicleSpec] = []
    moment = 0.0
    for kmh in rng.uniform(20, 140, EACH // 2):
        ends = []
        for lane in (1, 2):
            spec, end = _vehicle(lane, float(kmh * rng.uniform(0.93, 1.07)), moment, rng)
            vehicles.append(spec)
            ends.append(end)
        moment = np.ceil(max(ends) * FPS) / FPS
    sky = {"dusk": Sky.DUSK, "night": Sky.NIGHT}.get(condition, Sky.DAY)
    if condition == "day" and rng.random() < 0.3:
        sky = Sky.OVERCAST
    return Scene(
        name=f"reel-{condition}-{seed}",
        seed=seed,
        video=VideoSpec(
            width=1920, height=1080, fps=FPS, seconds=float(moment), crf=25, max_kbps=3000
        ),
        camera=CameraPose(
            position_m=(float(rng.uniform(-0.6, 0.6)), 0.0, float(rng.uniform(5.8, 6.6))),
            looks_at_m=(float(rng.uniform(-0.15, 0.15)), 29.0, 0.5),
            fov_deg=18.8,
            shutter_s=0.001,
            noise=float({"day": 1.6, "rain": 2.2}.get(condition, 3.5)),
        ),
        light=Light(
            sky=sky,
            weather=Weather.RAIN if condition == "rain" else Weather.CLEAR,
            sun_elevation_deg=float(rng.uniform(20, 65)),
            sun_azimuth_deg=float(rng.uniform(0, 360)),
        ),
        road=RoadSpec(lanes=lanes, length_m=240.0),
        vehicle=tuple(vehicles),  # type: ignore[call-arg]
    )


def _vehicle(
    lane: int, kmh: float, moment: float, rng: np.random.Generator
) -> tuple[VehicleSpec, float]:
    """One that enters at that moment, and the moment at which it is out of the picture."""
    ms = kmh / 3.6
    far_m = min(FAR_M, OUT_M + ms * MOST_LOOKS / FPS)
    over = (far_m - OUT_M) / ms
    speeds: tuple[tuple[float, float], ...] = ((0.0, kmh),)
    if kmh > 45 and rng.random() < 0.15:  # brakes at 2 to 4 m/s² from somewhere in the zone
        begins = moment + float(rng.uniform(0, 0.5)) * over
        slower = max(kmh - float(rng.uniform(2, 4)) * over * 3.6, 0.5 * kmh)
        speeds = ((begins, kmh), (begins + over, slower))
        over *= 1.2
    kind = KINDS[int(rng.choice(len(KINDS), p=(0.4, 0.25, 0.2, 0.07, 0.05, 0.03)))]
    heavy = kind in (VehicleKind.LORRY, VehicleKind.BUS)
    colour = "white" if heavy else COLOURS[int(rng.integers(len(COLOURS)))]
    spec = VehicleSpec(
        kind=kind,
        colour=colour,
        lane=lane,
        at_y_m=far_m + ms * moment,
        speeds=speeds,
        offset_m=float(np.clip(rng.normal(0, 0.25), -0.6, 0.6)),
        layout="kz-2012-legal" if heavy or rng.random() < 0.1 else "kz-2012-car",
        dirt=round(float(np.clip(rng.normal(0.12, 0.15), 0, 0.5)), 1),
        tilt_deg=float(np.clip(rng.normal(0, 2.5), -8, 8)),
    )
    return spec, moment + over


def _near(mover: Mover, moment: float) -> bool:
    return OUT_M - 2 < float(mover.path.position(moment)[1]) <= FAR_M + 1e-6


def _site(scene: Scene, rng: np.random.Generator) -> Site:
    """The camera as surveyors would have it: 15 road points, half a pixel and a centimetre off."""
    optics, points = optics_at(scene, 0.0), []
    for x in (-3.4, 0.0, 3.4):
        for y in (23.0, 28.0, 33.0, 38.0, 46.0):
            pixel = optics.project(np.array([x, y, 0.0]))
            if not ((pixel > 0) & (pixel < (optics.width, optics.height))).all():
                continue
            clicked, measured = pixel + rng.normal(0, 0.5, 2), rng.normal((x, y), 0.01)
            points.append(
                SurveyPoint(
                    name=f"{x:g},{y:g}",
                    pixel=(float(clicked[0]), float(clicked[1])),
                    ground_m=(float(measured[0]), float(measured[1])),
                )
            )
    survey = Survey(valid_from=datetime(2022, 1, 1, tzinfo=UTC), points=tuple(points))
    channel = Channel(camera_id="abay-1", width=1920, height=1080, surveys=(survey,))
    lanes = [
        {
            "number": lane.number,
            "polygon_m": [
                (lane.centre_x_m + dx, y)
                for dx, y in ((-1.75, 0), (1.75, 0), (1.75, 90), (-1.75, 90))
            ],
            "heading_deg": 180.0,
            "valid_from": datetime(2015, 1, 1, tzinfo=UTC),
        }
        for lane in scene.road.lanes
    ]
    changes: dict[str, Any] = {"channels": [channel.model_dump()], "lanes": lanes}
    return with_changes(example_site(), lines=[], zones=[], heads=[], limits=[], **changes)


@dataclass(slots=True)
class _Look:
    index: int
    corners: Corners
    crop: Image
    origin: tuple[int, int]


def _followed(
    scene: Scene, fleet: tuple[Mover, ...], video: Path, rng: np.random.Generator
) -> dict[int, deque[_Look]]:
    """The nearest uncut looks at every vehicle, with the corners that our plate finder gives."""
    finder, optics = CornerLocator(), optics_at(scene, 0.0)
    looks: dict[int, deque[_Look]] = {m.vehicle_id: deque(maxlen=MOST_LOOKS) for m in fleet}
    for index, picture in enumerate(pictures(video)):
        moment = index / scene.video.fps
        for mover in fleet:
            if _near(mover, moment):
                look = _look(finder, optics, mover, index, moment, picture, rng)
                if look is not None:
                    looks[mover.vehicle_id].append(look)
    return looks


def _look(
    finder: CornerLocator, optics: Optics, mover: Mover, index: int, moment: float, picture: Image,
    rng: np.random.Generator,
) -> _Look | None:  # fmt: skip
    x1, y1, x2, y2 = front_window(optics, mover, moment)
    if y2 >= optics.height - 2 or x1 <= 0 or x2 >= optics.width:
        return None
    # a detector does not put its box in the same place twice
    inset = rng.integers(0, 1 + (x2 - x1) // 20, 4)
    x1, y1, x2, y2 = x1 + inset[0], y1 + inset[1], x2 - inset[2], y2 - inset[3]
    crop = np.ascontiguousarray(picture[y1:y2, x1:x2])
    found = finder.find(crop)
    if not found:
        return None
    a, b, c, d = ((float(x) + x1, float(y) + y1) for x, y in found[0].corners)
    return _Look(index, (a, b, c, d), crop, (int(x1), int(y1)))


def _told(
    condition: str, seed: int, scene: Scene, site: Site, mover: Mover, looks: deque[_Look]
) -> dict[str, Any]:
    """What was measured of one vehicle and what is true of it."""
    seconds = tuple(look.index / scene.video.fps for look in looks)
    track = PlateTrack(
        tuple(look.index for look in looks), seconds, seconds, tuple(look.corners for look in looks)
    )
    truth: dict[str, Any] = {
        "condition": condition,
        "reel": seed,
        "vehicle": mover.vehicle_id,
        "kind": mover.body.kind.value,
        "colour": mover.colour,
        "looks": len(looks),
    }
    if len(looks) < 2:
        return truth | {"status": "rejected", "reason": "not_seen", "true_kmh": _kmh(mover, None)}
    seen = SeenPassage(
        passage_id="0" * 32,
        camera_id="abay-1",
        vehicle_class=CLASS_OF[mover.body.kind],
        track=track,
        happened_at=WHEN,
        plate=read_plate("123ABC08"),
    )
    crops = [(look.crop, look.origin) for look in looks]
    speed = Assessor(site).assess(seen, sharpen=sharpener(track, crops)).speed
    front = next(spot for spot in mover.body.plates if spot.end == "front")
    return truth | {
        "status": speed.status,
        "reason": None if speed.reason is None else str(speed.reason),
        "kmh": speed.kmh,
        "u_kmh": speed.u_kmh,
        "second_kmh": speed.second_kmh,
        "height_m": speed.height_m,
        "frames": speed.frames,
        "budget_kmh": speed.budget_kmh,
        "true_kmh": _kmh(mover, speed.media_s if speed.media_s is not None else seconds[-1]),
        "true_height_m": float(np.mean(front.corners[:, 2])),
        "braking": len(mover.path.profile.at_s) > 1,
    }


def _kmh(mover: Mover, media_s: float | None) -> float:
    return float(mover.path.profile.speed(0.0 if media_s is None else media_s)) * 3.6
