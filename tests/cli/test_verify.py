"""`sergek verify` at the command line."""

from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError


def test_the_page_is_written_as_one_file(tmp_path):
    """Scripts inside, nothing fetched."""
    out = tmp_path / "verify.html"
    result = CliRunner().invoke(app, ["verify", "--page", str(out)])
    assert result.exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "function measure(inputs)" in text
    assert "http" not in text.replace("http-equiv", "")


def test_a_package_needs_a_trust_list(tmp_path):
    """Keys are never taken from the package."""
    result = CliRunner().invoke(app, ["verify", str(tmp_path / "case.zip")])
    assert isinstance(result.exception, ConfigError)
    assert "--trust" in result.exception.message
