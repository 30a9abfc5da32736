"""The two sheets of `docs/ref/accuracy.md`: a vehicle of each light and a plate of each layout.

`python -m bench._plate_stills` cuts them from the films of the line-up that `bench plates_street`
made, as the camera saw them. Chosen by size alone, so nothing is shown at its best.
"""

from pathlib import Path

import cv2
import numpy as np

from bench.plates_street import SCENES, SEED, light_of, plates_of, rendered
from sergek.core.frame import Image
from sergek.simulation.street.lineup import lineup
from sergek.simulation.truth import TruthPlate, TruthVehicle

IMAGES = Path("docs/images")
_TILE_PX, _PLATE_TILE_PX = 300, (300, 140)
_COLUMNS = 4
_PAPER = 245

# A name and the picture under it.
Tile = tuple[str, Image]


def run() -> None:
    """Write both sheets."""
    lights: dict[str, tuple[float, Image]] = {}
    layouts: dict[str, tuple[float, Image]] = {}
    for number, scene in enumerate(lineup(SEED, SCENES)):
        for picture, vehicle, plate in plates_of(scene, rendered(number, scene)):
            corners = np.array(plate.corners)
            wide = float(np.ptp(corners[:, 0]))
            if wide > layouts.get(plate.layout, (0.0,))[0]:
                layouts[plate.layout] = wide, _plate(picture, corners)
            tall = vehicle.box[3] - vehicle.box[1]
            if _whole(picture, vehicle, plate) and tall > lights.get(light_of(scene), (0.0,))[0]:
                lights[light_of(scene)] = tall, _vehicle(picture, vehicle)
    vehicles = [(light, picture) for light, (_, picture) in sorted(lights.items())]
    plates = [(f"{name}, {wide:.0f} px", p) for name, (wide, p) in sorted(layouts.items())]
    _write("street-lights.jpg", vehicles, (_TILE_PX, _TILE_PX))
    _write("plate-layouts.jpg", plates, _PLATE_TILE_PX)


def _whole(picture: Image, vehicle: TruthVehicle, plate: TruthPlate) -> bool:
    """Whether the vehicle is in the picture from roof to tyres; lorries and buses never are."""
    x1, y1, x2, y2 = vehicle.box
    high, wide = picture.shape[:2]
    return min(x1, y1, wide - x2, high - y2) > 2 and "trailer" not in plate.layout


def _vehicle(picture: Image, vehicle: TruthVehicle) -> Image:
    """A square around the vehicle, as much of it as the picture has."""
    x1, y1, x2, y2 = vehicle.box
    side = min(1.15 * max(x2 - x1, y2 - y1), *picture.shape[:2])
    left = int(np.clip((x1 + x2 - side) / 2, 0, picture.shape[1] - side))
    top = int(np.clip((y1 + y2 - side) / 2, 0, picture.shape[0] - side))
    cut = picture[top : top + int(side), left : left + int(side)]
    return np.asarray(cv2.resize(cut, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _plate(picture: Image, corners: np.ndarray) -> Image:
    """The plate twice as large, with a little of what is around it."""
    low = np.maximum(corners.min(0).astype(int) - 8, 0)
    high = corners.max(0).astype(int) + 9
    cut = picture[low[1] : high[1], low[0] : high[0]]
    scale = min(2.0, (_PLATE_TILE_PX[0] - 10) / cut.shape[1], 110 / cut.shape[0])
    return np.asarray(cv2.resize(cut, None, fx=scale, fy=scale), np.uint8)


def _write(name: str, tiles: list[Tile], size: tuple[int, int]) -> None:
    rows = -(-len(tiles) // _COLUMNS)
    sheet = np.full((rows * size[1], _COLUMNS * size[0], 3), _PAPER, np.uint8)
    for i, (caption, picture) in enumerate(tiles):
        x, y = i % _COLUMNS * size[0], i // _COLUMNS * size[1]
        sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        at = (x + 6, y + min(picture.shape[0] + 18, size[1] - 8))
        for colour, width in (((255, 255, 255), 4), ((0, 0, 0), 1)):
            cv2.putText(
                sheet, caption, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, width, cv2.LINE_AA
            )
    cv2.imwrite(str(IMAGES / name), sheet, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    run()
