"""`sergek read PHOTO…`: the plates in still photos."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import cv2
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from sergek.core.errors import ConfigError
from sergek.core.given import given_bytes
from sergek.traffic.plates import layout_book
from sergek.vision.detector import load_detector
from sergek.vision.photo import PhotoPlate, read_photo
from sergek.vision.photo_file import decoded
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import PHOTO_SIDES_PX, DetectorSettings, PlateReaderSettings

__all__ = ["read"]

Plates = Literal["kz", "any"]


def read(
    photos: Annotated[list[Path], typer.Argument(help="Photos.", show_default=False)],
    plates: Annotated[
        Plates, typer.Option(help="Layouts: Kazakhstan's, or any Latin plate.")
    ] = "kz",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per photo, not a table.")
    ] = False,
) -> None:
    """Read the plates in still photos.

    A photo that cannot be read costs one sentence; the others are still read, and the exit code
    is that of a wrong input.
    """
    cv2.setNumThreads(1)
    person = Console(stderr=True, highlight=False)
    detector = load_detector(DetectorSettings())
    reader = load_plate_reader(
        PlateReaderSettings(plates=plates, sides_px=PHOTO_SIDES_PX, thorough=True)
    )
    today = datetime.now(ZoneInfo("Asia/Almaty")).date()
    problems: list[str] = []
    table = Table("photo", "plate", "status", "confidence", "layout", "raw", box=None)
    shown = track(photos, "reading", console=person, transient=True, disable=len(photos) < 2)
    for path in shown:
        try:
            photo = decoded(given_bytes(path), str(path))
        except ConfigError as error:
            problems.append(error.message)
            continue
        found = read_photo(photo, detector, reader, layout_book(plates), today)
        if as_json:
            print(json.dumps(_record(path, found), ensure_ascii=False), flush=True)
        else:
            _add_rows(table, path, found)
    if table.row_count:
        Console(soft_wrap=True, highlight=False).print(table)
    if len(problems) == 1:
        raise ConfigError(problems[0])
    if problems:
        raise ConfigError(f"{len(problems)} of {len(photos)} files were not read:", tuple(problems))


def _record(path: Path, found: list[PhotoPlate]) -> dict[str, Any]:
    """One photo as JSON; keys as `docs/ref/plates.md` says."""
    return {"photo": str(path), "plates": [_plate(each) for each in found]}


def _plate(plate: PhotoPlate) -> dict[str, Any]:
    box = plate.look.box
    return {
        "text": plate.read.text,
        "raw": plate.look.raw,
        "confidence": round(plate.read.confidence, 4),
        "status": plate.read.status.value,
        "layout": plate.read.layout,
        "corrected": list(plate.read.corrected),
        "box": [round(v, 1) for v in (box.x1, box.y1, box.width, box.height)],
        "corners": [[round(x, 1), round(y, 1)] for x, y in plate.look.corners],
    }


def _add_rows(table: Table, path: Path, found: list[PhotoPlate]) -> None:
    if not found:
        table.add_row(str(path), "–", "none", "", "", "")
    for each in found:
        read_, raw = each.read, each.look.raw.replace("\n", " / ")
        table.add_row(
            str(path),
            read_.text,
            read_.status.value,
            f"{read_.confidence:.2f}",
            read_.layout or "–",
            raw,
        )
