"""The statement checker's page: the article's case, other figures, three languages."""

import html
import re

import pytest

from sergek.centre.precincts.statements import article, typed
from sergek.core.errors import ConfigError

PAGE = "/precincts/statements"


def words(page):
    """A page as its reader sees it: no tags, thin spaces as plain ones."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u202f", " ")
    return re.sub(r"\s+", " ", text)


def test_the_articles_case_stands_on_the_page(visit):
    """It opens with 138 × 3,200 = 441,600 against 418,368: the double load does not follow."""
    client = visit("viewer")
    page = client.get(PAGE)
    assert page.status_code == 200
    said = words(page)
    assert "does not follow: 138 × 3 200 = 441 600 against 418 368 residents" in said
    assert "3 032 each, 95 % of the norm" not in said  # per cent stands close to its number
    assert "3 032 each, 95% of the norm" in said
    assert "only 65 of 138 inspectors work a district" in said
    assert "883 200 residents" in said
    assert "427 356" in said
    assert client.get("/precincts").status_code == 303


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("ru", "из данных не следует"), ("kk", "деректерден шықпайды"), ("en", "does not follow")],
)
def test_it_speaks_three_languages(visit, language, sentence):
    """The verdict and the findings come in the reader's language."""
    client = visit("viewer")
    client.cookies.set("language", language)
    assert sentence in words(client.get(PAGE))


def test_other_figures_give_another_verdict(visit):
    """With 66 effectively at work the same words follow on that basis, and a shortage with them."""
    said = words(visit("viewer").get(PAGE, params={"effective": "66", "present": "95"}))
    assert "It follows for those effectively on precincts (66): 6 339 each." in said
    assert "But 66 are at work: 65 short." in said


def test_useless_figures_are_named(visit):
    """A norm of zero or words for numbers are refused with the field's name, not computed."""
    answer = visit("viewer").get(PAGE, params={"norm": "0", "residents": "many"})
    assert answer.status_code == 422
    assert "norm:" in words(answer)
    assert "residents:" in words(answer)
    with pytest.raises(ConfigError) as caught:
        typed({"on": "yesterday"}, article())
    assert caught.value.problems[0].startswith("on:")


def test_numbers_are_read_as_people_write_them():
    """Spaces between thousands and a decimal comma are understood."""
    got = typed({"residents": "418\u202f368", "load_ratio": "2,5", "effective": ""}, article())
    assert (got.residents, got.load_ratio, got.effective) == (418_368, 2.5, None)
