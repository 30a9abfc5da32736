"""Cameras and their addresses."""

import logging

import pytest

from sergek.core.camera import Camera, SourceUrl

URL = "rtsp://officer:s3cret@10.0.0.7:554/main"


def test_printing_an_address_never_shows_the_password(caplog: pytest.LogCaptureFixture) -> None:
    """str, repr, format, % and JSON are redacted; only `secret()` tells."""
    camera = Camera(id="abay-1", name="Abay", main=URL)
    assert isinstance(camera.main, SourceUrl)
    logging.getLogger("x").warning("lost %s", camera.main)
    shown = [str(camera.main), f"{camera.main}", repr(camera), camera.model_dump_json()]
    shown += [caplog.text, str(camera.model_dump(mode="json"))]
    assert all("s3cret" not in text for text in shown)
    assert camera.main.secret() == URL
