"""Junction reels for the red-light table: a signal, runners and people who obey, filmed and kept.

`python -m bench._junction_reels` renders what is not yet there into `out/junctions`, whole pictures
of eleven seconds each: amber at first, red after 1.2 s, red with amber at 9 s. In each of two lanes
somebody may cross on amber, somebody on red, and the last stops before the line or over it. Beside
the reels of each light there is one with a flashing amber and one whose head is covered; in both
the same people drive and nobody may be accused. Nobody turns: the renderer knows no turning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sergek.core.frame import Image
from sergek.simulation.street.film import film
from sergek.simulation.street.load import load_scene
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.scene import (
    Light,
    Scene,
    SignalSpec,
    Sky,
    VehicleKind,
    VehicleSpec,
    VideoSpec,
)
from sergek.simulation.street.site import site_toml
from sergek.simulation.street.specs import CAR_COLOURS
from sergek.simulation.street.stage import Stage

__all__ = ["JunctionReel", "kept_junctions"]

_ROOT = Path(__file__).parent.parent
KEPT = _ROOT / "out" / "junctions"
_FIRST_SEED = 7100
# How many reels of each light, and with which head.
REELS = {("day", "lit"): 9, ("day", "flashing"): 1, ("day", "covered"): 1, ("dusk", "lit"): 3,
         ("night", "lit"): 3}  # fmt: skip
FPS, SECONDS = 10.0, 11.0
# The sensor's noise in grey levels, H.264's crf and its highest rate. In the dark 1.1 Mbit/s leave
# too little of a rear plate to be read surely: 2 of 12 runners were found so.
_SENSOR = {"day": (1.6, 26, 1100), "dusk": (3.5, 21, 4000), "night": (3.5, 21, 4000)}
RED_S = 1.2
_PHASES = (("yellow", 3.0), ("red", 7.8), ("red_yellow", 1.5), ("green", 60.0))
# No lorries: from behind nobody can tell where the front of a long vehicle is, so none is accused.
_KINDS = (VehicleKind.SEDAN, VehicleKind.SUV, VehicleKind.HATCHBACK, VehicleKind.VAN)


@dataclass(frozen=True, slots=True)
class JunctionReel:
    """A reel's light, what its head does, its seed and where its files lie."""

    light: str
    head: str
    seed: int

    @property
    def name(self) -> str:
        """The scene's, the channel's and the files' name."""
        return f"junction-{self.light}-{self.head}-{self.seed}"

    @property
    def video(self) -> Path:
        """The film."""
        return KEPT / f"{self.name}.mp4"

    @property
    def truth(self) -> Path:
        """What is true of it."""
        return KEPT / f"{self.name}.truth.jsonl.gz"

    @property
    def site(self) -> Path:
        """The road as surveyed."""
        return KEPT / f"{self.name}.site.toml"


def kept_junctions() -> Iterator[JunctionReel]:
    """The reels that are there, whole."""
    return (reel for reel in _wanted() if reel.video.is_file() and reel.truth.is_file())


def _wanted() -> Iterator[JunctionReel]:
    """Every reel, the quick ones by day first: with head lamps on a picture costs eight times."""
    for (light, head), count in REELS.items():
        for number in range(count):
            yield JunctionReel(light, head, _FIRST_SEED + number)


def _render(reel: JunctionReel) -> None:
    scene = _scene(reel)
    x1, y1, x2, y2 = head = _head_window(scene)
    dark = np.full((y2 - y1, x2 - x1, 3), 96, np.uint8)
    if reel.head == "flashing":  # closed before the other: only one context can be drawn in
        unlit = Stage(_with_head(scene, (("green_flash", 60.0),)), KEPT, background="drawn")
        dark = unlit.paint(round(0.7 * FPS), window=head)
        unlit.close()
    stage = Stage(scene, KEPT, background="drawn")

    def paint(index: int) -> Image:
        picture = stage.paint(index)
        flashed = reel.head == "flashing" and index / FPS % 1.0 >= 0.5
        if flashed or reel.head == "covered":
            picture[y1:y2, x1:x2] = dark
        return picture

    reel.site.write_text(site_toml(scene), encoding="utf-8")
    try:
        film(scene, stage.fleet, paint, "moderngl", KEPT)
    finally:
        stage.close()


def _scene(reel: JunctionReel) -> Scene:
    """The demo's junction with a light, a sun and a traffic of its own."""
    rng = np.random.default_rng((list(REELS).index((reel.light, reel.head)), reel.seed))
    known = load_scene(_ROOT / "scenes" / "junction.toml")
    sky = {"dusk": Sky.DUSK, "night": Sky.NIGHT}.get(reel.light, Sky.DAY)
    light = Light(
        sky=sky,
        sun_elevation_deg=float(rng.uniform(20, 65)),
        sun_azimuth_deg=float(rng.uniform(0, 360)),
    )
    noise, crf, max_kbps = _SENSOR[reel.light]
    vehicles = [spec for lane in (1, 2) for spec in _lane(lane, rng)]
    scene = Scene.model_validate(
        known.model_dump(by_alias=True)
        | {
            "name": reel.name,
            "seed": reel.seed,
            "video": VideoSpec(
                width=1600, height=900, fps=FPS, seconds=SECONDS, crf=crf, max_kbps=max_kbps
            ),
            "camera": known.camera.model_copy(update={"noise": noise}),
            "light": light,
            "vehicle": vehicles,
            "traffic": (),
        }
    )
    phases = (("yellow", 60.0),) if reel.head == "flashing" else _PHASES
    return _with_head(scene, phases)


def _with_head(scene: Scene, phases: object) -> Scene:
    (signal,) = scene.signals
    changed = SignalSpec.model_validate(
        signal.model_dump() | {"phases": phases, "offset_s": RED_S - 3.0}
    )
    return scene.model_copy(update={"signals": (changed,)})


def _lane(lane: int, rng: np.random.Generator) -> Iterator[VehicleSpec]:
    """One on amber in two lanes of three, one on red, and one that stops in the end."""
    at_s = RED_S - float(rng.uniform(0.3, 1.1))
    if rng.random() < 0.67:
        yield _driver(lane, at_s, rng)
    at_s = max(at_s + 2.2, RED_S + float(rng.uniform(0.6, 3.6)))
    yield _driver(lane, at_s, rng)
    ms = float(rng.uniform(34, 52)) / 3.6
    stops_y_m = 30.0 + (float(rng.uniform(0.8, 2.2)) if rng.random() < 0.5 else -1.0)
    brake_s = ms / 3.0
    halts_s = at_s + 2.4 + brake_s / 2
    speeds = (
        (halts_s - brake_s, ms * 3.6),
        (halts_s, 0.0),
        (11.0 - RED_S + 0.9, 0.0),
        (14.0, 40.0),
    )
    # driven since t = 0: at full speed until it brakes, then half as far in the same time
    driven_m = ms * (halts_s - brake_s / 2)
    yield _vehicle(lane, stops_y_m - driven_m, speeds, rng)


def _driver(lane: int, crosses_s: float, rng: np.random.Generator) -> VehicleSpec:
    kmh = float(rng.uniform(34, 58))
    return _vehicle(lane, 30.0 - kmh / 3.6 * crosses_s, ((0.0, kmh),), rng)


def _vehicle(
    lane: int, at_y_m: float, speeds: tuple[tuple[float, float], ...], rng: np.random.Generator
) -> VehicleSpec:
    kind = _KINDS[int(rng.choice(len(_KINDS), p=(0.42, 0.28, 0.2, 0.1)))]
    return VehicleSpec(
        kind=kind,
        colour=CAR_COLOURS[int(rng.integers(len(CAR_COLOURS)))],
        lane=lane,
        at_y_m=at_y_m,
        speeds=speeds,
        offset_m=float(np.clip(rng.normal(0, 0.15), -0.4, 0.4)),
        layout="kz-2012-legal" if rng.random() < 0.1 else "kz-2012-car",
        dirt=round(float(np.clip(rng.normal(0.1, 0.1), 0, 0.4)), 1),
    )


def _head_window(scene: Scene) -> tuple[int, int, int, int]:
    """The signal head on the picture with a little around it."""
    (signal,), optics = scene.signals, optics_at(scene, 0.0)
    around = np.array([(dx, 0.0, dz) for dx in (-0.4, 0.4) for dz in (-0.7, 0.7)])
    pixels = optics.project(np.array(signal.position_m) + around)
    (x1, y1), (x2, y2) = np.floor(pixels.min(0)), np.ceil(pixels.max(0))
    return int(x1), int(y1), int(x2), int(y2)


def main() -> None:
    """Render the missing reels."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = {reel.name for reel in kept_junctions()}
    for reel in _wanted():
        if reel.name not in kept:
            _render(reel)
            print(reel.name, flush=True)


if __name__ == "__main__":
    main()
