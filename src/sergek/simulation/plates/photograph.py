"""How a camera sees a flat drawing: perspective, light, dirt, blur, noise and compression."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image

__all__ = [
    "Conditions",
    "View",
    "compressed",
    "exposed",
    "photograph",
    "processed",
    "project",
    "soiled",
]

FloatImage = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What stands between the plate and the picture.

    Angles in degrees (yaw about the vertical, pitch about the horizontal, roll in the picture);
    `width_px` the mean width of the plate on the picture; `blur_px` the standard deviation of
    defocus; `motion_px` the length of motion blur and its direction; `light` scales exposure
    (1 = day), `noise` is the standard deviation in grey levels; `jpeg` the quality, 1–100.
    """

    width_px: float
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    blur_px: float = 0.4
    motion_px: float = 0.0
    motion_deg: float = 0.0
    light: float = 1.0
    lift: float = 0.0
    noise: float = 3.0
    dirt: float = 0.0
    shadow: float = 0.0
    glare: float = 0.0
    streaks: float = 0.0
    jpeg: int = 90

    @classmethod
    def random(
        cls, rng: np.random.Generator, widths: tuple[float, float] = (30, 200), hard: float = 1.0
    ) -> "Conditions":
        """By chance; `hard` 0 is a studio, 1 the street in any weather, day and night."""
        width = float(np.exp(rng.uniform(np.log(widths[0]), np.log(widths[1]))))
        u = rng.random(16)
        side = rng.normal(size=4)
        night = u[0] < 0.25 * hard
        light = 0.25 + 0.55 * u[1] if night else 1 - 0.55 * hard * u[1] + 0.2 * u[2]
        return cls(
            width_px=width,
            yaw_deg=float(np.clip(side[0] * 20 * hard, -55, 55)),
            pitch_deg=float(np.clip(8 + side[1] * 11 * hard, -30, 42)),
            roll_deg=float(np.clip(side[2] * 4.5 * hard, -15, 15)),
            blur_px=float(0.25 + hard * u[3] ** 2 * min(2.2, 0.35 + width / 80)),
            motion_px=float(u[4] * min(7, 1 + width / 22) if u[5] < 0.35 * hard else 0),
            motion_deg=float(side[3] * 30 + (90 if u[6] < 0.5 else 0)),
            light=float(light),
            lift=float(u[7] * 30 * hard),
            noise=float((2 + 7 * u[8] ** 2 * hard) * (1.8 if night else 1)),
            dirt=float(u[9] * 0.6 if u[10] < 0.4 * hard else 0),
            shadow=float(u[11] * 0.65 if u[12] < 0.3 * hard else 0),
            glare=float(u[13] if u[14] < 0.15 * hard else 0),
            streaks=float(u[15] if u[2] < 0.08 * hard else 0),
            jpeg=int(rng.integers(round(92 - 66 * hard), 96)),
        )


@dataclass(frozen=True, slots=True)
class View:
    """A picture of a plate and its corners (4 × 2 pixels, clockwise from its own top left).

    `homography` takes millimetres on the plate to pixels of the picture.
    """

    image: Image
    corners: NDArray[np.float32]
    homography: NDArray[np.float64]


def project(
    size_mm: tuple[float, float], seen: Conditions, distance: float = 6.0
) -> NDArray[np.float64]:
    """Corners (4 × 2) of a turned plate, centred at 0, `seen.width_px` wide on the picture.

    A pinhole camera `distance` plate widths away, y down; width is the mean of upper and lower
    edge, as everywhere in this package.
    """
    w, h = size_mm
    flat = np.array([(-w, -h), (w, -h), (w, h), (-w, h)], float) / (2 * w)
    yaw, pitch, roll = np.radians((seen.yaw_deg, seen.pitch_deg, seen.roll_deg))
    x, y = flat[:, 0] * np.cos(yaw), flat[:, 1]
    z = flat[:, 0] * np.sin(yaw)
    y, z = y * np.cos(pitch) - z * np.sin(pitch), y * np.sin(pitch) + z * np.cos(pitch)
    depth = distance / (distance + z)
    x, y = x * depth, y * depth
    points = np.stack([x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)], 1)
    upper = np.linalg.norm(points[1] - points[0])
    lower = np.linalg.norm(points[2] - points[3])
    return np.asarray(points * (2 * seen.width_px / (upper + lower)), np.float64)


def soiled(flat: Image, seen: Conditions, rng: np.random.Generator) -> Image:
    """Dirt in blotches and the hard edge of a shadow, on the drawing itself."""
    h, w = flat.shape[:2]
    if seen.dirt > 0.05:
        grid = rng.random((int(rng.integers(2, 7)), int(rng.integers(3, 13)))).astype(np.float32)
        cover = cv2.resize(grid, (w, h), interpolation=cv2.INTER_CUBIC)
        share = np.clip((cover - 0.45) * 2.2, 0, 1)[..., None] * seen.dirt
        mud = np.asarray(rng.uniform(50, 130) + rng.uniform(-12, 12, 3), np.float32)
        flat = (flat * (1 - share) + mud * share).astype(np.uint8)
    if seen.shadow > 0.05:
        edge = rng.uniform(-0.2, 1.2) * w
        slope = rng.uniform(-1.5, 1.5)
        reach = np.arange(w, dtype=np.float32)[None] - edge
        reach = reach + np.arange(h, dtype=np.float32)[:, None] * np.float32(slope)
        lit = np.clip(reach / max(2.0, 0.02 * w), 0, 1)
        flat = (flat * (1 - seen.shadow * lit)[..., None]).astype(np.uint8)
    return flat


def exposed(picture: FloatImage, seen: Conditions, rng: np.random.Generator) -> Image:
    """Blur, exposure, glare, falling streaks and noise over a whole picture."""
    picture = _blurred(picture, seen)
    h, w = picture.shape[:2]
    picture = picture * np.float32(seen.light) + np.float32(seen.lift)
    if seen.glare > 0.05:
        x, y = rng.uniform(0, w), rng.uniform(-0.3 * h, 0.7 * h)
        xs = (np.arange(w, dtype=np.float32) - np.float32(x)) ** 2
        ys = (np.arange(h, dtype=np.float32) - np.float32(y)) ** 2
        spot = np.exp(-(xs[None] + ys[:, None]) / np.float32(2 * (0.3 * w) ** 2))
        picture = picture + (spot * np.float32(170 * seen.glare))[..., None]
    if seen.streaks > 0.05:
        picture = _streaked(picture, seen.streaks, rng)
    grain = _grain()
    start = int(rng.integers(grain.size - picture.size))
    noise = grain[start : start + picture.size].reshape(picture.shape)
    grainy = cv2.add(picture, noise * np.float32(seen.noise), dtype=cv2.CV_8U)
    return np.asarray(grainy, np.uint8)


def _blurred(picture: FloatImage, seen: Conditions) -> FloatImage:
    """Defocus and motion. A pixel adds up light, and the camera's tone curve comes after: a white
    plate's edge swells into the dark around it. The curve here is the square root, within a tenth
    of the exponents of ITU-R BT.709 and IEC 61966-2-1, and quick."""
    light = picture * picture
    if seen.motion_px >= 1.5:
        light = cv2.filter2D(light, -1, _motion(seen.motion_px, seen.motion_deg))  # type: ignore[assignment]
    if seen.blur_px > 0.2:
        light = cv2.GaussianBlur(light, (0, 0), seen.blur_px)  # type: ignore[assignment]
    return np.asarray(np.sqrt(light), np.float32)


@lru_cache(maxsize=1)
def _grain() -> NDArray[np.float32]:
    """A long normal sequence, the same for ever: each picture takes a piece of it by chance."""
    return np.random.default_rng(2022).standard_normal(1 << 21, np.float32)


def processed(picture: Image, rng: np.random.Generator) -> Image:
    """What a camera's own electronics do by chance: a tone curve, a smaller picture made large
    again (video coding, digital zoom), and edges sharpened until they ring."""
    if rng.random() < 0.3:
        curve = 255 * (np.arange(256) / 255) ** np.exp(rng.uniform(-0.6, 0.6))
        picture = cv2.LUT(picture, curve.astype(np.uint8))  # type: ignore[assignment]
    if rng.random() < 0.25:
        h, w = picture.shape[:2]
        share = rng.uniform(0.6, 0.95)
        less = max(8, round(w * share)), max(8, round(h * share))
        small = cv2.resize(picture, less, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    if rng.random() < 0.4:
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 1.6))
        amount = rng.uniform(0.2, 1.4)
        picture = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)  # type: ignore[assignment]
    return picture


def compressed(picture: Image, quality: int) -> Image:
    """Through JPEG and back."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def photograph(
    flat: Image, size_mm: tuple[float, float], seen: Conditions, rng: np.random.Generator,
    margin: float = 0.1,
) -> View:  # fmt: skip
    """A close picture of a plate with some of the bumper around it, `margin` plate widths."""
    corners = project(size_mm, seen)
    margin = margin * seen.width_px + 3
    corners += margin - corners.min(0) + rng.uniform(0, 1, 2)
    w, h = (int(v) for v in np.ceil(corners.max(0) + margin))
    at = _between_indices(flat.shape, corners)
    drawing = soiled(flat, seen, rng)
    shrink = flat.shape[1] / seen.width_px
    if shrink > 1.4:  # keeps the drawing free of aliasing
        drawing = cv2.GaussianBlur(drawing, (0, 0), 0.42 * shrink)  # type: ignore[assignment]
    picture = _bumper(h, w, corners, rng)
    cv2.warpPerspective(
        drawing, at, (w, h), dst=picture, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    image = compressed(exposed(picture.astype(np.float32), seen, rng), seen.jpeg)
    flat_mm = np.array([(0, 0), (size_mm[0], 0), size_mm, (0, size_mm[1])], np.float32)
    to_px = cv2.getPerspectiveTransform(flat_mm, corners.astype(np.float32))
    return View(image, corners.astype(np.float32), np.asarray(to_px, np.float64))


def _between_indices(shape: tuple[int, ...], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drawing to picture as OpenCV counts: a pixel's centre is a whole number, not a half."""
    h, w = shape[:2]
    edge = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
    at = cv2.getPerspectiveTransform(edge, (corners - 0.5).astype(np.float32))
    return np.asarray(at, np.float64)


def _bumper(
    h: int, w: int, corners: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Bodywork behind a plate: a tone, a gradient, often a dark holder or a line."""
    tone = rng.uniform(8, 215) + rng.uniform(-18, 18, 3)
    slope = np.linspace(-0.5, 0.5, h, dtype=np.float32)[:, None, None] * rng.uniform(-90, 90)
    picture = np.clip(np.broadcast_to(tone + slope, (h, w, 3)), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        centre = corners.mean(0)
        grown = centre + (corners - centre) * rng.uniform(1.03, 1.1) + (0, rng.uniform(0, 4))
        shade = int(rng.integers(5, 90))
        cv2.fillConvexPoly(picture, np.round(grown).astype(np.int32), (shade, shade, shade))
    if rng.random() < 0.5:
        y, shade = int(rng.integers(h)), int(rng.integers(256))
        cv2.line(picture, (0, y), (w, y + int(rng.integers(-6, 7))), (shade, shade, shade), 2)
    return np.asarray(picture, np.uint8)


def _motion(length_px: float, direction_deg: float) -> FloatImage:
    reach = int(np.ceil(length_px / 2))
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    steps = np.linspace(-length_px / 2, length_px / 2, 4 * reach + 3)
    angle = np.radians(direction_deg)
    xs = np.clip(np.round(reach + steps * np.cos(angle)), 0, 2 * reach).astype(int)
    ys = np.clip(np.round(reach + steps * np.sin(angle)), 0, 2 * reach).astype(int)
    np.add.at(kernel, (ys, xs), 1.0)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _streaked(picture: FloatImage, share: float, rng: np.random.Generator) -> FloatImage:
    """Rain or snow in front of the plate: short bright lines or dots."""
    h, w = picture.shape[:2]
    layer = np.zeros((h, w), np.float32)
    long = rng.random() < 0.6
    for _ in range(int(share * w * h / 220) + 1):
        x, y = int(rng.integers(w)), int(rng.integers(h))
        end = (x + int(rng.integers(-2, 3)), y + int(h * 0.25)) if long else (x + 1, y + 1)
        cv2.line(layer, (x, y), end, float(rng.uniform(20, 90)), 1)
    return np.asarray(picture + layer[..., None], np.float32)
