"""A pilot at the centre: drawn at random, typed alone by two, settled by a third, signed."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sergek.centre.app import create_app
from sergek.centre.pilot.api import actions_of
from sergek.centre.pilot.sampling import is_night
from sergek.core.errors import Conflict, Forbidden, NotFound
from sergek.core.passage import PassagePlate, Picture
from sergek.core.plate import PlateStatus
from sergek.testing.examples import a_passage
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.pilot import Demands, demands

NOON = datetime(2022, 8, 15, 6, tzinfo=UTC)
MACHINE = "128ABC08"
TRUE = "123ABC08"


@dataclass
class Trial:
    """A site in trial (that measures no speed) with passages that the machine read as `MACHINE`."""

    house: object

    @property
    def actions(self):
        """The acts of the pilot."""
        return actions_of(create_app(self.house.wiring()).state.centre)

    def begin(self, size=6, actor="metrologist"):
        """A pilot over the last day."""
        since = self.house.clock.now() - timedelta(days=1)
        return self.actions.begin("abay-section", since, self.house.clock.now(), size, actor)

    def everybody_sees(self, pilot_id, text, people=("reviewer", "operator")):
        """Both people type the same on every sample."""
        for sample in self.actions.views.samples(pilot_id):
            for person in people:
                self.actions.label(pilot_id, sample.passage_id, person, "plate", text, "car")


@pytest.fixture
def trial(house):
    house.clock.wall = NOON
    house.sites = {"abay-section": with_changes(example_site(), permits=[], limits=[])}
    picture = house.evidence.put(b"\x89PNG the plate")
    plate = PassagePlate(
        text=MACHINE, raw=(MACHINE,), layout="car", confidence=0.99, status=PlateStatus.READ
    )
    house.record(
        *(
            a_passage(
                number,
                entered_at=NOON - timedelta(hours=number % 20, seconds=number),
                left_at=NOON,
                plate=plate,
                pictures=(Picture(key=picture, kind="plate", media_s=1.0),),
            )
            for number in range(1, 41)
        )
    )
    return Trial(house)


def lenient(**changes):
    easy = {
        "labelled": 4,
        "night_share": 0.0,
        "people_agree": 0.0,
        "read": 0,
        "wrong_at_most": 1.0,
        "coverage_at_least": 0.0,
        "captured_at_least": 0.0,
        "speed_references": 0,
        "speed_mean_kmh": 99.0,
        "speed_covered": 0.0,
    }
    return Demands.model_validate(demands().model_dump() | easy | changes)


def test_the_sample_is_random_repeatable_and_kept(trial):
    """Other draws take other passages; what was drawn outlives the thirty days."""
    first, second = trial.begin(), trial.begin()
    one = {s.passage_id for s in trial.actions.views.samples(first)}
    other = {s.passage_id for s in trial.actions.views.samples(second)}
    assert len(one) == len(other) == 6
    assert one != other
    assert trial.actions.views.one(first).passages == 40
    gone = trial.house.reads.expire(NOON + timedelta(days=60))
    assert gone == []
    for passage_id in one | other:
        assert trial.house.reads.get(passage_id)


def test_neither_sees_the_machines_nor_the_others_reading(trial, visit):
    """The page shows pictures only, and no address on it leads to a reading."""
    pilot_id = trial.begin(1)
    reviewer, operator = visit("reviewer"), visit("operator")
    page = reviewer.get(f"/pilots/{pilot_id}/label").text
    sample = trial.actions.views.samples(pilot_id)[0]
    form = {"place": "0", "seen": "plate", "text": TRUE, "vehicle_class": "car"}
    for text in (MACHINE, sample.passage_id):
        assert text not in page
    form["csrf"] = trial.house.csrf(page)
    assert reviewer.post(f"/pilots/{pilot_id}/label", data=form).status_code == 303
    page = operator.get(f"/pilots/{pilot_id}/label").text
    for text in (MACHINE, TRUE, sample.passage_id):
        assert text not in page
    where = f"/pilots/{pilot_id}/samples/0/pictures/0"
    assert where in page
    assert operator.get(where).content == b"\x89PNG the plate"
    assert "Nothing left for you" in reviewer.get(f"/pilots/{pilot_id}/label").text


def test_a_disagreement_is_shown_to_a_third_who_settles_it(trial, visit):
    """Both answers, no names and no machine; the third one's answer is the truth."""
    pilot_id = trial.begin(1)
    sample = trial.actions.views.samples(pilot_id)[0]
    trial.actions.label(pilot_id, sample.passage_id, "reviewer", "plate", "123АВС08", "car")
    trial.actions.label(pilot_id, sample.passage_id, "operator", "plate", "125ABC08", "car")
    assert trial.actions.views.next(pilot_id, "reviewer", settling=True) is None
    metrologist = visit("metrologist")
    page = metrologist.get(f"/pilots/{pilot_id}/label?settling=true").text
    assert TRUE in page
    assert "125ABC08" in page
    assert MACHINE not in page
    assert "operator" not in page
    form = {
        "place": "0",
        "seen": "plate",
        "text": TRUE,
        "vehicle_class": "car",
        "settling": "true",
        "csrf": trial.house.csrf(page),
    }
    assert metrologist.post(f"/pilots/{pilot_id}/label", data=form).status_code == 303
    figures = trial.actions.views.figures(pilot_id)
    assert (figures.wrong.hits, figures.wrong.of) == (1, 1)
    assert figures.people_agree.hits == 0


def test_nobody_looks_twice_and_nobody_adds_to_what_is_agreed(trial):
    """One person is not two."""
    pilot_id = trial.begin(1)
    passage_id = trial.actions.views.samples(pilot_id)[0].passage_id
    args = ("plate", TRUE, "car")
    trial.actions.label(pilot_id, passage_id, "reviewer", *args)
    with pytest.raises(Forbidden, match="already"):
        trial.actions.label(pilot_id, passage_id, "reviewer", *args)
    trial.actions.label(pilot_id, passage_id, "operator", *args)
    with pytest.raises(Conflict, match="seen the same"):
        trial.actions.label(pilot_id, passage_id, "metrologist", *args)
    with pytest.raises(NotFound, match="not part"):
        trial.actions.label(pilot_id, "0" * 32, "reviewer", *args)


def test_a_record_is_not_signed_while_a_demand_is_unmet(trial, visit):
    """Six passages are not a thousand: the page says so, and so does the refusal."""
    pilot_id = trial.begin()
    trial.everybody_sees(pilot_id, MACHINE)
    chief = visit("chief")
    page = chief.get(f"/pilots/{pilot_id}").text
    assert "(needed 1000)" in page
    answer = chief.post(f"/pilots/{pilot_id}/sign", data={"csrf": trial.house.csrf(page)})
    assert answer.status_code == 403
    assert "does not show enough yet" in answer.text


def test_the_signed_record_alone_ends_the_trial(trial, visit, monkeypatch):
    """With demands that six passages meet: the chief signs, the site leaves its trial, the
    record with all samples is kept under its hash, and nothing can be added afterwards."""
    for place in ("actions", "views", "api"):
        monkeypatch.setattr(f"sergek.centre.pilot.{place}.demands", lenient, raising=False)
    pilot_id = trial.begin()
    trial.everybody_sees(pilot_id, MACHINE)
    hour = NOON - timedelta(hours=1)
    camera = example_site().channels[0].camera_id
    trial.actions.count(pilot_id, camera, hour, NOON, 2, "operator")
    ledger = trial.actions.sites.ledger
    assert ledger.site("abay-section").in_trial(NOON)
    with pytest.raises(Forbidden, match="labelled passages"):
        trial.actions.sign(pilot_id, "Reviewer", "reviewer")
    chief = visit("chief")
    page = chief.get(f"/pilots/{pilot_id}").text
    signed = chief.post(f"/pilots/{pilot_id}/sign", data={"csrf": trial.house.csrf(page)})
    assert signed.status_code == 303, signed.text
    site = ledger.site("abay-section")
    assert not site.in_trial(trial.house.clock.now())
    assert site.in_trial(NOON - timedelta(seconds=1))
    record = json.loads(trial.house.evidence.get(site.acceptance.figures_sha256))
    assert record["signed_by"] == "Chief"
    assert len(record["samples"]) == 6
    assert record["figures"]["wrong"]["of"] == 6
    with pytest.raises(Conflict, match="signed"):
        trial.actions.count(pilot_id, camera, hour, NOON, 3, "operator")
    assert "site.accepted" in trial.house.kinds()
    assert "pilot.signed" in trial.house.kinds()


def test_a_site_without_a_certificate_is_not_accepted(trial, monkeypatch):
    """The record alone is not enough."""
    monkeypatch.setattr("sergek.centre.pilot.views.demands", lenient)
    trial.house.sites["abay-section"] = with_changes(
        trial.house.sites["abay-section"], certificates=[]
    )
    pilot_id = trial.begin()
    trial.everybody_sees(pilot_id, MACHINE)
    trial.actions.count(pilot_id, "abay-1", NOON - timedelta(hours=1), NOON, 2, "operator")
    with pytest.raises(Forbidden, match="no valid certificate"):
        trial.actions.sign(pilot_id, "Chief", "chief")


def test_reference_speeds_come_as_a_file(trial, visit):
    """By passage id; anything else is one sentence on the page."""
    pilot_id = trial.begin()
    known = trial.actions.views.samples(pilot_id)[0].passage_id
    metrologist = visit("metrologist")
    token = trial.house.csrf(metrologist.get(f"/pilots/{pilot_id}").text)
    where = f"/pilots/{pilot_id}/references"

    def send(data):
        file = {"speeds": ("speeds.json", data, "application/json")}
        return metrologist.post(where, data={"csrf": token}, files=file)

    assert send(json.dumps({known: 58.5, "f" * 32: 60})).status_code == 303
    assert trial.actions.views.figures(pilot_id).speed_references == 1
    wrong = send(b"[1, 2]")
    assert wrong.status_code == 422
    assert "one JSON object" in wrong.text


def test_the_export_holds_everything_to_compute_it_again(trial, visit):
    """Samples with labels and truth, counts, figures, demands, the seed."""
    pilot_id = trial.begin(2)
    trial.everybody_sees(pilot_id, TRUE)
    found = visit("metrologist").get(f"/api/v1/pilots/{pilot_id}").json()
    assert found["figures"]["wrong"]["hits"] == 2
    assert found["samples"][0]["truth"]["text"] == TRUE
    assert found["samples"][0]["machine_text"] == MACHINE
    assert {"seed", "demands", "counted", "period"} <= set(found)


@pytest.mark.parametrize(
    ("when", "night"),
    [
        ("2022-06-21T12:00+06:00", False),
        ("2022-06-21T21:00+06:00", False),
        ("2022-06-22T00:30+06:00", True),
        ("2022-12-21T09:30+06:00", False),
        ("2022-12-21T18:30+06:00", True),
    ],
)
def test_night_in_taraz(when, night):
    """The sun, not the clock: nine in the evening is light in June, not in December."""
    assert is_night(datetime.fromisoformat(when), (71.38, 42.9)) is night
