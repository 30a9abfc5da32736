"""Violations made by the real engines from plates that drove past a made-up camera."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sergek.core.passage import Passage, PassagePlate, passage_id
from sergek.core.site import Site
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Offence, Violation
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.assess import Assessment, Assessor, SeenPassage

__all__ = ["FoundCase", "Street"]


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A passage with what was measured and found."""

    passage: Passage
    assessment: Assessment
    violation: Violation


class Street:
    """The example section as if it were surveyed and certified around that time."""

    def __init__(self, around: datetime, camera_id: str = "abay-1") -> None:
        self.camera_id = camera_id
        self._mount, self._rng = Mount(), np.random.default_rng(11)
        channel, survey = survey_of(self._mount, self._rng)
        long_ago = around - timedelta(days=200)
        surveyed = survey.model_copy(update={"valid_from": long_ago})
        channel = channel.model_copy(
            update={
                "camera_id": camera_id,
                "surveys": (surveyed,),
                "corner_sigma_px": 0.5,
                "corner_bias_px": 0.1,
            }
        )
        certificate = example_site().certificates[0].model_dump() | {
            "valid_from": long_ago,
            "valid_until": around + timedelta(days=165),
        }
        heads = tuple(head.model_dump() | {"camera_id": camera_id} for head in example_site().heads)
        self.site: Site = with_changes(
            example_site(),
            id=f"{camera_id}-section",
            channels=(channel.model_dump(),),
            certificates=(certificate,),
            heads=heads,
        )
        self._assessor = Assessor(self.site)

    def speeding(
        self, number: int, speed_kmh: float, plate: PassagePlate | None, when: datetime
    ) -> FoundCase:
        """A vehicle that was measured over the limit; its passage has that track number."""
        for _ in range(20):
            drove = drive(self._mount, self._rng, np.array([speed_kmh]))
            track = track_of(drove, 0)
            key = (self.camera_id, "run-1", number)
            assessed = self._assessor.assess(
                SeenPassage(
                    passage_id=passage_id(*key),
                    camera_id=self.camera_id,
                    vehicle_class=VehicleClass.CAR,
                    track=track,
                    happened_at=when,
                    plate=plate,
                    checked_at=when,
                )
            )
            found = [v for v in assessed.violations if v.offence is Offence.SPEEDING]
            if found:
                last = track.media_s[-1] or 0.0
                passage = Passage(
                    passage_id=passage_id(*key),
                    camera_id=self.camera_id,
                    run_id="run-1",
                    track_id=number,
                    vehicle_class=VehicleClass.CAR,
                    class_score=0.97,
                    entered_at=when,
                    left_at=when + timedelta(seconds=last),
                    entered_s=number * 10.0,
                    left_s=number * 10.0 + last,
                    lane=1,
                    plate=plate,
                )
                return FoundCase(passage, assessed, found[0])
        raise AssertionError("no passage of twenty was measured over the limit")
