"""Cameras and their addresses."""

import logging

import pytest

from sergek.core.camera import Camera, SourceUrl, redacted

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


def test_an_unescaped_at_sign_in_a_password_does_not_leak_its_end():
    """Everything up to the last @ before the path is taken as credentials."""
    assert redacted("rtsp://admin:p@ss@10.0.0.5/main") == "rtsp://…@10.0.0.5/main"


def test_credentials_in_the_query_are_redacted():
    """Cameras that take `user=` and `password=` keys keep them secret too."""
    text = redacted("rtsp://10.0.0.5/h264?user=admin&password=tajna&channel=1")
    assert text == "rtsp://10.0.0.5/h264?user=…&password=…&channel=1"
