"""Addresses are found by what people type."""

from hypothesis import given
from hypothesis import strategies as st

from sergek.core.addresses import Address, AddressBook

BOOK = AddressBook.of(
    Address(street, house, (71.0, 42.0), f"B{k}")
    for k, (street, house) in enumerate(
        [
            ("Төле би көшесі", "4"),
            ("Төле би көшесі", "4А"),
            ("Төле би көшесі", "41"),
            ("Абай даңғылы", "4"),
            ("Абай даңғылы", "12/1"),
            ("10-көше", "25"),
            ("25-көше", "10"),
        ]
    )
)


def found(text):
    return [one.words for one in BOOK.find(text)]


def test_street_and_house_in_any_usual_form():
    """Kind words may be left out, the case does not matter, the whole house comes first."""
    assert found("төле би 4") == ["Төле би көшесі, 4", "Төле би көшесі, 4А", "Төле би көшесі, 41"]
    assert found("улица Төле Би, дом 4а") == ["Төле би көшесі, 4А"]
    assert found("Абай 12/1") == ["Абай даңғылы, 12/1"]
    assert found("4 Абай")[0] == "Абай даңғылы, 4"


def test_the_house_comes_last_unless_the_street_says_otherwise():
    """`10-көше 25` is house 25, and `25 көше 10` is house 10 of the 25th street."""
    assert found("10-көше 25")[0] == "10-көше, 25"
    assert found("25 көше 10")[0] == "25-көше, 10"


def test_a_street_alone_lists_its_houses_in_order():
    """Numbers are sorted as numbers."""
    assert found("төле") == ["Төле би көшесі, 4", "Төле би көшесі, 4А", "Төле би көшесі, 41"]


def test_nothing_and_nonsense_find_nothing():
    """One letter, blanks or an unknown street give an empty list, not the whole city."""
    assert found("") == found("т") == found("   ") == found("Қожа 5") == []


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    """Whatever is typed, the answer is a list of known addresses, at most twelve."""
    answer = BOOK.find(text)
    assert len(answer) <= 12
    assert all(BOOK.exact(one.street, one.house) is one for one in answer)


@given(st.sampled_from(["Төле би көшесі", "Абай даңғылы"]), st.sampled_from(["4"]))
def test_what_the_page_shows_is_found_again(street, house):
    """The words of an address, typed as they are shown, lead to it first."""
    one = BOOK.exact(street, house)
    assert BOOK.find(one.words)[0] is one
