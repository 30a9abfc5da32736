"""The forms that are drawn."""

from sergek.simulation.plates.layouts import FORMS
from sergek.traffic.plates import layout_book


def test_every_form_is_a_layout_of_the_law_data() -> None:
    """Names, patterns and line lengths are those of `traffic/layouts.toml`."""
    book = layout_book("kz")
    for form in FORMS:
        layout = book.layout(form.layout)
        assert form.pattern.replace("/", "") == layout.pattern
        assert tuple(len(line) for line in form.lines) == layout.lines
