"""What people get wrong: each command says it in a sentence, with a documented exit code."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from sergek.cli import app as command_line

# Every command that takes a file: BAD is the file that is wrong, OUT where it would write.
COMMANDS = (
    "verify BAD --trust BAD", "trust BAD", "read BAD", "models BAD",
    "calibrate BAD", "metrology BAD --out OUT", "pilot BAD --site abay", "run BAD", "watch BAD",
    "check BAD", "process edge BAD", "city import BAD --out OUT", "city show BAD",
    "city kato BAD тараз", "plan pmedian --orlib BAD", "plan lscp --cost BAD --radius 1",
    "plan mclp --cost BAD --demand BAD --radius 1 --p 1", "plan statements BAD",
    "plan precincts BAD --out OUT", "plan staffing BAD --out OUT", "plan siting BAD --out OUT",
    "plan survey-route BAD --out OUT", "plan hotspots BAD --out OUT",
    "plan before-after BAD --places BAD --on 2023-01-01", "simulate street BAD --out OUT",
    "simulate still BAD --out OUT",
)  # fmt: skip
# Those that only write, or write before they could fail otherwise; BAD cannot be written to.
WRITERS = (
    "verify --page BAD", "calibrate SITE --grid BAD", "metrology SITE --out BAD",
    "city make taraz --out BAD", "simulate street SCENE --out BAD --truth-only", "demo --data BAD",
)  # fmt: skip
WITHOUT_FILES = {"version"}
ROOT = Path(__file__).parents[2]
KNOWN = {"SITE": ROOT / "demo" / "junction.site.toml", "SCENE": ROOT / "scenes" / "junction.toml"}
MENDABLE = {2, 3, 6}


@pytest.fixture
def said(monkeypatch, capfd, tmp_path) -> Callable[..., tuple[int, list[str]]]:
    """Runs a command: its exit code and the lines on standard error."""

    def run(line: str, bad: Path) -> tuple[int, list[str]]:
        places = {"BAD": bad, "OUT": tmp_path / "out"} | KNOWN
        words = [str(places.get(word, word)) for word in line.split()]
        monkeypatch.setattr(sys, "argv", ["sergek", *words])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        return int(ended.value.code or 0), capfd.readouterr().err.splitlines()

    return run


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("wrong", ["absent", "folder", "empty", "binary", "another"])
def test_a_file_that_is_not_what_was_asked_for_is_one_sentence(said, tmp_path, line, wrong):
    """Not there, a folder, no byte, no text, or a file of another kind."""
    bad = tmp_path / f"{wrong}.file"
    contents = {"empty": b"", "binary": bytes(range(256)) * 9, "another": b'nonsense = ["x"]\n'}
    if wrong == "folder":
        bad.mkdir()
    elif wrong in contents:
        bad.write_bytes(contents[wrong])
    code, lines = said(line, bad)
    assert code in MENDABLE
    assert sum(each.startswith(("sergek: ", "Usage: ")) for each in lines) == 1
    assert not [each for each in lines if "Traceback" in each or "Errno" in each]


@pytest.mark.parametrize("line", WRITERS)
def test_a_place_that_cannot_be_written_is_one_sentence(said, tmp_path, line):
    """A folder is wanted below what is a file."""
    (tmp_path / "file").write_bytes(b"here")
    code, lines = said(line, tmp_path / "file" / "below")
    assert code in MENDABLE
    assert lines[-1].startswith("sergek: ")
    assert str(tmp_path / "file") in lines[-1]
    assert "Errno" not in lines[-1]


def test_every_command_is_tried():
    """A new command that takes files stands in one of the lists above."""
    tried = {line.split(" BAD")[0].split(" --")[0] for line in (*COMMANDS, *WRITERS)}

    def names(group: object, before: str) -> Iterator[str]:
        for name, inner in getattr(group, "commands", {}).items():
            yield from names(inner, f"{before} {name}".strip())
        if not hasattr(group, "commands"):
            yield before

    every = set(names(typer.main.get_command(command_line.app), "")) - WITHOUT_FILES
    assert not {name for name in every if not any(one.startswith(name) for one in tried)}
