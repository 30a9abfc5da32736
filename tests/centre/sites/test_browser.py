"""The calibration page in Debian's chromium."""

import io

import numpy as np
import pytest
from PIL import Image

from sergek.core.passage import Picture
from sergek.testing.examples import a_passage
from sergek.testing.passages import Mount, survey_of
from sergek.testing.sites import example_site, with_changes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_surveyor_computes_sees_what_is_off_and_keeps_a_calibration(house, sign_in):
    """The grid is drawn; a cross dragged away is named and nothing may be kept; put back it may."""
    mount = Mount()
    _, survey = survey_of(mount, np.random.default_rng(6))
    channel = example_site().channels[0].model_copy(update={"surveys": (survey,)})
    house.sites["abay-section"] = with_changes(example_site(), channels=[channel])
    out = io.BytesIO()
    Image.new("RGB", (mount.width, mount.height), (90, 90, 90)).save(out, "JPEG")
    picture = Picture(key=house.evidence.put(out.getvalue()), kind="overview", media_s=1.0)
    now = house.clock.now()
    house.record(a_passage(1, entered_at=now, left_at=now, pictures=(picture,)))

    page = sign_in("metrologist")
    page.wait_for_selector("nav.rail")
    page.goto("/sites/abay-section/cameras/abay-1/calibrate")
    page.wait_for_function("() => document.getElementById('frame').naturalWidth > 0")
    page.click("#compute")
    page.wait_for_selector(".grid-line")
    assert page.locator(".grid-line").count() > 10
    assert "px" in page.text_content("#rms")
    assert page.is_enabled("#keep")

    grip = page.locator(".grip").nth(4).bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] + 60, grip["y"] + 10, steps=3)
    page.mouse.up()
    assert page.is_disabled("#keep")
    page.click("#compute")
    page.wait_for_selector("#problem:not([hidden])")
    assert "p5" in page.text_content("#problem")
    assert page.is_disabled("#keep")

    page.locator("#points tr").nth(4).locator("button").click()
    page.click("#compute")
    page.wait_for_selector("#keep:not([disabled])")
    assert page.is_hidden("#problem")
    page.click("#keep")
    page.wait_for_url("**/sites/abay-section")
    assert "site.calibrated" in house.kinds()
