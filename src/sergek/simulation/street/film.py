"""From a scene to a file: pictures, sensor, H.264 and truth, in pieces that survive a break.

Each piece (a few key-frame intervals) is written whole or not at all, so an interrupted run
goes on where it stopped; in the end the pieces' packets are joined without re-encoding.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import Corrupt
from sergek.core.frame import Image
from sergek.simulation.street.fleet import Mover
from sergek.simulation.street.observe import events_of, frame_truth, header_of
from sergek.simulation.street.scene import Scene, Weather
from sergek.simulation.truth import TruthFrame

__all__ = ["Film", "Sensor", "film"]

_TICKS = 90_000
_PIECE_S = 4.0
_ROOM_PX = 257
Painter = Callable[[int], Image]


@dataclass(frozen=True, slots=True)
class Film:
    """What was written."""

    video: Path
    truth: Path
    frames: int
    resumed_frames: int


class Sensor:
    """Noise of the chip and what falls before the lens; the same for the same seed and frame."""

    def __init__(self, scene: Scene) -> None:
        rng = np.random.default_rng(scene.seed + 17)
        size = (scene.video.height + _ROOM_PX, scene.video.width + _ROOM_PX, 3)
        grain = rng.normal(0, scene.camera.noise, (*size[:2], 1))
        grain = grain + rng.normal(0, scene.camera.noise * 0.4, size)
        self._brighter = np.clip(np.round(grain), 0, 255).astype(np.uint8)
        self._darker = np.clip(np.round(-grain), 0, 255).astype(np.uint8)
        self._scene = scene

    def expose(self, picture: Image, index: int) -> Image:
        """The picture as the sensor gives it."""
        rng = np.random.default_rng((self._scene.seed, index))
        weather = self._scene.light.weather
        if weather is not Weather.CLEAR:
            picture = _falling(picture, weather, rng)
        if self._scene.camera.noise == 0:
            return picture
        y, x = (int(v) for v in rng.integers(0, _ROOM_PX, 2))
        high, wide = picture.shape[:2]
        window = np.s_[y : y + high, x : x + wide]
        noisy = cv2.subtract(cv2.add(picture, self._brighter[window]), self._darker[window])
        return np.asarray(noisy, np.uint8)


def _falling(picture: Image, weather: Weather, rng: np.random.Generator) -> Image:
    """Streaks of rain or flakes of snow, nearer ones larger and fainter."""
    high, wide = picture.shape[:2]
    veil = np.zeros((high, wide), np.uint8)
    count = int(wide * high / (2600 if weather is Weather.RAIN else 3600))
    x, y = rng.uniform(0, wide, count), rng.uniform(0, high, count)
    near = rng.random(count) ** 3
    for k in range(count):
        if weather is Weather.RAIN:
            long = (10 + 60 * near[k]) * high / 720
            end = (int(x[k] + long * 0.12), int(y[k] + long))
            cv2.line(veil, (int(x[k]), int(y[k])), end, int(70 - 35 * near[k]), 1, cv2.LINE_AA)
        else:
            radius = 0.8 + 4.5 * near[k] * high / 720
            tone = int(190 - 110 * near[k])
            cv2.circle(veil, (int(x[k]), int(y[k])), max(1, int(radius)), tone, -1, cv2.LINE_AA)
    share = cv2.GaussianBlur(veil, (0, 0), 0.8).astype(np.float32)[..., None] / 255
    base = picture.astype(np.float32)
    haze = 0.10 if weather is Weather.RAIN else 0.14
    grey = float(base.mean()) * 1.15 + 12
    base = base * (1 - haze) + grey * haze
    tone_up = min(255.0, grey + 70)
    mixed: Image = np.clip(base * (1 - share) + tone_up * share, 0, 255).astype(np.uint8)
    return mixed


def film(
    scene: Scene, fleet: tuple[Mover, ...], painter: Painter, renderer: str, out: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Film:  # fmt: skip
    """Write `NAME.mp4` and `NAME.truth.jsonl.gz` into the folder `out`, resuming if it can."""
    out.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(scene.model_dump_json().encode()).hexdigest()[:16]
    work = out / f".{scene.name}-{digest}"
    work.mkdir(exist_ok=True)
    per_piece = max(1, round(_PIECE_S * scene.video.fps))
    sensor = Sensor(scene)
    resumed = 0
    pieces = []
    for first in range(0, scene.frames, per_piece):
        last = min(first + per_piece, scene.frames)
        piece = work / f"{first:06d}.mp4"
        pieces.append((first, piece))
        if piece.is_file():
            resumed += last - first
        else:
            _encode(scene, piece, range(first, last), painter, sensor, progress)
        progress(last)
    video = out / f"{scene.name}.mp4"
    _join(scene, pieces, video)
    truth = out / f"{scene.name}.truth.jsonl.gz"
    write_scene_truth(scene, fleet, renderer, truth)
    for _, piece in pieces:
        piece.unlink()
    work.rmdir()
    return Film(video, truth, scene.frames, resumed)


def write_scene_truth(scene: Scene, fleet: tuple[Mover, ...], renderer: str, path: Path) -> None:
    """Write the truth of a whole scene, gzip-packed with no time stamp (same bytes each time)."""
    from sergek.simulation.truth import write_truth

    frames: Iterator[TruthFrame] = (frame_truth(scene, fleet, k) for k in range(scene.frames))
    write_truth(path, header_of(scene, renderer), [*frames, *events_of(scene, fleet)])


def _encode(
    scene: Scene, piece: Path, frames: range, painter: Painter, sensor: Sensor,
    progress: Callable[[int], None],
) -> None:  # fmt: skip
    spec = scene.video
    half = piece.with_suffix(".part")
    with av.open(str(half), "w", format="mp4") as box:
        stream = box.add_stream("libx264", rate=Fraction(spec.fps).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, "yuv420p"
        stream.time_base = Fraction(1, _TICKS)
        key = max(1, round(spec.key_frame_s * spec.fps))
        stream.options = {
            "crf": str(spec.crf), "preset": "faster", "threads": "1", "keyint": str(key),
            "min-keyint": str(key), "scenecut": "0", "bf": "0", "profile": "high",
            "maxrate": f"{spec.max_kbps}k", "bufsize": f"{spec.max_kbps * 2}k",
        }  # fmt: skip
        stream.codec_context.gop_size = key
        for index in frames:
            image = sensor.expose(painter(index), index)
            if not _dropped(scene, index):
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                frame.pts = round((index - frames[0]) / spec.fps * _TICKS)
                frame.time_base = Fraction(1, _TICKS)
                box.mux(stream.encode(frame))
            progress(index + 1)
        box.mux(stream.encode(None))
    half.rename(piece)


def _dropped(scene: Scene, index: int) -> bool:
    for fault in scene.faults:
        first = round(fault.at_s * scene.video.fps)
        if fault.kind == "drop" and first <= index < first + fault.frames:
            return True
    return False


def _jumped_s(scene: Scene, media_s: float) -> float:
    return sum(f.jump_s for f in scene.faults if f.kind == "jump" and media_s >= f.at_s)


def _join(scene: Scene, pieces: list[tuple[int, Path]], video: Path) -> None:
    half = video.with_suffix(".part")
    with av.open(str(half), "w", format="mp4", options={"movflags": "faststart"}) as box:
        target = None
        for first, piece in pieces:
            with av.open(str(piece)) as source:
                inner = source.streams.video[0]
                if target is None:
                    target = box.add_stream_from_template(inner)
                    target.time_base = Fraction(1, _TICKS)
                for packet in source.demux(inner):
                    if packet.dts is None or packet.pts is None or packet.time_base is None:
                        continue
                    at = first / scene.video.fps + float(packet.pts * packet.time_base)
                    ticks = round((at + _jumped_s(scene, at)) * _TICKS)
                    packet.pts = packet.dts = ticks
                    packet.time_base = Fraction(1, _TICKS)
                    packet.stream = target
                    box.mux(packet)
    half.replace(video)


def pictures(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Decoded pictures (BGR) of a file; `Corrupt` if it holds no video."""
    with av.open(str(path)) as source:
        if not source.streams.video:
            raise Corrupt(f"{path.name} holds no video")
        for frame in source.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
