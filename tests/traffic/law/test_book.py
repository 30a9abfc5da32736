"""The law as of a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.errors import ConfigError
from sergek.core.violation import Offence
from sergek.traffic.law.book import law_book

BOOK = law_book()
BEFORE = datetime(2024, 12, 3, 18, 59, tzinfo=UTC)
AFTER = datetime(2024, 12, 3, 19, 0, tzinfo=UTC)


def test_the_bands_change_on_4_december_2024():
    """65 over is 20 MRP the minute before, 40 MRP from midnight in Kazakhstan."""
    assert BOOK.band_of(65, BEFORE).fine_mrp == 20
    assert BOOK.band_of(65, AFTER).fine_mrp == 40
    assert BOOK.band_of(65, AFTER).article == "592 ч. 3-1"


@pytest.mark.parametrize(
    ("excess", "lower", "upper"), [(10, None, 5), (20, 5, 10), (40, 10, 20), (60, 20, 40)]
)
def test_exact_ends_follow_the_explicit_setting(excess, lower, upper):
    """Exactly 10, 20, 40, 60: the milder band by default, the graver one if so set."""
    strict = BOOK.model_copy(
        update={"reading": (BOOK.reading[0].model_copy(update={"band_ends": "upper"}),)}
    )
    mild, grave = BOOK.band_of(excess, AFTER), strict.band_of(excess, AFTER)
    assert (mild and mild.fine_mrp) == lower
    assert grave.fine_mrp == upper


@given(st.floats(0, 200), st.integers(1, 5000))
def test_fines_never_fall_as_the_excess_grows(excess, day):
    """The bands are monotonic at every date."""
    when = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(day)
    one, more = BOOK.band_of(excess, when), BOOK.band_of(excess + 1, when)
    assert (one.fine_mrp if one else 0) <= (more.fine_mrp if more else 0)


@pytest.mark.parametrize("question", ["mrp_at", "terms_at", "bands_at", "reading_at"])
def test_a_date_without_law_is_one_sentence(question):
    """In 1999 there was no such code: nothing is guessed."""
    with pytest.raises(ConfigError, match="1999-01-01"):
        getattr(BOOK, question)(datetime(1999, 1, 1, tzinfo=UTC))


def test_every_offence_has_its_article_today():
    """And those that cost the licence have no fine."""
    now = datetime(2025, 1, 1, tzinfo=UTC)
    for offence in set(Offence) - {Offence.SPEEDING}:
        assert BOOK.provision_at(offence, now).article
    assert BOOK.provision_at(Offence.ONCOMING, now).fine_mrp is None


def test_mrp_by_year():
    """The index of the day."""
    assert BOOK.mrp_at(datetime(2022, 2, 1, tzinfo=UTC)) == 3063
    assert BOOK.mrp_at(datetime(2024, 6, 1, tzinfo=UTC)) == 3692


def test_average_speed_only_from_its_day():
    """4 December 2024."""
    assert not BOOK.allows("average_speed", BEFORE)
    assert BOOK.allows("average_speed", AFTER + timedelta(seconds=1))
