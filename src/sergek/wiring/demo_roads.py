"""Fills the demo's register of roads: made-up owners, defects with drawn pictures, papers."""

import io
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw
from sqlalchemy import Engine

from sergek.centre.roads.actions import NewAct, NewOwner, RoadActions
from sergek.centre.roads.prescribing import PrescribingActions
from sergek.centre.roads.states import Step
from sergek.centre.roads.views import RoadViews
from sergek.core.event import derive_id
from sergek.core.ports import EventLog, EvidenceStore
from sergek.core.road import DefectFound

__all__ = ["fill_roads"]

_ACTOR = "inspector"


@dataclass
class _Then:
    """A clock that stands at a past moment: what happened days ago is recorded as of then."""

    at: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def monotonic_s(self) -> float:
        """Not used by the actions."""
        return 0.0


def fill_roads(
    engine: Engine,
    log: EventLog,
    evidence: EvidenceStore,
    now: datetime,
    zone: ZoneInfo,
    source: Path,
) -> None:
    """Record what the demo's file says, through the same actions as any person's."""
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    demo = _Demo(engine, log, evidence, now, zone)
    owners = {
        row.pop("key"): demo.actions(0).save_owner(NewOwner.model_validate(row), _ACTOR)
        for row in table["owner"]
    }
    surveyed = table["act"].pop("days_ago")
    act_id = demo.open_act(table["act"], surveyed)
    found = [
        demo.find(number, row, owners, act_id, surveyed)
        for number, row in enumerate(table["defect"])
    ]
    for row in table["prescription"]:
        demo.prescribe(row, found)
    for number, row in enumerate(table["report"]):
        demo.report(number, row)


@dataclass(frozen=True, slots=True)
class _Demo:
    engine: Engine
    log: EventLog
    evidence: EvidenceStore
    now: datetime
    zone: ZoneInfo

    def then(self, days_ago: int) -> datetime:
        """That many days before now."""
        return self.now - timedelta(days=days_ago)

    def day(self, days_ago: int) -> date:
        """The day in the city's zone."""
        return self.then(days_ago).astimezone(self.zone).date()

    def actions(self, days_ago: int) -> RoadActions:
        """Actions as of that day."""
        clock = _Then(self.then(days_ago))
        return RoadActions(self.engine, self.log, self.evidence, clock, self.zone)

    def open_act(self, row: dict[str, Any], days_ago: int) -> str:
        """The survey; its id."""
        act = NewAct.model_validate(row | {"held_on": self.day(days_ago)})
        number = self.actions(days_ago).open_act(act, _ACTOR)
        return RoadViews(self.engine, self.now.astimezone(self.zone)).act(number).act_id

    def find(
        self, number: int, row: dict[str, Any], owners: dict[str, str], act_id: str, days_ago: int
    ) -> str:
        """A defect with a drawn picture; its id."""
        defect_id = derive_id("demo_defect", number)
        values = {
            "defect_id": defect_id,
            "act_id": act_id,
            "owner_id": owners[row.pop("owner")],
            "accuracy_m": 5.0,
            "photos": [self.evidence.put(_picture(row["kind"], number))],
            "found_at": self.then(days_ago) + timedelta(minutes=7 * number),
            "found_by": _ACTOR,
        }
        self.actions(days_ago).take_in(DefectFound.model_validate(row | values), _ACTOR)
        return defect_id

    def prescribe(self, row: dict[str, Any], found: list[str]) -> None:
        """A prescription and what happened to it."""
        chosen = [found[place] for place in row["defects"]]
        number = self._prescribing(row["issued_days_ago"]).issue(chosen, row.get("days"), _ACTOR)
        for taken in row["steps"]:
            days_ago = taken.get("days_ago", 0)
            on = self.day(-taken["in_days"]) if "in_days" in taken else self.day(days_ago)
            actions = self._prescribing(days_ago)
            actions.take(number, Step(taken["step"]), _ACTOR, taken["text"], on)

    def report(self, number: int, row: dict[str, Any]) -> None:
        """A citizen's report."""
        days_ago = row.pop("days_ago")
        values = {
            "defect_id": derive_id("demo_report", number),
            "found_at": self.then(days_ago),
            "found_by": "citizen",
        }
        found = DefectFound.model_validate(row | values)
        self.actions(days_ago).take_in(found, "citizen", "citizen")

    def _prescribing(self, days_ago: int) -> PrescribingActions:
        clock = _Then(self.then(days_ago))
        return PrescribingActions(self.engine, self.log, self.evidence, clock, self.zone)


def _picture(kind: str, number: int) -> bytes:
    """A drawing that nobody takes for a photo: asphalt, a shape, and the word DEMO."""
    drawn = Image.new("RGB", (960, 720), (92, 96, 100))
    pen = ImageDraw.Draw(drawn)
    for row in range(0, 720, 6):
        shade = 84 + (row * 37 + number * 11) % 17
        pen.line([(0, row), (960, row)], fill=(shade, shade + 2, shade + 4), width=3)
    if kind.startswith("sign"):
        pen.rectangle([460, 260, 490, 640], fill=(150, 152, 155))
        pen.polygon(
            [(475, 90), (620, 330), (330, 330)], fill=(236, 236, 230), outline=(190, 40, 40)
        )
    elif kind.startswith("light"):
        pen.rounded_rectangle([400, 110, 560, 520], 30, fill=(30, 32, 34))
        for place, colour in enumerate(((60, 30, 30), (60, 55, 30), (40, 190, 100))):
            pen.ellipse([430, 140 + place * 120, 530, 240 + place * 120], fill=colour)
    elif kind.startswith("marking"):
        for place in range(7):
            pen.rectangle([90 + place * 120, 330, 150 + place * 120, 600], fill=(132, 134, 136))
    else:
        pen.ellipse([250, 290, 700, 520], fill=(48, 48, 50), outline=(70, 70, 72), width=12)
    pen.text((40, 30), "DEMO", fill=(255, 214, 90), font_size=56)
    pen.text((40, 640), kind, fill=(255, 255, 255), font_size=36)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return out.getvalue()
