"""Layouts and position rules: what a plate's text may be and what may be changed in it."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.traffic.plates import LayoutBook, layout_book, layout_name, normalised, plain

KZ = layout_book("kz")
ANY = layout_book("any")
TODAY = date(2026, 11, 22)
raw_reads = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-·: \n", max_size=14)


@st.composite
def fitting(draw: st.DrawFn, book: LayoutBook = KZ) -> str:
    """A text that fits one of the layouts of today."""
    layout = draw(st.sampled_from(book.on_road(TODAY)))
    text = [draw(st.sampled_from(sorted(allowed))) for allowed in layout.allowed]
    if layout.region:
        text[slice(*layout.region)] = draw(st.sampled_from(sorted(book.region_since)))
    return "".join(text)


@given(fitting())
def test_a_text_that_fits_is_never_changed(text: str) -> None:
    """No rule touches a text that is a plate already."""
    found = normalised(text, KZ, TODAY)
    assert (found.text, found.fits, found.corrected) == (text, True, ())


def test_every_layout_has_its_name_in_three_languages() -> None:
    """No two share one, and an id that is none is shown as it is."""
    ids = [each.id for each in KZ.layouts] + ["latin"]
    for language in ("kk", "ru", "en"):
        assert len({layout_name(each, language) for each in ids} - set(ids)) == len(ids)
    assert layout_name("other", "kk") == "other"


@given(raw_reads)
def test_normalising_twice_changes_nothing_more(raw: str) -> None:
    """Position rules are idempotent, the lines of the plate being the same."""
    for book in (KZ, ANY):
        once = normalised(raw, book, TODAY).text
        _, lines = plain(raw)
        if len(lines) > 1:
            ends = [0, *itertools.accumulate(lines)]
            once = "\n".join(once[a:b] for a, b in itertools.pairwise(ends))
        again = normalised(once, book, TODAY)
        assert again.text == once.replace("\n", "")
        assert again.corrected == ()


@given(raw_reads)
def test_only_marked_positions_differ(raw: str) -> None:
    """A corrected text differs from the read one exactly at the marked positions."""
    found = normalised(raw, KZ, TODAY)
    read = plain(raw)[0][-len(found.text) :] if found.text else ""
    differ = tuple(i for i, (a, b) in enumerate(zip(read, found.text, strict=True)) if a != b)
    assert differ == found.corrected


@given(raw_reads)
def test_digits_and_letters_are_swapped_by_position_only(raw: str) -> None:
    """Whatever was corrected now fits a layout and did not before."""
    found = normalised(raw, KZ, TODAY)
    if found.corrected:
        assert any(KZ.fits(found.text, each, TODAY) for each in KZ.on_road(TODAY))


@pytest.mark.parametrize(
    ("raw", "text", "layout"),
    [
        ("123ABC08", "123ABC08", "kz-2012-car"),
        ("KZ 123 ABC 08", "123ABC08", "kz-2012-car"),
        ("I23ABCO8", "123ABC08", "kz-2012-car"),
        ("123A8C08", "123ABC08", "kz-2012-car"),
        ("123AB08", "123AB08", "kz-2012-legal"),
        ("12ABC08", "12ABC08", "kz-2012-trailer"),
        ("H123ABC", "H123ABC", "kz-1993-car"),
        ("H123AB", "H123AB", "kz-1993-legal"),
        ("123\n08ABC", "12308ABC", "kz-2012-lorry-rear"),
        ("ABC\n0812", "ABC0812", "kz-2012-trailer-square"),
        ("12\n08AB", "1208AB", "kz-2012-motorcycle"),
        ("ABC\nH123", "ABCH123", "kz-2012-tractor"),
        ("H123\nABC", "H123ABC", "kz-1993-square"),
        ("T0Y0TA", "T0Y0TA", None),
        ("TOYOTA", "TOYOTA", None),
    ],
)
def test_every_layout_is_known(raw: str, text: str, layout: str | None) -> None:
    """Reads of each layout are recognised as such, and a badge as none."""
    found = normalised(raw, KZ, TODAY)
    assert (found.text, found.layout) == (text, layout)


def test_a_read_that_fits_two_layouts_stays_ambiguous() -> None:
    """Where two corrections are as cheap, the read stays as it is and belongs to no layout."""
    # Two swaps make 02 BBS 08 (trailer) of it, two others Q 2885 08 (lorry series).
    found = normalised("Q2B8S08", KZ, TODAY)
    assert (found.text, found.layout, found.fits) == ("Q2B8S08", None, True)
    assert found.corrected == ()


def test_regions_and_layouts_have_their_dates() -> None:
    """Region 19 exists from June 2022, region 17 from 2018; 2012 plates from August 2012."""
    assert normalised("123ABC19", KZ, date(2022, 6, 1)).fits
    assert not normalised("123ABC19", KZ, date(2022, 5, 31)).fits
    assert not normalised("123ABC21", KZ, TODAY).fits
    assert not normalised("123ABC08", KZ, date(2012, 7, 31)).fits
    assert normalised("A123ABC", KZ, date(2012, 7, 31)).layout == "kz-1993-car"


def test_every_layout_says_where_it_is_from() -> None:
    """No layout, region table or confusion list stands without its source."""
    import tomllib
    from importlib import resources

    text = resources.files("sergek.traffic").joinpath("layouts.toml").read_text("utf-8")
    data = tomllib.loads(text)
    for row in [*data["layout"], *data["free"], data["regions"], data["confusion"]]:
        assert row["source"].strip()
    assert all(row["since"] for row in data["layout"])
