"""Reels for the metrology table: one camera, one light and a few vehicles, filmed and kept.

`python -m bench._passage_reels [REELS] [FIRST_SEED]` renders what is not yet there into
`out/metrology`, one reel of each condition after the other, so that what there is is balanced; a
break costs at most one piece of a reel. Measuring (`python -m bench metrology_rendered`) looks at
the kept film and truth alone.

What is shortened against `sergek simulate`: vehicles of like speed come in pairs, one in each lane,
and are drawn from 44 m to 20 m (slow ones over their last 40 pictures), and of them only
1.5 m × 0.8 m around the plate.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.street.film import film
from sergek.simulation.street.fleet import Mover
from sergek.simulation.street.observe import body_pose
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.raster import Window
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
from sergek.simulation.street.specs import CAR_COLOURS
from sergek.simulation.street.stage import Stage

__all__ = ["CONDITIONS", "FIRST_SEED", "KEPT", "REELS", "drawn_at", "kept_reels", "plate_window"]

KEPT = Path(__file__).parent.parent / "out" / "metrology"
# Nothing is tuned on seeds from this one on.
FIRST_SEED, REELS = 6000, 9
CONDITIONS = ("day", "dusk", "night", "rain")
EACH = 24  # vehicles in one reel
FPS = 20.0
FAR_M, OUT_M = 44.0, 20.0  # front bumpers are on the picture from there to there
MOST_LOOKS = 40
PLATE_M = 0.52
KINDS = (VehicleKind.SEDAN, VehicleKind.SUV, VehicleKind.HATCHBACK, VehicleKind.VAN,
         VehicleKind.LORRY, VehicleKind.BUS)  # fmt: skip


def kept_reels(
    reels: int = REELS, first_seed: int = FIRST_SEED
) -> Iterator[tuple[str, int, Path, Path]]:
    """Condition, seed, film and truth of the reels that are there, whole."""
    for seed in range(first_seed, first_seed + reels):
        for condition in CONDITIONS:
            video = KEPT / f"reel-{condition}-{seed}.mp4"
            truth = video.with_suffix(".truth.jsonl.gz")
            if video.is_file() and truth.is_file():
                yield condition, seed, video, truth


def drawn_at(front_y_m: float) -> bool:
    """Whether a vehicle with its bumper there is drawn."""
    return OUT_M - 2 < front_y_m <= FAR_M + 1e-6


def plate_window(corners: NDArray[np.float64], width: int, height: int) -> Window:
    """1.5 m × 0.8 m around a plate (4, 2 pixels) on the picture."""
    px_per_m = float(np.linalg.norm(corners[1] - corners[0])) / PLATE_M
    middle, reach = corners.mean(axis=0), np.array([0.75, 0.4]) * px_per_m
    x1, y1 = np.clip(np.floor(middle - reach), 0, (width - 2, height - 2)).astype(int)
    x2, y2 = np.clip(np.ceil(middle + reach), 1, (width, height)).astype(int)
    return int(x1), int(y1), int(max(x2, x1 + 1)), int(max(y2, y1 + 1))


def _render(condition: str, seed: int) -> None:
    scene = _scene(condition, seed, np.random.default_rng((CONDITIONS.index(condition), seed)))
    stage = Stage(scene, KEPT, background="drawn")
    optics, street = optics_at(scene, 0.0), stage.paint(0, fleet=())

    def paint(index: int) -> Image:
        moment, picture = index / FPS, street.copy()
        for mover in stage.fleet:
            if drawn_at(float(mover.path.position(moment)[1])):
                corners = optics.project(_front_plate(mover, moment))
                window = plate_window(corners, optics.width, optics.height)
                x1, y1, x2, y2 = window
                picture[y1:y2, x1:x2] = stage.paint(index, window=window, fleet=(mover,))
        return picture

    try:
        film(scene, stage.fleet, paint, "moderngl", KEPT)
    finally:
        stage.close()


def _front_plate(mover: Mover, moment: float) -> NDArray[np.float64]:
    pose = body_pose(mover, moment)
    spot = next(each for each in mover.body.plates if each.end == "front")
    return np.asarray(spot.corners @ pose[:3, :3].T + pose[:3, 3])


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
    colour = "white" if heavy else CAR_COLOURS[int(rng.integers(len(CAR_COLOURS)))]
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


def main() -> None:
    """Render the missing reels, the conditions in turn."""
    given = [int(word) for word in sys.argv[1:3]]
    reels, first = [*given, *(REELS, FIRST_SEED)[len(given) :]]
    for seed in range(first, first + reels):
        for condition in CONDITIONS:
            if (condition, seed) not in {(c, s) for c, s, _, _ in kept_reels(reels, first)}:
                _render(condition, seed)
                print(f"{condition} {seed}", flush=True)


if __name__ == "__main__":
    main()
