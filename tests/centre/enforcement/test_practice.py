"""How this house reviews, as data."""

from datetime import UTC, datetime

import pytest

from sergek.centre.enforcement.practice import gravity_of, practice
from sergek.core.violation import Offence, Route, Violation
from sergek.traffic.law.book import law_book

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
