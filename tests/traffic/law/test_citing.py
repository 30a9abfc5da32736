"""Articles as papers and pages cite them."""

import pytest

from sergek.traffic.law.book import law_book
from sergek.traffic.law.citing import cited


@pytest.mark.parametrize(
    ("article", "kk", "ru"),
    [
        ("592 ч. 2", "592-баптың 2-бөлігі", "ст. 592 ч. 2"),
        ("592 ч. 3-1", "592-баптың 3-1-бөлігі", "ст. 592 ч. 3-1"),
        ("599", "599-бап", "ст. 599"),
        ("592 (повторно)", "592-бап (қайталап жасалған)", "ст. 592 (повторно)"),
        ("631, 632", "631-бап, 632-бап", "ст. 631, ст. 632"),
        ("by an order", "by an order", "by an order"),
    ],
)
def test_an_article_is_cited_in_the_language_of_the_page(article: str, kk: str, ru: str) -> None:
    """Part, repeat and lists; what is no article stays as it is."""
    assert (cited(article, "kk"), cited(article, "ru")) == (kk, ru)


def test_every_article_of_the_book_can_be_cited() -> None:
    """None is shown to a Kazakh reader in its Russian form."""
    book = law_book()
    named = {each.article for each in (*book.band, *book.provision)}
    named |= {each.repeat_article for each in book.band if each.repeat_article}
    assert not {each for each in named if cited(each, "kk") == each or "ч." in cited(each, "kk")}
