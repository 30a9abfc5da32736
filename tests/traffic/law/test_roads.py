"""The table of road defects, terms and sanctions."""

from datetime import UTC, datetime

import pytest

from sergek.core.errors import ConfigError
from sergek.core.road import Subject
from sergek.traffic.law.roads import road_book

NOW = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ("sign_missing_main", (1, 1)),
        ("sign_missing_other", (3, 3)),
        ("sign_missing_individual", (30, 30)),
        ("sign_peeled", (3, 3)),
        ("sign_dirty", (1, 1)),
        ("pothole", (1, 12)),
        ("light_out", (1, 1)),
    ],
)
def test_the_terms_are_those_of_the_sources(kind, days):
    """Days as the sources give them, each with its standard."""
    term = road_book().term_of(kind, NOW)
    assert (term.days_min, term.days_max) == days
    assert term.standard.startswith("ГОСТ")


def test_what_no_source_gives_is_not_there():
    """Marking, bridges and the rest have no term, a manhole no amount: nothing is invented."""
    for kind in ("marking_worn", "bridge", "culvert", "water", "other"):
        assert road_book().term_of(kind, NOW) is None
    assert road_book().fine("632", Subject.MEDIUM, NOW) is None
    assert road_book().term_of("pothole", datetime(2014, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("subject", "mrp", "repeat"),
    [
        ("person", 2, 5),
        ("official", 10, 15),
        ("small", 10, 15),
        ("medium", 15, 20),
        ("large", 30, 35),
    ],
)
def test_sanctions_of_631(subject, mrp, repeat):
    """Amounts in the index of the year: 3,692 tenge in 2024."""
    book = road_book()
    assert book.fine("631", Subject(subject), NOW).tenge == mrp * 3692
    assert book.fine("631", Subject(subject), NOW, repeat=True).mrp == repeat


def test_an_unknown_kind_is_named():
    """The sentence says which."""
    with pytest.raises(ConfigError, match="unicorn"):
        road_book().kind_of("unicorn")
