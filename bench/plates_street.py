"""Plates on a street drawn by the other renderer: more than a thousand, none seen in training.

`python -m bench plates_street` renders the line-up of `simulation.street.lineup` with moderngl
(kept under `out/lineup`; about a quarter of an hour of one core the first time), runs locator,
readers and vote on it, prints the tables with 95 % intervals, and puts tables and plots into
`docs/ref/accuracy.md`. Every figure is *rendered*. A plate's face is drawn by the same code and
typefaces as the training's; bodies, light, perspective, weather, motion and H.264 are the street's.
"""

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from bench._confidence import calibration, working_points
from bench._plate_tables import Judged, plot, said, tables
from bench._results import note
from bench._section import put_section
from sergek.core.frame import Image
from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.core.vehicle import Box
from sergek.simulation.plates.layouts import form
from sergek.simulation.street.film import film, pictures
from sergek.simulation.street.furniture import build_street
from sergek.simulation.street.lineup import lineup
from sergek.simulation.street.optics import Optics, optics_at
from sergek.simulation.street.scene import Scene, Sky, Weather
from sergek.simulation.street.stage import Stage
from sergek.simulation.truth import TruthFrame, TruthPlate, TruthVehicle, read_truth
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import LayoutBook, layout_book
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.fused_recogniser import FusedRecogniser
from sergek.vision.kz_recogniser import KzRecogniser
from sergek.vision.plate_ports import PlateCandidate, PlateRecogniser
from sergek.vision.quads import straightened
from sergek.vision.text_recogniser import TextRecogniser

SEED = 22
SCENES = int(os.environ.get("SERGEK_BENCH_SCENES", "48"))
WIDTHS = (30, 45, 60, 90, 110, 400)
OUT = Path("out/lineup")
PAGE = Path("docs/ref/accuracy.md")
DAY = date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class Look:
    """A true plate on one picture, and what was made of it. `blur_px` is how far the plate moves
    while the shutter is open."""

    vehicle: tuple[int, int]
    truth: str
    two_line: bool
    layout: str
    light: str
    width_px: float
    turned_deg: float
    blur_px: float
    corner_px: float
    look: PlateLook | None
    read: PlateRead | None


def rendered(number: int, scene: Scene) -> Path:
    """The scene's truth file, rendered first where it is not there yet."""
    truth = OUT / f"{scene.name}.truth.jsonl.gz"
    if not truth.exists():
        print(f"rendering {scene.name} ({number + 1} of {SCENES})", flush=True)
        stage = Stage(scene, OUT, background="drawn")
        film(scene, stage.fleet, stage.paint, "moderngl", OUT)
        stage.close()
    return truth


def light_of(scene: Scene) -> str:
    """The scene's light in one word."""
    if scene.light.weather is not Weather.CLEAR:
        night = "night, " if scene.light.sky is Sky.NIGHT else ""
        return night + scene.light.weather.value
    return "day" if scene.light.sky is Sky.OVERCAST else scene.light.sky.value.replace("_", " ")


def plates_of(scene: Scene, truth: Path) -> Iterator[tuple[Image, TruthVehicle, TruthPlate]]:
    """Every plate wholly in view and at least 30 px wide, with its picture."""
    _, body = read_truth(truth)
    frames = {line.index: line for line in body if isinstance(line, TruthFrame)}
    video = truth.with_name(f"{scene.name}.mp4")
    street = build_street(scene).instances
    optics = optics_at(scene, 0.0)
    posts = np.concatenate([i.poses[:, :2, 3] for i in street if i.part.name == "post"])
    posts = posts[posts[:, 1] < scene.camera.looks_at_m[1] - 2]
    for index, picture in enumerate(pictures(video)):
        for vehicle in frames[index].vehicles:
            for plate in vehicle.plates:
                whole = plate.visible_share > 0.98 and _width(plate) >= WIDTHS[0]
                if whole and not _behind_post(optics, plate, posts):
                    yield picture, vehicle, plate


def _behind_post(optics: Optics, plate: TruthPlate, posts: NDArray[np.float64]) -> bool:
    """Whether a lamp post, of which the truth knows nothing, hides some of a plate.

    Posts are thinner than a plate and nearer than any vehicle whose plate they cross here."""
    corners = np.array(plate.corners)
    for x, y in posts:
        ends = np.array([(x, y, 0.0), (x, y, 8.5)])
        depth = optics.depth_m(ends)
        if depth.min() < 1:
            continue
        (x0, y0), (x1, y1) = optics.project(ends)
        across = x0 + (x1 - x0) * (corners[:, 1].mean() - y0) / (y1 - y0)
        reach = optics.focal_px * 0.1 / depth.min() + 1.5
        if corners[:, 0].min() - reach < across < corners[:, 0].max() + reach:
            return True
    return False


def _width(plate: TruthPlate) -> float:
    a, b, c, d = np.array(plate.corners)
    return float(np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2


def look_at(
    scene: Scene, number: int, picture: Image, vehicle: TruthVehicle, plate: TruthPlate,
    locator: CornerLocator, reader: PlateRecogniser, book: LayoutBook,
) -> Look:  # fmt: skip
    """Locate and read one plate in its vehicle's crop."""
    corners, wide = np.array(plate.corners, np.float32), _width(plate)
    grow = 0.03 * (vehicle.box[2] - vehicle.box[0])
    x1, y1, x2, y2 = vehicle.box
    box = Box(x1 - grow, y1 - grow, x2 + grow, y2 + grow).clipped(
        picture.shape[1], picture.shape[0]
    )
    left, top = int(box.x1), int(box.y1)
    crop = np.ascontiguousarray(picture[top : int(box.y2), left : int(box.x2)])
    errors = [
        (float(np.linalg.norm(np.array(c.corners) - (corners - (left, top)), axis=1).mean()), c)
        for c in locator.locate([crop])[0]
    ]
    error, best = min(errors, key=lambda pair: pair[0], default=(math.inf, None))
    found = best if error < 0.2 * wide else None
    seen = None if found is None else _read(crop, found, reader)
    turned = math.degrees(
        math.atan2(abs(scene.camera.position_m[0] - vehicle.position_m[0]), vehicle.position_m[1])
    )
    moved_m = vehicle.speed_kmh / 3.6 * scene.camera.shutter_s
    lean = scene.camera.position_m[2] / max(1.0, vehicle.position_m[1])
    px_per_m = wide / (form(plate.layout).width_mm / 1000)
    return Look(
        vehicle=(number, vehicle.vehicle_id),
        truth=plate.text,
        two_line=form(plate.layout).two_line,
        layout=plate.layout,
        light=light_of(scene),
        width_px=wide,
        turned_deg=turned,
        blur_px=moved_m * lean * px_per_m,
        corner_px=error if found is not None else math.nan,
        look=seen,
        read=verdict([seen], book, DAY) if seen is not None else None,
    )


def _read(crop: Image, place: PlateCandidate, reader: PlateRecogniser) -> PlateLook:
    (read,) = reader.recognise([(crop, place)])
    strip = straightened(crop, np.array(place.corners), 48, 480)
    edges = np.abs(cv2.Laplacian(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), cv2.CV_32F))
    sharp = float(edges.mean() / max(float(strip.std()), 1.0))
    return PlateLook(Box(0, 0, 1, 1), place.corners, read.raw, read.characters, sharp, place.score)


def collect(reader: PlateRecogniser, scenes: int = SCENES) -> list[Look]:
    """All looks of the line-up."""
    OUT.mkdir(parents=True, exist_ok=True)
    locator, book = CornerLocator(), layout_book("kz")
    looks = []
    for number, scene in enumerate(lineup(SEED, SCENES)):
        if number < scenes:
            for picture, vehicle, plate in plates_of(scene, rendered(number, scene)):
                looks.append(look_at(scene, number, picture, vehicle, plate, locator, reader, book))
    return looks


def _judged(look: Look, read: PlateRead | None) -> Judged:
    return Judged(
        look.width_px, look.two_line, look.layout, look.light, look.turned_deg, look.blur_px,
        look.look is not None, look.corner_px, read is not None and read.text == look.truth,
        read.confidence if read is not None else 0.0,
        read is not None and read.status is PlateStatus.READ,
    )  # fmt: skip


def vehicles_of(looks: Sequence[Look], book: LayoutBook) -> list[Judged]:
    """Each vehicle by its widest look, read over its five widest."""
    by_vehicle: dict[tuple[int, int], list[Look]] = defaultdict(list)
    for one in looks:
        by_vehicle[one.vehicle].append(one)
    found = []
    for group in by_vehicle.values():
        widest = sorted(group, key=lambda one: -one.width_px)[:5]
        seen = [one.look for one in widest if one.look is not None]
        found.append(_judged(widest[0], verdict(seen, book, DAY) if seen else None))
    return found


def report(looks: Sequence[Look], title: str) -> list[str]:
    """Everything that is said of the looks of one reader."""
    singles = [_judged(one, one.read) for one in looks]
    vehicles = vehicles_of(looks, layout_book("kz"))
    plates = len({one.truth for one in looks})
    lines = [f"{title}: {plates} plates on {len(vehicles)} vehicles, {len(singles)} looks.", ""]
    lines += [*tables(singles, vehicles), ""]
    for name, part in (("looks", singles), ("vehicles", vehicles)):
        clear = [one for one in part if one.width_px >= 60]
        points = [
            f"{100 * error:g} % wrong at coverage {100 * covered:.1f} % (confidence ≥ {least:.3f})"
            for error, covered, least in working_points(said(clear), len(clear))
        ]
        ece, _ = calibration(said(part))
        lines.append(
            f"* {name.capitalize()} at ≥ 60 px: {'; '.join(points)}. Expected calibration error "
            f"of all {name}: {100 * ece:.1f} %."
        )
    return lines


def _noted(looks: Sequence[Look]) -> None:
    singles = [_judged(one, one.read) for one in looks]
    vehicles = vehicles_of(looks, layout_book("kz"))
    clear = [one for one in singles if one.width_px >= 60]
    day90 = [o for o in singles if o.width_px >= 90 and o.light == "day"]
    day90_vehicles = [o for o in vehicles if o.width_px >= 90 and o.light == "day"]
    middle = [o for o in vehicles if 60 <= o.width_px < 90]
    dark = [o for o in vehicles if o.width_px >= 110 and o.light != "day"]
    ece, _ = calibration(said(singles))
    corners = float(np.median([o.corner_px for o in clear if o.found]))

    def part(some: Sequence[Judged]) -> float:
        return sum(o.right for o in some) / max(1, len(some))

    note("plates_street.found_60px", sum(o.found for o in clear) / len(clear), least=0.99)
    note("plates_street.corner_px_median_60px", corners, limit=1.5)
    note("plates_street.exact_look_day_90px", part(day90), least=0.95)
    note("plates_street.exact_vehicle_day_90px", part(day90_vehicles), least=0.99)
    note("plates_street.exact_vehicle_60_90px", part(middle), least=0.90)
    note("plates_street.exact_vehicle_night_rain_110px", part(dark), least=0.95)
    note(
        "plates_street.coverage_at_0.5%_wrong",
        working_points(said(clear), len(clear))[1][1],
        least=0.85,
    )
    note("plates_street.calibration_error", ece, limit=0.02)
    note("plates_street.plates", float(len({one.truth for one in looks})), least=1000)


def run() -> None:
    """Render what is missing, judge, print, note, and write tables and plot to docs/ref."""
    cv2.setNumThreads(1)
    ours, text = KzRecogniser(), TextRecogniser(ov.Core(), 1)
    both = collect(FusedRecogniser(ours, text))
    lines = report(both, "Both readers, as in use")
    print("\n".join(lines))
    _noted(both)
    singles = [_judged(one, one.read) for one in both]
    vehicles = vehicles_of(both, layout_book("kz"))
    plot(singles, vehicles, PAGE.with_name("plates-street.png"), "(rendered)")
    put_section(PAGE, "plates_street", ["", *lines, ""])
