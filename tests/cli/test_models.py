"""`sergek models`: every network in use, with licence, checksum and time."""

import hashlib
import json
from pathlib import Path

from typer.testing import CliRunner

from sergek.cli.app import app


def test_models_are_listed_with_their_files_digest() -> None:
    """Each listed SHA-256 is that of the file, each has a licence, and times were measured."""
    result = CliRunner().invoke(app, ["models", "--json"])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    names = [model["name"] for model in answer["models"]]
    assert names[0] == "ssd_mobilenet_v2_coco"
    for model in answer["models"]:
        digest = hashlib.sha256(Path(model["file"]).read_bytes()).hexdigest()
        assert model["sha256"] == digest
        assert model["licence"] == "Apache-2.0"
        assert model["role"]
    assert all(each["ms"] > 0 for each in answer["timings"])


def test_the_documented_digests_are_the_true_ones() -> None:
    """`docs/ref/models.md` names the SHA-256 of every network of others that is listed."""
    page = (Path(__file__).parents[2] / "docs" / "ref" / "models.md").read_text("utf-8")
    answer = json.loads(CliRunner().invoke(app, ["models", "--json"]).stdout)
    others = [model for model in answer["models"] if "this product" not in model["source"]]
    assert len(others) == 3
    for model in others:
        assert model["name"] in page
        assert model["sha256"] in page
