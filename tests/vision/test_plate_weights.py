"""The weights that come with the product."""

from pathlib import Path

import pytest

from sergek.core.errors import ConfigError, Corrupt
from sergek.vision.plate_weights import WEIGHTS, weights_path

NAMES = ("plate_locator", "plate_corners", "plate_reader")


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_whole_small_and_described(name: str) -> None:
    """Each listed file matches its digest, keeps its size, and has a model card that names it."""
    path = weights_path(name)
    assert path.stat().st_size < 3_000_000
    card = (WEIGHTS / f"{name}.md").read_text(encoding="utf-8")
    for heading in ("## Data", "## Licence", "## Figures", "## Limits", "## Training"):
        assert heading in card


def test_locator_and_corner_finder_together_keep_their_size() -> None:
    """The detector's two networks weigh at most 5 MB."""
    assert sum(weights_path(n).stat().st_size for n in NAMES[:2]) < 5_000_000


def test_an_unknown_name_lists_the_known_ones() -> None:
    """Asking for weights that do not exist is a fault of the configuration."""
    with pytest.raises(ConfigError, match="no plate network named plate_guesser; choose one of"):
        weights_path("plate_guesser")


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    """One changed byte, or no file at all, is said in one sentence."""
    listed = (WEIGHTS / "weights.toml").read_text(encoding="utf-8")
    (tmp_path / "weights.toml").write_text(listed, encoding="utf-8")
    with pytest.raises(Corrupt, match="are missing"):
        weights_path("plate_reader", tmp_path)
    data = bytearray(weights_path("plate_reader").read_bytes())
    data[1000] ^= 1
    (tmp_path / "plate_reader.onnx").write_bytes(bytes(data))
    with pytest.raises(Corrupt, match="do not match their SHA-256"):
        weights_path("plate_reader", tmp_path)
