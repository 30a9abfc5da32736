"""A city's owners, a survey under way, and defects to find on it."""

import io
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from sergek.centre.roads.actions import NewAct, NewOwner, RoadActions
from sergek.centre.roads.prescribing import PrescribingActions
from sergek.centre.roads.views import RoadViews
from sergek.core.road import Commissioner, DefectFound

ZONE = ZoneInfo("Asia/Almaty")


@dataclass
class Roads:
    """The service over one house, as its pages use it."""

    house: object
    owner_id: str
    number: str

    @staticmethod
    def photo(number=0):
        """A small JPEG, different for every number."""
        picture = Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 90))
        out = io.BytesIO()
        picture.save(out, "JPEG")
        return out.getvalue()

    @property
    def actions(self):
        house = self.house
        return RoadActions(house.engine, house.log, house.evidence, house.clock, ZONE)

    @property
    def prescribing(self):
        house = self.house
        return PrescribingActions(house.engine, house.log, house.evidence, house.clock, ZONE)

    @property
    def views(self):
        return RoadViews(self.house.engine, self.house.clock.now().astimezone(ZONE))

    @property
    def today(self) -> date:
        return self.views.today

    def found(self, number=1, **more):
        """A defect with an id of its own, found now."""
        values = {
            "defect_id": UUID(int=number).hex,
            "act_id": self.views.act(self.number).act_id,
            "kind": "sign_missing_other",
            "place": (71.3667, 42.9003),
            "accuracy_m": 6.0,
            "where": f"Абай даңғылы, {number}",
            "owner_id": self.owner_id,
            "found_at": self.house.clock.now(),
            "found_by": "surveyor",
        }
        return DefectFound.model_validate(values | more)

    def record(self, number=1, **more):
        """The defect, stored; its id."""
        taken = self.actions.take_in(self.found(number, **more), "surveyor")
        assert taken.result == "stored", taken
        return taken.defect_id


@pytest.fixture
def roads(house):
    """One owner and one open survey."""
    made = Roads(house, "", "")
    owner = NewOwner(name="Қалалық жолдар (demo)", subject="medium", department="Әкімдік")
    made.owner_id = made.actions.save_owner(owner, "chief")
    act = NewAct(
        held_on=made.today,
        route="Абай даңғылы — Төле би көшесі",
        commission=(Commissioner(name="Инспектор Серік", post="инспектор"),),
    )
    made.number = made.actions.open_act(act, "chief")
    return made
