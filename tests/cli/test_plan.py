"""`sergek plan …` as a person types it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from sergek.cli.app import app

RING = "5 5 2\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n5 1 1\n"


def test_pmedian_prints_its_proof(tmp_path: Path):
    """`plan pmedian --json` prints exactly value, bound, gap, optimal and seconds."""
    (tmp_path / "ring.txt").write_text(RING)
    result = CliRunner().invoke(
        app, ["plan", "pmedian", "--orlib", str(tmp_path / "ring.txt"), "--json"]
    )
    record = json.loads(result.stdout)
    assert list(record) == ["value", "bound", "gap", "optimal", "seconds"]
    assert (record["value"], record["bound"], record["optimal"]) == (3, 3, True)


def test_mclp_prints_its_proof(tmp_path: Path):
    """`plan mclp` reads both CSV files and prints the covered demand."""
    (tmp_path / "cost.csv").write_text(
        "distance,name,DestinationName\n1,A,x\n9,A,y\n9,B,x\n1,B,y\n"
    )
    (tmp_path / "demand.csv").write_text("NAME,POP2000\nx,10\ny,30\n")
    command = ["plan", "mclp", "--radius", "5", "--p", "1", "--json"]
    files = ["--cost", str(tmp_path / "cost.csv"), "--demand", str(tmp_path / "demand.csv")]
    record = json.loads(CliRunner().invoke(app, command + files).stdout)
    assert (record["value"], record["bound"], record["optimal"]) == (30, 30, True)
