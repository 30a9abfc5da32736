"""What is read of passages: filtered pages of the list, one passage, its pictures."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from sergek.centre.context import Centre
from sergek.centre.rights import Person, camera_for
from sergek.core.errors import ConfigError, NotFound
from sergek.core.event import Event
from sergek.core.passage import Passage, Picture
from sergek.core.plate import PlateStatus
from sergek.core.ports import PassageFilter
from sergek.core.vehicle import VehicleClass

__all__ = [
    "CLASSES",
    "Question",
    "Slice",
    "find_slice",
    "media_type",
    "passage_for",
    "passage_of",
    "thumbnail",
]

# People get no passage, so nobody can ask for them.
CLASSES = tuple(kind for kind in VehicleClass if kind is not VehicleClass.PERSON)
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Question:
    """The list's filter as a page or program sends it: text, empty where nothing is chosen."""

    camera: str = ""
    since: str = ""
    until: str = ""
    vehicle_class: str = ""
    plate: str = ""

    def filter(self, centre: Centre, person: Person) -> PassageFilter:
        """The store's filter, never wider than the person's areas; `ConfigError` if unreadable."""
        if self.camera:
            cameras: tuple[str, ...] = (camera_for(person, centre.wiring.cameras, self.camera).id,)
        else:
            cameras = tuple(centre.cameras_of(person))
        if self.vehicle_class and self.vehicle_class not in CLASSES:
            raise ConfigError(f"There are no passages of class “{self.vehicle_class}”.")
        try:
            return PassageFilter(
                cameras=cameras,
                since=_moment(self.since, centre.zone),
                until=_moment(self.until, centre.zone),
                vehicle_class=VehicleClass(self.vehicle_class) if self.vehicle_class else None,
                plate_status=PlateStatus(self.plate) if self.plate else None,
            )
        except ValueError as error:
            raise ConfigError(f"The filter cannot be read: {error}.") from error

    def query(self) -> dict[str, str]:
        """What to put into an address to ask the same again."""
        named = {
            "camera": self.camera,
            "since": self.since,
            "until": self.until,
            "class": self.vehicle_class,
            "plate": self.plate,
        }
        return {key: value for key, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Slice:
    """Some passages, newest first, and where the next ones begin (None at the end)."""

    passages: tuple[Passage, ...]
    next: str | None


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """An ISO time; without an offset it is meant in the centre's zone."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _place(text: str) -> tuple[datetime, str] | None:
    if not text:
        return None
    at, _, passage_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise ConfigError("`before` is not a place that a list gave.") from error
    if moment.tzinfo is None or not passage_id:
        raise ConfigError("`before` is not a place that a list gave.")
    return moment, passage_id


def find_slice(
    centre: Centre, person: Person, question: Question, *, before: str = "", limit: int
) -> Slice:
    """One page of the list; `before` is the `next` of the page before it."""
    wanted = question.filter(centre, person)
    if not wanted.cameras:
        return Slice((), None)
    found = centre.wiring.reads.find(wanted, before=_place(before), limit=limit + 1)
    shown = tuple(found[:limit])
    if len(found) <= limit:
        return Slice(shown, None)
    last = shown[-1]
    return Slice(shown, f"{last.entered_at.astimezone(UTC).isoformat()}~{last.passage_id}")


def passage_for(centre: Centre, person: Person, passage_id: str) -> Passage:
    """One passage; `NotFound` also where its camera is in none of the person's areas."""
    passage = centre.wiring.reads.get(passage_id)
    camera = centre.wiring.cameras.get(passage.camera_id)
    if camera is None or not person.sees(camera):
        raise NotFound("There is no such passage in your areas.")
    return passage


def passage_of(event: Event | None) -> Passage | None:
    """The passage that a fact records; None for other facts and erased ones."""
    if event is None or event.kind != "passage.recorded":
        return None
    try:
        return Passage.model_validate(dict(event.body))
    except ValidationError:
        return None  # a newer edge may say more than we know; the list shows what it can


def thumbnail(passage: Passage) -> int | None:
    """The order of the picture that stands for the passage in a list."""
    order: dict[str, int] = {}
    for index, picture in enumerate(passage.pictures):
        order.setdefault(picture.kind, index)
    return next((order[kind] for kind in ("vehicle", "overview", "plate") if kind in order), None)


def media_type(data: bytes, picture: Picture) -> str:
    """What kind of picture the bytes are; `NotFound` if they are none that a browser shows."""
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            return name
    raise NotFound(f"The picture of kind {picture.kind} cannot be shown.")
