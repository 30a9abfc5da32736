"""Places of keys in a TOML text."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.config.statements import read_document

TEXT = '''\
city = "Taraz" # the town
[storage]
data = "d"

[[camera]]
id = "a"
lines = [
  [1, 2, 3, 4],  # "first"
]
main = """rtsp://
id = x"""
[[camera]]
id = "b"
place.lng = 1
[camera.extra]
"quoted key" = { x = 1 }
'''


def test_every_key_has_its_line() -> None:
    """Tables, arrays of tables, dotted and quoted keys, values over several lines."""
    document = read_document(TEXT)
    assert document.problems == []
    assert document.values == tomllib.loads(TEXT)
    wanted = {
        ("city",): 1,
        ("storage",): 2,
        ("storage", "data"): 3,
        ("camera", 0): 5,
        ("camera", 0, "id"): 6,
        ("camera", 0, "lines"): 7,
        ("camera", 0, "main"): 10,
        ("camera", 1, "id"): 13,
        ("camera", 1, "place", "lng"): 14,
        ("camera", 1, "extra", "quoted key"): 16,
    }
    assert {path: document.line_of(path) for path in wanted} == wanted
    assert document.line_of(("camera", 0, "lines", 0, 3)) == 7
    assert document.line_of(("nowhere",)) is None


def test_all_faults_are_found_and_the_rest_is_read() -> None:
    """Syntax errors and doubled keys do not hide one another or the sound part."""
    document = read_document(
        'city = "Taraz"\nbad line\n[storage]\ndata = "a"\ndata = "b"\n'
        "[bus\nport = 1\n[edge]\nring_s = 5\n[storage]\nreserve_mib = 1\n"
    )
    assert sorted(line for line, _ in document.problems) == [2, 5, 6, 10]
    assert document.values == {
        "city": "Taraz",
        "storage": {"data": "a"},
        "edge": {"ring_s": 5},
    }


@pytest.mark.parametrize("text", ["a = [1,\nb = 2\n", 'a = "x\nb = 2\n', "a = {x = 1\nb = 2"])
def test_a_value_never_closed_costs_only_itself(text: str) -> None:
    """The line after an unclosed bracket or string is read."""
    document = read_document(text)
    assert [line for line, _ in document.problems] == [1]
    assert document.values == {"b": 2}


@given(st.text(alphabet=st.sampled_from("ab=[]{}\"'#.,1\n \\")))
def test_any_text_ends_in_values_or_faults(text: str) -> None:
    """No text makes the reader fail, and sound texts are read as `tomllib` reads them."""
    document = read_document(text)
    try:
        assert tomllib.loads(text) == document.values
        assert document.problems == []
    except tomllib.TOMLDecodeError:
        assert document.problems
