"""`sergek simulate street`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sergek.cli.simulate import simulate
from sergek.core.errors import ConfigError
from sergek.simulation.truth import TruthEvent, read_truth

SCENES = Path(__file__).parents[2] / "scenes"


def test_truth_alone_needs_no_picture(tmp_path: Path) -> None:
    """`--truth-only` writes the truth and says where as JSON; the runner of the red is in it."""
    scene = tmp_path / "slow.toml"
    text = (SCENES / "junction.toml").read_text(encoding="utf-8")
    scene.write_text(text.replace("fps = 15.0", "fps = 1.0"), encoding="utf-8")
    asked = ["street", str(scene), "--out", str(tmp_path), "--truth-only"]
    result = CliRunner().invoke(simulate, asked, catch_exceptions=False)
    said = json.loads(result.stdout)
    header, body = read_truth(Path(said["truth"]))
    assert header.renderer == "none"
    red = [e for e in body if isinstance(e, TruthEvent) and e.facts.get("on_red")]
    assert [e.facts["plate"] for e in red] == ["845RUN08"]


def test_an_unknown_background_is_refused(tmp_path: Path) -> None:
    """The choices are named."""
    asked = [
        "street",
        str(SCENES / "junction.toml"),
        "--out",
        str(tmp_path),
        "--background",
        "photo",
    ]
    with pytest.raises(ConfigError, match="auto, baked, drawn"):
        CliRunner().invoke(simulate, asked, catch_exceptions=False)


def test_a_still_without_blender_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path tracing is Blender's alone."""
    monkeypatch.delenv("SERGEK_RENDER_PYTHON", raising=False)
    asked = ["still", str(SCENES / "section.toml"), "--out", str(tmp_path)]
    with pytest.raises(ConfigError, match="SERGEK_RENDER_PYTHON"):
        CliRunner().invoke(simulate, asked, catch_exceptions=False)
