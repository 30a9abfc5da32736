"""Two plate readers as one."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.frame import Image
from sergek.vision.fused_recogniser import FusedRecogniser, fused
from sergek.vision.plate_ports import PlateCandidate, Recognition

PLACE = PlateCandidate(((0, 0), (9, 0), (9, 2), (0, 2)), (), 1.0)
PICTURE = np.zeros((4, 12, 3), np.uint8)


def read(raw: str, chance: float, second: str = "") -> Recognition:
    rest = {"": 1 - chance} if not second else {second: 1 - chance}
    signs = raw.replace("\n", "")
    return Recognition(raw, tuple(((c, chance), *rest.items()) for c in signs))


class Says:
    """A reader that says the same of every place, and counts how often it was asked."""

    def __init__(self, name: str, reading: Recognition) -> None:
        self.name, self.reading, self.asked = name, reading, 0

    def recognise(self, wanted: Sequence[tuple[Image, PlateCandidate]]) -> list[Recognition]:
        self.asked += len(wanted)
        return [self.reading for _ in wanted]


def test_a_sure_reading_asks_nobody_else() -> None:
    """The slow reader is asked only where the quick one doubts."""
    slow = Says("slow", read("999ZZZ99", 0.9))
    sure = FusedRecogniser(Says("quick", read("123ABC08", 0.999)), slow)
    assert sure.recognise([(PICTURE, PLACE)])[0].raw == "123ABC08"
    assert slow.asked == 0
    doubtful = FusedRecogniser(Says("quick", read("123ABC08", 0.5)), slow)
    assert doubtful.recognise([(PICTURE, PLACE)] * 2)[0].raw == "999ZZZ99"
    assert slow.asked == 2
    assert doubtful.name == "quick + slow"


def test_a_place_found_by_its_text_is_read_by_the_text_reader() -> None:
    """Our reader needs the plate's edges; one line of text has none."""
    quick, slow = Says("quick", read("123ABC08", 0.999)), Says("slow", read("999ZZZ99", 0.9))
    found_by_text = PlateCandidate(PLACE.corners, (PLACE.corners,), 1.0)
    (answer,) = FusedRecogniser(quick, slow).recognise([(PICTURE, found_by_text)])
    assert answer.raw == "999ZZZ99"
    assert quick.asked == 0


def test_of_equally_long_texts_the_surer_reader_decides_each_place() -> None:
    """Places are decided one by one, and line breaks stay where ours put them."""
    both = fused(read("12\n08AB", 0.6, second="X"), read("1708AB", 0.9))
    assert both.raw == "17\n08AB"
    assert [c[0][0] for c in both.characters] == list("1708AB")


def test_readers_that_agree_are_surer_together_than_their_mean() -> None:
    """Ours says 80 %, the other 95 %: what neither holds likely hardly remains."""
    ours, other = read("A", 0.8, second="H"), read("A", 0.95, second="R")
    character, chance = fused(ours, other).characters[0][0]
    assert character == "A"
    assert chance > 0.95


def test_a_reader_cannot_rule_out_what_the_other_is_sure_of() -> None:
    """Readers that contradict each other leave the place open."""
    contradicted = fused(read("B", 0.97), read("8", 0.97)).characters[0]
    assert {c for c, _ in contradicted[:2]} == {"B", "8"}
    assert contradicted[0][1] < 0.6


def test_of_unequal_texts_the_surer_stands() -> None:
    """A reader that lost a character does not shift the other's."""
    assert fused(read("123ABC08", 0.8), read("23ABC08", 0.7)).raw == "123ABC08"
    assert fused(read("123ABC08", 0.6), read("23ABC08", 0.9)).raw == "23ABC08"
    assert fused(Recognition("", ()), read("23ABC08", 0.9)).raw == "23ABC08"


@given(st.lists(st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)), min_size=1, max_size=8))
def test_probabilities_stay_probabilities(chances: list[tuple[float, float]]) -> None:
    """Alternatives of a fused place never add up to more than one, best first."""
    ours = Recognition("A" * len(chances), tuple((("A", a), ("", 1 - a)) for a, _ in chances))
    other = Recognition("B" * len(chances), tuple((("B", b), ("", 1 - b)) for _, b in chances))
    for place in fused(ours, other).characters:
        assert sum(p for _, p in place) < 1.0001
        inked = [p for c, p in place if c]
        assert inked == sorted(inked, reverse=True)
