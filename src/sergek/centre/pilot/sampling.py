"""Drawing the sample: every passage of the period has the same chance, and the draw repeats."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sergek.centre.people.tables import us_of
from sergek.core.errors import ConfigError
from sergek.core.passage import Passage
from sergek.core.ports import PassageFilter, ReadStore
from sergek.core.site import Site

__all__ = ["drawn", "is_night", "row_of"]

_PAGE = 500
_MOST_PASSAGES = 500_000
# The sun stands lower than this: lamps are on, headlights dazzle.
_NIGHT_BELOW_DEG = -4.0


def drawn(
    reads: ReadStore, site: Site, since: datetime, until: datetime, size: int, seed: int
) -> tuple[int, list[Passage]]:
    """How many passages the period has, and the sample in random order.

    Reservoir sampling (Vitter's algorithm R): one walk through the list, whatever its length.
    """
    cameras = tuple(channel.camera_id for channel in site.channels if channel.role == "plate")
    chance = random.Random(seed)
    kept: list[Passage] = []
    count = 0
    for passage in _passages(reads, PassageFilter(cameras, since, until)):
        count += 1
        if count > _MOST_PASSAGES:
            raise ConfigError("The period holds too many passages: choose a shorter one.")
        if len(kept) < size:
            kept.append(passage)
        elif (place := chance.randrange(count)) < size:
            kept[place] = passage
    chance.shuffle(kept)
    return count, kept


def _passages(reads: ReadStore, wanted: PassageFilter) -> Iterator[Passage]:
    before: tuple[datetime, str] | None = None
    while page := reads.find(wanted, before=before, limit=_PAGE):
        yield from page
        before = page[-1].entered_at, page[-1].passage_id


def row_of(passage: Passage, site: Site, place: int) -> dict[str, Any]:
    """The sample's row, with what the machine says of the passage today."""
    plate, speed = passage.plate, passage.speed
    machine = {
        "text": plate.text if plate else None,
        "status": plate.status.value if plate else "none",
        "confidence": plate.confidence if plate else 0.0,
        "class": passage.vehicle_class.value,
        "kmh": speed.kmh if speed else None,
        "u_kmh": speed.u_kmh if speed else None,
        "night": is_night(passage.entered_at, site.location),
    }
    return {
        "passage_id": passage.passage_id,
        "place_in_order": place,
        "camera_id": passage.camera_id,
        "entered_us": us_of(passage.entered_at),
        "machine": json.dumps(machine, ensure_ascii=False),
    }


def is_night(when: datetime, place: Sequence[float]) -> bool:
    """Whether the sun stands more than four degrees under the horizon at (lng, lat).

    Declination and equation of time by Spencer's series (1971), good to a quarter of a degree.
    """
    lng, lat = place
    day = when.astimezone(UTC).timetuple().tm_yday
    b = 2 * math.pi * (day - 1) / 365
    minutes = 229.18 * (
        0.000075
        + 0.001868 * math.cos(b)
        - 0.032077 * math.sin(b)
        - 0.014615 * math.cos(2 * b)
        - 0.040849 * math.sin(2 * b)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(b)
        + 0.070257 * math.sin(b)
        - 0.006758 * math.cos(2 * b)
        + 0.000907 * math.sin(2 * b)
        - 0.002697 * math.cos(3 * b)
        + 0.00148 * math.sin(3 * b)
    )
    utc = when.astimezone(UTC)
    hours = utc.hour + utc.minute / 60 + lng / 15 + minutes / 60
    angle = math.radians(15 * (hours - 12))
    up = math.sin(math.radians(lat)) * math.sin(declination) + math.cos(
        math.radians(lat)
    ) * math.cos(declination) * math.cos(angle)
    return math.degrees(math.asin(up)) < _NIGHT_BELOW_DEG
