"""Pictures painted by our own code: asphalt, grass, facades, sky. All are seeded."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["asphalt", "facade", "fractal", "ground", "leaves", "shop_front", "sky"]

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


def fractal(
    height: int, width: int, seed: int, first: int = 4, octaves: int = 6, fall: float = 0.6
) -> Floats:
    """Tileable cloud-like noise in 0…1, (height, width); `first` is the coarsest cell count."""
    rng = np.random.default_rng(seed)
    total, weight = np.zeros((height, width)), 0.0
    for octave in range(octaves):
        cells = first * 2**octave
        if cells > min(height, width):
            break
        small = rng.random((cells, cells)).astype(np.float32)
        small = np.pad(small, 2, mode="wrap")
        scale = height / cells, width / cells
        big = cv2.resize(
            small, (round((cells + 4) * scale[1]), round((cells + 4) * scale[0])), interpolation=2
        )
        top, left = round(2 * scale[0]), round(2 * scale[1])
        total += big[top : top + height, left : left + width] * fall**octave
        weight += fall**octave
    spread = total / weight - 0.5
    result: Floats = np.clip(spread / (np.abs(spread).max() + 1e-9) * 0.5 + 0.5, 0, 1)
    return result


def _to_bytes(picture: Floats) -> Bytes:
    return np.clip(picture, 0, 255).astype(np.uint8)


def asphalt(width_m: float, lanes_x_m: tuple[float, ...], length_m: float, seed: int) -> Bytes:
    """A strip of road as wide as the carriageway: grain, tyre tracks, patches, cracks, oil.

    Tiles along the road every `length_m`; lanes are given by their centre from the left edge.
    """
    wide, high = 1024, 2048
    rng = np.random.default_rng(seed)
    grain = rng.normal(0, 7, (high, wide))
    base = 92 + grain + (fractal(high, wide, seed + 1, 4) - 0.5) * 30
    x = np.linspace(0, width_m, wide)
    for centre in lanes_x_m:
        for side in (-0.82, 0.82):
            base -= 9 * np.exp(-(((x - centre - side) / 0.26) ** 2))
        base -= 5 * np.exp(-(((x - centre) / 0.22) ** 2))
    picture = np.repeat(base[..., None], 3, 2) * np.array([1.0, 0.985, 0.96])
    for _ in range(3):
        _patch(picture, rng, wide, high)
    for _ in range(9):
        _crack(picture, rng, wide, high)
    return _to_bytes(cv2.GaussianBlur(picture, (0, 0), 0.6))


def _patch(picture: Floats, rng: np.random.Generator, wide: int, high: int) -> None:
    x, y = int(rng.integers(0, wide - 200)), int(rng.integers(60, high - 300))
    w, h = int(rng.integers(90, 260)), int(rng.integers(60, 220))
    picture[y : y + h, x : x + w] *= rng.uniform(0.88, 0.95)
    cv2.rectangle(picture, (x, y), (x + w, y + h), (66, 65, 63), 2, cv2.LINE_AA)


def _crack(picture: Floats, rng: np.random.Generator, wide: int, high: int) -> None:
    at = np.array([rng.uniform(0, wide), rng.uniform(0, high)])
    heading = rng.uniform(0, 2 * np.pi)
    points = [at.copy()]
    for _ in range(int(rng.integers(10, 40))):
        heading += rng.normal(0, 0.35)
        at = at + 14 * np.array([np.cos(heading), np.sin(heading)])
        points.append(at.copy())
    line = np.asarray(points, np.int32)
    cv2.polylines(picture, [line], False, (58, 57, 56), int(rng.integers(1, 4)), cv2.LINE_AA)


def ground(kind: str, seed: int) -> Bytes:
    """A tile of `grass`, `paving`, `kerb`, `marking`, `snow` or `bark`, 512 × 512."""
    size = 512
    rng = np.random.default_rng(seed)
    soft = fractal(size, size, seed + 1, 3)[..., None]
    grain = rng.normal(0, 1, (size, size, 1))
    if kind == "grass":
        fine = fractal(size, size, seed + 2, 48, 4, 0.8)[..., None]
        dry = np.array([128.0, 120, 78]) * soft + np.array([66.0, 92, 40]) * (1 - soft)
        return _to_bytes(dry * (0.55 + 0.8 * fine) + grain * 9)
    if kind == "paving":
        picture = np.array([158.0, 152, 144]) + (soft - 0.5) * 30 + grain * 6
        for k in range(0, size, 64):
            picture[k : k + 3] *= 0.72
            for j in range(0, size, 128):
                x = (j + (64 if (k // 64) % 2 else 0)) % size
                picture[k : k + 64, x : x + 3] *= 0.72
        return _to_bytes(picture)
    if kind == "marking":
        worn = np.clip((fractal(size, size, seed + 3, 24, 5, 0.8)[..., None] - 0.60) * 5, 0, 0.55)
        return _to_bytes((226 + grain * 5) * (1 - worn) + 105 * worn + np.zeros(3))
    base = {
        "kerb": (172.0, 170, 165),
        "snow": (232.0, 236, 242),
        "bark": (96.0, 82, 68),
        "earth": (118.0, 104, 84),
    }[kind]
    return _to_bytes(np.array(base) + (soft - 0.5) * 36 + grain * 8)


def leaves(seed: int, autumn: float) -> Bytes:
    """A strip of leaf colours to pick from, 8 × 256; `autumn` 0 green … 1 yellow."""
    rng = np.random.default_rng(seed)
    green = np.array([52.0, 82, 30]) + rng.normal(0, 14, (1, 256, 3)) * np.array([1, 1, 0.5])
    gold = np.array([176.0, 138, 40]) + rng.normal(0, 18, (1, 256, 3))
    share = np.clip(rng.normal(autumn, 0.25, (1, 256, 1)), 0, 1)
    return _to_bytes(np.repeat(green * (1 - share) + gold * share, 8, 0))


def facade(seed: int, wall: tuple[int, int, int]) -> Bytes:
    """One 6.4 × 3.0 m bay of a panel house: two windows, sometimes a glazed balcony."""
    rng = np.random.default_rng(seed)
    high, wide = 240, 512
    picture = np.array(wall, float) + (fractal(256, 512, seed, 6)[:high] - 0.5)[..., None] * 22
    picture += rng.normal(0, 3, (high, wide, 1))
    picture[:4] *= 0.78
    picture[:, :3] *= 0.8
    for k in range(2):
        x = 60 + 256 * k
        if k == 1 and rng.random() < 0.55:
            _balcony(picture, rng, x - 34)
        else:
            _window(picture, rng, x, 62, 128, 112)
    return _to_bytes(picture)


def _window(picture: Floats, rng: np.random.Generator, x: int, y: int, w: int, h: int) -> None:
    tone = float(rng.uniform(26, 70))
    cv2.rectangle(picture, (x - 5, y - 5), (x + w + 5, y + h + 5), (222, 222, 218), -1)
    cv2.rectangle(picture, (x, y), (x + w, y + h), (tone, tone + 8, tone + 16), -1)
    if rng.random() < 0.6:
        cv2.rectangle(picture, (x, y), (x + w // 4, y + h), (tone + 80, tone + 76, tone + 66), -1)
    cv2.rectangle(picture, (x + w // 2 - 3, y), (x + w // 2 + 3, y + h), (222, 222, 218), -1)
    cv2.rectangle(picture, (x - 9, y + h + 5), (x + w + 9, y + h + 12), (168, 166, 160), -1)


def _balcony(picture: Floats, rng: np.random.Generator, x: int) -> None:
    tint = [(150, 158, 166), (184, 172, 150), (128, 146, 138)][int(rng.integers(0, 3))]
    cv2.rectangle(picture, (x, 128), (x + 200, 226), tint, -1)
    _window(picture, rng, x + 6, 46, 188, 80)
    for k in range(1, 4):
        cv2.rectangle(picture, (x + 47 * k, 46), (x + 47 * k + 5, 126), (210, 210, 206), -1)


def shop_front(seed: int, words: tuple[str, ...]) -> Bytes:
    """A 6 × 3.3 m shop front with a lit sign above the glass."""
    rng = np.random.default_rng(seed)
    picture = np.full((264, 480, 3), (196.0, 190, 180)) + rng.normal(0, 4, (264, 480, 1))
    tone = [(168, 44, 40), (30, 92, 150), (34, 112, 70), (196, 132, 24)][int(rng.integers(0, 4))]
    cv2.rectangle(picture, (12, 14), (468, 72), tone, -1)
    word = words[int(rng.integers(0, len(words)))]
    cv2.putText(picture, word, (40, 58), cv2.FONT_HERSHEY_DUPLEX, 1.5, (245, 245, 240), 4, 16)
    for x in (18, 174, 330):
        cv2.rectangle(picture, (x, 92), (x + 132, 252), (206, 206, 204), -1)
        cv2.rectangle(picture, (x + 6, 98), (x + 126, 246), (46, 54, 60), -1)
        cv2.rectangle(picture, (x + 20, 180), (x + 110, 246), (88, 86, 78), -1)
    return _to_bytes(picture)


def sky(kind: str, seed: int = 2) -> NDArray[np.float32]:
    """An equirectangular sky in linear light, 256 × 512 × 3, row 0 the zenith.

    Column u looks along atan2(y, x) = (0.5 - u) · 2π (Cycles' convention); the lower half is
    the ground's bounce. Trees and houses darken a ragged band above the horizon, so that
    paint and glass mirror a street and not an empty plain.
    """
    high, wide = 256, 512
    up = np.linspace(1, -1, high)[:, None, None]
    zenith, horizon, amount = _SKIES[kind]
    lift = np.clip(up, 0, 1) ** 0.45
    picture = np.array(horizon) + (np.array(zenith) - np.array(horizon)) * lift
    picture = np.repeat(picture, wide, 1)
    puffs = np.clip((fractal(high, wide, seed, 4) - 0.52) * 4, 0, 1)[..., None]
    puffs = puffs * np.clip(up * 5, 0, 1) * amount
    picture = picture * (1 - puffs) + np.array(horizon) * 1.06 * puffs
    ragged = np.interp(np.arange(wide), np.arange(65) * 8, np.random.default_rng(3).random(65))
    band = (up[..., 0] < 0.05 + 0.22 * ragged[None]) & (up[..., 0] >= 0)
    picture[band] = picture[band] * 0.22 + np.array([0.020, 0.024, 0.016]) * np.mean(horizon)
    picture[(up[:, 0, 0] < 0)] = np.array([0.20, 0.195, 0.18]) * np.mean(horizon)
    return picture.astype(np.float32)


# zenith, horizon (linear RGB), share of cloud
_SKIES: dict[str, tuple[tuple[float, ...], tuple[float, ...], float]] = {
    "day": ((0.16, 0.32, 0.68), (0.74, 0.82, 0.90), 0.8),
    "low_sun": ((0.14, 0.22, 0.44), (0.95, 0.72, 0.46), 0.6),
    "overcast": ((0.50, 0.54, 0.60), (0.66, 0.70, 0.74), 0.5),
    "dusk": ((0.020, 0.036, 0.090), (0.17, 0.105, 0.085), 0.5),
    "night": ((0.0012, 0.0016, 0.0032), (0.0060, 0.0050, 0.0045), 0.3),
}
