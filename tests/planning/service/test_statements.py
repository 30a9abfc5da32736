"""The article's case: do the quoted figures follow from each other?"""

import datetime as dt
from pathlib import Path

import pytest

from sergek.core.errors import ConfigError, NotFound
from sergek.core.workload import AtWork, People, Quoted
from sergek.planning.service.norms import norm_on, read_norms
from sergek.planning.service.statements import check_statements

ARTICLE = Quoted(stations=30, inspectors=138, assistants=29, norm=3200, load_ratio=2.0)
CENSUS = People(418_368, "2021-10", "census")


def test_the_articles_double_load_does_not_follow():
    """138 × 3,200 = 441,600 exceeds 418,368: by headcount the norm is kept, 3,032 each."""
    verdict = check_statements(ARTICLE, CENSUS)
    assert not verdict.follows
    assert verdict.capacity == 441_600
    assert verdict.capacity > CENSUS.residents
    assert verdict.needed == 131
    establishment, with_assistants = verdict.bases
    assert establishment.load == pytest.approx(3032, abs=1)
    assert establishment.ratio == pytest.approx(0.947, abs=0.001)
    assert with_assistants.load == pytest.approx(2505, abs=1)
    assert verdict.per_station == pytest.approx(13_946, abs=1)
    for language, words in (("en", "not follow"), ("ru", "не следует"), ("kk", "шықпайды")):
        assert words in verdict.sentence[language]


def test_what_would_have_to_be_true():
    """65 inspectors at work, or 883,200 residents, or a norm of 1,516 would make it double."""
    readings = {reading.name: reading for reading in check_statements(ARTICLE, CENSUS).readings}
    assert readings["effective_inspectors"].number == pytest.approx(65.37, abs=0.01)
    assert readings["residents"].number == 883_200
    assert readings["norm"].number == pytest.approx(1516, abs=1)
    assert set(readings["norm"].text) == {"kk", "ru", "en"}


def test_it_follows_on_the_effective_basis():
    """With 66 inspectors effectively at work the same words are true."""
    verdict = check_statements(ARTICLE, CENSUS, AtWork(filled=114, present=95, effective=66.0))
    follows = {basis.name: basis.follows for basis in verdict.bases}
    assert follows == {
        "establishment": False,
        "with_assistants": False,
        "filled": False,
        "present": False,
        "effective": True,
    }


def test_a_true_statement_is_confirmed():
    """Twice the residents make the same words follow by headcount."""
    verdict = check_statements(ARTICLE, People(883_200, "2022", "an assumption"))
    assert verdict.follows
    assert "follows" in verdict.sentence["en"]


@pytest.mark.parametrize("field", ["norm", "inspectors", "stations"])
def test_zero_is_refused(field):
    """A norm or headcount of zero is refused in words, not divided by."""
    values = {"stations": 30, "inspectors": 138, "assistants": 29, "norm": 3200, "load_ratio": 2.0}
    with pytest.raises(ConfigError, match="above zero"):
        check_statements(Quoted(**(values | {field: 0})), CENSUS)


def test_norms_are_dated_data(tmp_path: Path):
    """The built-in norm has a day and a source; a later one takes over on its day."""
    norms = read_norms()
    assert norm_on(norms, "city", dt.date(2022, 2, 1)).residents == 3200
    assert all(norm.source for norm in norms)
    with pytest.raises(NotFound):
        norm_on(norms, "city", dt.date(1999, 1, 1))
    with pytest.raises(NotFound, match="text was not at hand"):
        norm_on(norms, "rural", dt.date(2026, 1, 1))
    path = tmp_path / "norms.toml"
    row = '[[norm]]\nkind="city"\nresidents={}\nfrom={}\nsource="s"\n'
    path.write_text(row.format(3200, "2007-11-27") + row.format(2000, "2026-01-01"))
    assert norm_on(read_norms(path), "city", dt.date(2026, 1, 1)).residents == 2000
    path.write_text(row.format(0, "2007-11-27"))
    with pytest.raises(ConfigError) as caught:
        read_norms(path)
    assert "above zero" in caught.value.problems[0]
