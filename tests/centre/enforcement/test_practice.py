"""How this house reviews, as data."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sergek.centre.enforcement.practice import gravity_of, practice
from sergek.config.load import load
from sergek.core.speed import SpeedMeasurement
from sergek.core.violation import Offence, Route, Violation
from sergek.testing.facts import facts_along
from sergek.traffic.law.book import law_book
from sergek.traffic.rules import speeding

WHEN = datetime(2026, 1, 16, 9, tzinfo=UTC)


def found(offence: Offence, excess_kmh: float = 0.0, when: datetime = WHEN) -> Violation:
    return Violation(
        offence=offence,
        article="?",
        route=Route.PRESCRIPTION,
        media_s=1.0,
        happened_at=when,
        margin=1.0,
        margin_unit="km/h",
        facts={"excess_kmh": excess_kmh},
    )


@pytest.mark.parametrize(
    ("offence", "excess", "gravity", "looks"),
    [
        (Offence.SPEEDING, 15.0, 5, []),
        (Offence.SPEEDING, 45.0, 20, ["fine"]),
        (Offence.SPEEDING, 61.0, 40, ["fine", "excess"]),
        (Offence.RED_LIGHT, 0.0, 10, []),
        (Offence.ONCOMING, 0.0, 100, ["fine", "offence"]),
    ],
)
def test_heavy_and_rare_cases_need_a_second_look(offence, excess, gravity, looks):
    """By the fine, by the excess and by the offence, each as its entry says."""
    violation = found(offence, excess)
    assert gravity_of(violation, law_book()) == gravity
    assert practice().second_looks(violation, gravity, WHEN) == looks


def test_the_demo_has_a_case_for_two_reviewers():
    """On its avenue a sign allows 50: 97 km/h is part 3 of article 592, 84 km/h is not."""
    settings = load(Path(__file__).parents[3] / "cities" / "taraz-demo.toml")
    avenue = next(site for site in settings.site if site.id == "demo-avenue")
    looks = {}
    for kmh in (84.0, 97.0):
        speed = SpeedMeasurement(status="measured", kmh=kmh, u_kmh=1.0, media_s=1.0)
        driven = facts_along([(0, -1.7, 50), (2, -1.7, 5)], speed=speed)
        case = speeding.judge(driven, avenue, law_book())
        assert isinstance(case, Violation)
        looks[kmh] = practice().second_looks(case, gravity_of(case, law_book()), WHEN)
    assert looks == {84.0: [], 97.0: ["fine"]}


def test_a_day_without_law_has_no_gravity():
    """Where the book has nothing for that day nothing can follow."""
    old = datetime(2001, 1, 1, tzinfo=UTC)
    assert gravity_of(found(Offence.RED_LIGHT, when=old), law_book()) == 0


@pytest.mark.parametrize("decision", ["reject", "return"])
def test_reasons_are_named_once_and_in_three_languages(decision):
    """Every reason has its own text in each language; the lists fit the keys of the page."""
    listed = [each for each in practice().reason if each.decision == decision]
    assert len({each.id for each in listed}) == len(listed) <= 15
    for language in ("kk", "ru", "en"):
        assert len({each.text(language) for each in listed}) == len(listed)


def test_a_reason_about_lamps_is_not_offered_for_speed():
    """Reasons that belong to an offence stand on its list only."""
    ids = {each.id for each in practice().reasons("reject", Offence.SPEEDING, WHEN)}
    assert "speed_doubt" in ids
    assert "lamp_doubt" not in ids
