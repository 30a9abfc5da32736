"""What several looks say together, and when to say nothing."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.plate import PlateLook, PlateStatus
from sergek.core.vehicle import Box
from sergek.traffic.plate_vote import verdict
from sergek.traffic.plates import layout_book

KZ = layout_book("kz")
ANY = layout_book("any")
TODAY = date(2026, 11, 22)


def look(raw: str, sure: float = 0.999, **doubtful: dict[str, float]) -> PlateLook:
    """A look that read `raw`; `doubtful` gives other chances at positions (`at3={...}`)."""
    text = raw.replace("\n", "")
    chances = [{c: sure} if c.isalnum() else {"": sure} for c in text]
    for key, value in doubtful.items():
        chances[int(key.removeprefix("at"))] = value
    return PlateLook(
        box=Box(0, 0, 100, 20),
        corners=((0, 0), (100, 0), (100, 20), (0, 20)),
        raw=raw,
        characters=tuple(
            tuple(sorted(each.items(), key=lambda pair: -pair[1])) for each in chances
        ),
        sharpness=1.0,
        found_score=1.0,
    )


def test_a_clear_plate_is_read() -> None:
    """One sure look at a plate of one layout may be acted on."""
    read = verdict([look("123ABC08")], KZ, TODAY)
    assert (read.text, read.layout, read.status) == ("123ABC08", "kz-2012-car", PlateStatus.READ)
    assert read.corrected == ()
    assert read.raw == ("123ABC08",)


def test_nothing_legible_is_none() -> None:
    """No look, or looks without characters, are `none` and keep their raw reads."""
    assert verdict([], KZ, TODAY).status is PlateStatus.NONE
    empty = verdict([look("--")], KZ, TODAY)
    assert (empty.text, empty.status, empty.raw) == (None, PlateStatus.NONE, ("--",))


def test_a_doubtful_character_is_unsure() -> None:
    """A character that could be two makes the reading unsure, however sure the others."""
    read = verdict([look("123ABC08", at4={"B": 0.55, "D": 0.44})], KZ, TODAY)
    assert (read.text, read.status) == ("123ABC08", PlateStatus.UNSURE)


def test_other_looks_settle_a_doubt() -> None:
    """Two clear looks outvote one doubtful look, character by character."""
    looks = [
        look("123ADC08", at4={"D": 0.6, "B": 0.39}),
        look("123ABC08"),
        look("123ABC0B", at7={"B": 0.7, "8": 0.29}),
    ]
    read = verdict(looks, KZ, TODAY)
    assert (read.text, read.status) == ("123ABC08", PlateStatus.READ)
    assert read.raw == ("123ADC08", "123ABC08", "123ABC0B")


def test_corrected_positions_are_marked() -> None:
    """Where only position rules give the character, the position is marked; raw stays."""
    read = verdict([look("I23A8C08")], KZ, TODAY)
    assert read.text == "123ABC08"
    assert read.corrected == (0, 4)
    assert read.raw == ("I23A8C08",)


def test_country_letters_and_seals_are_no_part_of_the_text() -> None:
    """KZ on the left and a seal between the groups do not enter the text."""
    read = verdict([look("KZ123·ABC08", at5={"": 0.6, "0": 0.3})], KZ, TODAY)
    assert (read.text, read.layout) == ("123ABC08", "kz-2012-car")


def test_a_lost_character_does_not_shift_the_vote() -> None:
    """A look that lost its first character still votes for the others."""
    read = verdict([look("123ABC08"), look("23ABC08"), look("123ABC08")], KZ, TODAY)
    assert read.text == "123ABC08"


def test_one_look_that_saw_too_much_is_no_veto() -> None:
    """A mark that one look of six takes for a character leaves the plate read."""
    looks = [look("405EL08\n0"), *[look("405EL08")] * 5]
    assert verdict(looks[:1], KZ, TODAY).status is not PlateStatus.READ
    read = verdict(looks, KZ, TODAY)
    assert (read.text, read.status) == ("405EL08", PlateStatus.READ)


def test_a_character_that_every_look_half_sees_stays_in_doubt() -> None:
    """What hides a character hides it from all looks: many do not make it surer than one."""
    hidden = look("405EL08", at4={"L": 0.75, "": 0.25})
    for count in (1, 6):
        assert verdict([hidden] * count, KZ, TODAY).confidence < 0.8


def test_a_plate_of_no_layout_is_never_acted_on() -> None:
    """A foreign plate and a badge are unsure at most under Kazakh layouts."""
    for text in ("A123BC777", "TOYOTA", "GL500"):
        assert verdict([look(text)], KZ, TODAY).status is not PlateStatus.READ


def test_a_weak_layout_is_never_acted_on() -> None:
    """The layout that only one doubtful source knows gives unsure reads."""
    read = verdict([look("A123408")], KZ, TODAY)
    assert read.layout == "kz-series-lorry-taxi"
    assert read.status is PlateStatus.UNSURE


def test_letters_alone_are_never_acted_on() -> None:
    """A word may be a vanity plate or a badge: it is shown, not acted on."""
    read = verdict([look("SHOP")], ANY, TODAY)
    assert (read.text, read.status) == ("SHOP", PlateStatus.UNSURE)


def test_zero_and_o_follow_their_group() -> None:
    """Without a layout, 0 among letters is O and O among digits is 0 if that makes groups."""
    assert verdict([look("RK1O1AB")], ANY, TODAY).text == "RK101AB"
    assert verdict([look("BB135B0")], ANY, TODAY).text == "BB135BO"


def test_two_lines_are_read_by_two_line_layouts() -> None:
    """Lines decide between layouts that are alike when run together."""
    read = verdict([look("H123\nABC")], KZ, TODAY)
    assert read.layout == "kz-1993-square"


texts = st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=10)


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, max_size=4))
def test_what_is_read_fits_exactly_one_layout(raws: list[str]) -> None:
    """Status `read` implies a text of the named layout, and confidence is a probability."""
    read = verdict([look(raw) for raw in raws], KZ, TODAY)
    assert 0.0 <= read.confidence <= 1.0
    assert len(read.raw) == len(raws)
    if read.status is PlateStatus.READ:
        assert read.text is not None
        assert read.layout is not None
        assert KZ.fits(read.text, KZ.layout(read.layout), TODAY)
    if read.status is PlateStatus.NONE:
        assert read.text is None


@settings(max_examples=30, deadline=None)
@given(st.permutations(["123ABC08", "128ABC08", "123ABG08", "123ABC0"]))
def test_the_order_of_looks_does_not_matter(raws: list[str]) -> None:
    """Looks vote; who came first says nothing."""
    read = verdict([look(raw) for raw in raws], KZ, TODAY)
    assert read.text == verdict([look(raw) for raw in sorted(raws)], KZ, TODAY).text
