"""`sergek read`: plates in photos, and one sentence for what is no photo."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from sergek.cli.app import app
from sergek.core.errors import ConfigError

RUN = CliRunner()


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn close view of a plate."""
    picture = np.full((360, 480, 3), 110, np.uint8)
    cv2.rectangle(picture, (130, 150), (370, 205), (235, 240, 240), -1)
    cv2.rectangle(picture, (130, 150), (370, 205), (20, 20, 20), 2)
    font = cv2.FONT_HERSHEY_DUPLEX
    cv2.putText(picture, "123 ABC 08", (145, 189), font, 1.05, (15, 15, 15), 2, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("photos") / "car.png"
    assert cv2.imwrite(str(path), picture)
    return path


def test_json_is_one_object_per_photo(photo: Path) -> None:
    """Text, raw, confidence, status, box and clockwise corners, as documented."""
    result = RUN.invoke(app, ["read", str(photo), "--json"])
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert record["photo"] == str(photo)
    (plate,) = record["plates"]
    assert (plate["text"], plate["layout"]) == ("123ABC08", "kz-2012-car")
    assert {"text", "raw", "confidence", "status", "box", "corners"} <= plate.keys()
    x, y, wide, high = plate["box"]
    assert x < 250 < x + wide
    assert y < 178 < y + high
    (left, top), (right, _), (_, bottom), _ = plate["corners"]
    assert left < right
    assert top < bottom


def test_bad_files_cost_a_sentence_and_the_others_are_read(photo: Path, tmp_path: Path) -> None:
    """A PDF, an empty, a cut and a missing file are named; the good photo is still printed."""
    bad = {
        "doc.jpg": b"%PDF-1.7 whatever",
        "empty.jpg": b"",
        "cut.png": photo.read_bytes()[:900],
        "text.jpg": b"not a photo at all",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    paths = [str(tmp_path / name) for name in bad] + [str(tmp_path / "none.jpg")]
    result = RUN.invoke(app, ["read", *paths, str(photo), "--json"])
    assert json.loads(result.stdout)["plates"][0]["text"] == "123ABC08"
    assert isinstance(result.exception, ConfigError)
    assert result.exception.exit_code == 2
    assert [why.split("/")[-1] for why in result.exception.problems] == [
        "doc.jpg is a PDF document: export its pages as JPEG or PNG photos.",
        "empty.jpg is empty.",
        "cut.png is cut short or damaged: send the file again.",
        "text.jpg is not a photo (JPEG, PNG, WebP, BMP or TIFF).",
        "none.jpg.",
    ]


def test_without_json_it_is_a_table(photo: Path) -> None:
    """People get a table with the text and its status."""
    result = RUN.invoke(app, ["read", str(photo)])
    assert result.exit_code == 0
    assert "123ABC08" in result.stdout
