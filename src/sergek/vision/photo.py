"""The plates on one still photo: vehicles first, then text on them, then one plate for each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sergek.core.frame import Image
from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.core.ports import Detector, PlateReader
from sergek.core.vehicle import Box, VehicleClass
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import LayoutBook

__all__ = ["PhotoPlate", "read_photo"]

# A vehicle counts from this score and share of the photo; boxes may be this much too small.
_LEAST_SCORE, _LEAST_SHARE, _AROUND = 0.3, 0.005, 0.1
# Text above this share of a vehicle's height is a company's name or number far more often.
_HIGH, _HIGH_LIKENESS = 0.4, 0.5
# Looks whose boxes share this much (IoU) are looks at one plate.
_ONE_PLATE = 0.4


@dataclass(frozen=True, slots=True)
class PhotoPlate:
    """One plate on a photo: the verdict, and the look that shows it best."""

    read: PlateRead
    look: PlateLook


def read_photo(
    photo: Image, detector: Detector, reader: PlateReader, book: LayoutBook, on: date
) -> list[PhotoPlate]:
    """The photo's plates, best first; of each vehicle at most one.

    Text that lies on no vehicle is a sign or a caption; only where no plate is found on any
    vehicle is the best of it given, as `unsure`. A photo on which no vehicle is found is taken
    for a close view of one, and gives at most one plate.
    """
    vehicles = _vehicles(photo, detector)
    (looks,) = reader.read([photo])
    if not vehicles:
        found = _best([looks], book, on)
    else:
        found = _best([_on(vehicle, looks) for vehicle in vehicles], book, on)
    found = found or [_doubted(each) for each in _best([looks], book, on)]
    return [_doubted(each) if _is_cut(each.look.box, photo) else each for each in found]


def _doubted(plate: PhotoPlate) -> PhotoPlate:
    """The same plate, never acted on: it lies on no vehicle that was found, or is cut."""
    return replace(plate, read=replace(plate.read, status=PlateStatus.UNSURE))


def _is_cut(box: Box, photo: Image) -> bool:
    """Whether the box reaches the left or right edge: text may lie beyond."""
    return box.x1 < 1 or box.x2 > photo.shape[1] - 1


def _vehicles(photo: Image, detector: Detector) -> list[Box]:
    """Boxes of vehicles, nearest (largest) first."""
    (found,) = detector.detect([photo])
    least = _LEAST_SHARE * photo.shape[0] * photo.shape[1]
    boxes = [
        each.box
        for each in found
        if each.vehicle_class is not VehicleClass.PERSON
        and each.score >= _LEAST_SCORE
        and each.box.area >= least
    ]
    return sorted(boxes, key=lambda box: -box.area)[:8]


def _on(vehicle: Box, looks: Sequence[PlateLook]) -> list[PlateLook]:
    """The looks that lie on the vehicle, high ones less plate-like."""
    wide, high = vehicle.width * _AROUND, vehicle.height * _AROUND
    found = []
    for look in looks:
        x, y = look.box.centre
        if not vehicle.x1 - wide <= x <= vehicle.x2 + wide:
            continue
        if not vehicle.y1 <= y <= vehicle.y2 + high:
            continue
        is_high = y < vehicle.y1 + vehicle.height * _HIGH
        likeness = look.found_score * (_HIGH_LIKENESS if is_high else 1.0)
        found.append(replace(look, found_score=likeness))
    return found


def _best(groups: Sequence[Sequence[PlateLook]], book: LayoutBook, on: date) -> list[PhotoPlate]:
    """The most plate-like place of each vehicle; a place on two vehicles goes to the nearer."""
    found: list[PhotoPlate] = []
    for looks in groups:
        free = [
            look
            for look in sorted(looks, key=lambda each: -each.found_score)
            if all(look.box.iou(other.look.box) < _ONE_PLATE for other in found)
        ]
        if not free:
            continue
        same = [look for look in free if look.box.iou(free[0].box) >= _ONE_PLATE]
        read = verdict(same, book, on)
        if read.status is not PlateStatus.NONE:
            found.append(PhotoPlate(read, free[0]))
    return sorted(found, key=lambda plate: -plate.look.found_score)
