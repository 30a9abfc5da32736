"""A camera's metrology file out of what the centre stores: passages, appeals, alarms."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sergek.centre.prescriptions.register import RegisterViews
from sergek.centre.sites.ledger import SiteLedger
from sergek.core.passage import Passage
from sergek.core.ports import PassageFilter, ReadStore
from sergek.traffic.metrology import MetrologyFile, metrology_of
from sergek.traffic.siteacts import Disqualified

__all__ = ["metrology_file"]

_PAGE = 500


def metrology_file(
    ledger: SiteLedger,
    register: RegisterViews,
    reads: ReadStore,
    site_id: str,
    camera_id: str,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> MetrologyFile:
    """The file of [since, until): calibrations with alarms applied, measured and rejected by
    reason, appeals, and a self-test a day."""
    site = ledger.site(site_id)
    seen = [p for p in _passages(reads, camera_id, since, until) if p.speed is not None]
    alarms = [
        row.at.astimezone(zone).date()
        for row in ledger.acts(site_id)
        if isinstance(row.act, Disqualified) and row.act.camera_id == camera_id
    ]
    return metrology_of(
        site,
        site.channel(camera_id),
        (_row(p) for p in seen),
        {},
        register.appeals(camera_id),
        _self_tests(seen, alarms, zone),
    )


def _passages(
    reads: ReadStore, camera_id: str, since: datetime, until: datetime
) -> Iterator[Passage]:
    wanted = PassageFilter((camera_id,), since, until)
    before: tuple[datetime, str] | None = None
    while page := reads.find(wanted, before=before, limit=_PAGE):
        yield from page
        before = page[-1].entered_at, page[-1].passage_id


def _row(passage: Passage) -> dict[str, Any]:
    assert passage.speed is not None
    return {
        "camera": passage.camera_id,
        "passage_id": passage.passage_id,
        "speed": passage.speed.model_dump(mode="json"),
    }


def _self_tests(
    seen: list[Passage], alarms: list[Any], zone: ZoneInfo
) -> Iterator[dict[str, str | float]]:
    """A day's own check: how far the two independent methods lie apart on average (km/h).

    Over many vehicles the difference must vanish; a scale that went wrong shows in it.
    """
    for day, group in groupby(seen, key=lambda p: p.entered_at.astimezone(zone).date()):
        speeds = [p.speed for p in group if p.speed is not None]
        good = [s for s in speeds if s.status == "measured"]
        apart = [
            s.kmh - s.second_kmh for s in good if s.kmh is not None and s.second_kmh is not None
        ]
        test: dict[str, str | float] = {
            "day": day.isoformat(),
            "seen": float(len(speeds)),
            "measured": float(len(good)),
            "methods_apart_kmh": round(sum(apart) / len(apart), 2) if apart else "none",
            "camera": "moved" if day in alarms else "still",
        }
        yield test
