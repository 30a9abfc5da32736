"""What looks at pictures: the detector, the plate reader, and the verdict over several looks."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from sergek.config.settings import Settings
from sergek.core.camera import Camera
from sergek.core.plate import PlateLook, PlateRead
from sergek.core.ports import PlateReader
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import layout_book
from sergek.wiring.plugins import plate_reader_of

__all__ = ["plate_readers", "plate_verdict"]

Kind = Literal["kz", "any"]


def plate_verdict(looks: Sequence[PlateLook], plates: Kind, on: date) -> PlateRead:
    """What all looks at one vehicle's plate say together, by the layouts of that day."""
    return verdict(looks, layout_book(plates), on)


def plate_readers(settings: Settings, cameras: Iterable[Camera]) -> dict[str, PlateReader]:
    """A plate reader per kind of plates that these cameras ask for."""
    kinds: tuple[Kind, ...] = ("kz", "any")
    wanted = {camera.plates for camera in cameras}
    return {
        kind: plate_reader_of(settings.plate_reader.model_copy(update={"plates": kind}))
        for kind in kinds
        if kind in wanted
    }
