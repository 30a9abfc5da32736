"""Truth files."""

from pathlib import Path

import pytest

from sergek.core.errors import Corrupt
from sergek.simulation.truth import TruthEvent, TruthFrame, TruthHeader, read_truth, write_truth

HEADER = TruthHeader(
    scene="one",
    seed=1,
    renderer="none",
    width=64,
    height=36,
    fps=25,
    frames=1,
    projection=((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)),
    camera_position_m=(0, 0, 6),
)


def test_a_truth_file_reads_back_as_written(tmp_path: Path) -> None:
    """Header, frames and events survive a round trip, in order."""
    lines = [
        TruthFrame(index=0, media_s=0.0, lamps={"a": "red"}),
        TruthEvent(name="stop_line_crossed", media_s=0.02, facts={"lamp": "red"}),
    ]
    write_truth(tmp_path / "t.jsonl", HEADER, lines)
    header, body = read_truth(tmp_path / "t.jsonl")
    assert header == HEADER
    assert list(body) == lines


def test_a_file_without_header_is_refused(tmp_path: Path) -> None:
    """A truth file must begin with its header."""
    path = tmp_path / "t.jsonl"
    path.write_text(TruthFrame(index=0, media_s=0.0).model_dump_json() + "\n")
    with pytest.raises(Corrupt, match="not a truth header"):
        read_truth(path)
