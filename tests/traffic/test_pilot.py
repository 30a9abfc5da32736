"""A pilot's figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sergek.traffic.pilot import (
    Label,
    PilotSample,
    Share,
    demands,
    figures_of,
    shortfalls,
    truth_of,
)


def label(person, text="123ABC08", seen="plate"):
    return Label(person=person, seen=seen, text=text, vehicle_class="car")


def sample(number=0, **more):
    values = {
        "passage_id": f"{number:032x}",
        "night": number % 4 == 0,
        "machine_text": "123ABC08",
        "machine_status": "read",
        "machine_class": "car",
        "labels": (label("a"), label("b")),
    }
    return PilotSample(**(values | more))


@given(st.integers(1, 400), st.floats(0, 1))
def test_the_interval_is_exact(of, where):
    """At each end the chance of so extreme a count is a fortieth (the definition of the method)."""
    hits = round(where * of)
    share = Share.of_counts(hits, of)
    assert share.low <= share.share <= share.high
    if hits:
        assert binom.sf(hits - 1, of, share.low) == pytest.approx(0.025, rel=1e-6)
    if hits < of:
        assert binom.cdf(hits, of, share.high) == pytest.approx(0.025, rel=1e-6)


def test_known_values_of_the_interval():
    """No error in 600 reads still leaves 0.6 %; nothing at all leaves nothing to say."""
    assert Share.of_counts(0, 600).high == pytest.approx(0.00613, abs=1e-5)
    assert Share.of_counts(5, 10).low == pytest.approx(0.18709, abs=1e-5)
    assert Share.of_counts(0, 0).share is None


def test_what_two_people_see_alike_is_true_and_a_third_settles_the_rest():
    """One person alone settles nothing."""
    assert truth_of(sample(labels=(label("a"),))) is None
    assert truth_of(sample()).text == "123ABC08"
    differing = sample(labels=(label("a"), label("b", "128ABC08")))
    assert truth_of(differing) is None
    third = label("c", "128ABC08")
    assert truth_of(differing.model_copy(update={"settled": third})) == third


def test_the_figures_count_each_thing_where_it_belongs():
    """Wrong only among the surely read and legible; blind reads and false passages apart."""
    found = figures_of(
        [
            sample(0),
            sample(1, machine_text="128ABC08"),
            sample(2, machine_status="unsure"),
            sample(3, labels=(label("a", "", "illegible"), label("b", "", "illegible"))),
            sample(4, labels=(label("a", "", "no_vehicle"), label("b", "", "no_vehicle"))),
            sample(5, labels=(label("a"), label("b", "777AAA08"))),
        ],
        [(50, 48), (20, 21)],
        demands(),
    )
    assert (found.drawn, found.labelled) == (6, 5)
    assert (found.wrong.hits, found.wrong.of) == (1, 2)
    assert (found.coverage.hits, found.coverage.of) == (2, 3)
    assert (found.exact.hits, found.exact.of) == (2, 3)
    assert (found.read_blindly.hits, found.read_blindly.of) == (1, 1)
    assert found.false_passages.hits == 1
    assert (found.people_agree.hits, found.people_agree.of) == (5, 6)
    assert (found.captured.hits, found.captured.of) == (68, 70)


def good(count=1200, wrong=1):
    made = []
    for n in range(count):
        text = "128ABC08" if n < wrong else "123ABC08"
        speed = {"speed_kmh": 60.2, "speed_u_kmh": 0.8, "reference_kmh": 60.0} if n < 120 else {}
        made.append(sample(n, machine_text=text, **speed))
    return made


def test_a_good_pilot_meets_every_demand_and_each_fault_is_named():
    """Nothing missing; then too few, too many wrong, no night, no speeds: each its own sentence."""
    counted = [(1000, 980)]

    def missing(samples, hand=counted, *, speeds=True):
        found = shortfalls(figures_of(samples, hand, demands()), demands(), speeds=speeds)
        return [lack.name for lack in found]

    assert missing(good()) == []
    assert missing(good(500, wrong=0)) == ["labelled", "read"]
    assert missing(good(wrong=12)) == ["wrong"]
    assert missing([s.model_copy(update={"night": False}) for s in good()]) == ["night"]
    assert missing(good(), [(1000, 800)]) == ["captured"]
    without = [s.model_copy(update={"reference_kmh": None}) for s in good()]
    assert missing(without) == ["speed_references", "speed_mean", "speed_covered"]
    assert missing(without, speeds=False) == []
    far = [s.model_copy(update={"speed_kmh": 66.0}) if s.reference_kmh else s for s in good()]
    assert missing(far) == ["speed_out", "speed_mean", "speed_covered"]


def test_an_empty_pilot_misses_everything():
    """No figure, no acceptance; each lack is a sentence."""
    found = shortfalls(figures_of([], [], demands()), demands(), speeds=True)
    assert len(found) == 10
    assert found[0].sentence == "passages labelled by two: 0; 1000 needed"
