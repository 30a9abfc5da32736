"""The control room in Debian's Chromium: sign-in, wall, map, passages, languages."""

import pytest

from sergek.core.live import CameraState
from sergek.edge.fmp4 import TIMESCALE, avc_config, fragment, init_segment, length_prefixed
from sergek.testing.examples import a_passage
from sergek.testing.live_source import LiveSource

pytestmark = pytest.mark.browser


class EdgeMuxer:
    """The edge's own muxer behind the live source."""

    def __init__(self, width, height):
        self._size, self._config, self._number = (width, height), None, 0

    def pieces(self, packet, mux_s, *, is_key):
        made = []
        if is_key:
            self._config = avc_config(None, packet)
            made.append(b"I" + init_segment(self._config, *self._size))
        self._number += 1
        sample = length_prefixed(self._config, packet)
        ticks = round(mux_s * TIMESCALE)
        piece = fragment(self._number, ticks, TIMESCALE // 25, sample, is_key=is_key)
        made.append((b"K" if is_key else b"F") + piece)
        return made


@pytest.fixture
def source(house):
    """A live camera on the bus."""
    made = LiveSource(house.bus, "abay-1", EdgeMuxer)
    yield made
    made.close()


def test_a_person_signs_in_and_out(page, house):
    """A wrong password is refused on the page; the right one opens the wall; out is out."""
    page.goto("/")
    page.fill("[name=name]", "viewer")
    page.fill("[name=password]", "not the password")
    page.click("button.primary")
    assert "wrong" in page.text_content("[role=alert]")
    page.fill("[name=password]", house.password)
    page.click("button.primary")
    page.wait_for_selector("#wall .tile")
    page.click("details.menu summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    page.goto("/wall")
    assert "/sign-in" in page.url


def test_the_wall_plays_draws_boxes_and_shows_its_age(house, sign_in, source):
    """Pictures move, boxes with the plate lie over them; when the camera stops, the tile greys
    and says for how long, and it recovers by itself."""
    page = sign_in("viewer")
    page.wait_for_function("() => window.sergekTiles?.()[0].frames > 10")
    playing = "() => !document.querySelector('.tile .screen').classList.contains('stale')"
    page.wait_for_function(playing)
    drawn = """() => {
      const canvas = document.querySelector('.tile canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some(value => value) === WANTED;
    }"""
    page.wait_for_function(drawn.replace("WANTED", "true"))
    page.keyboard.press("b")
    page.wait_for_function(drawn.replace("WANTED", "false"))
    source.state = CameraState.LOST
    source.frozen.set()
    page.wait_for_selector(".tile .screen.stale")
    page.wait_for_function(
        "() => /No new picture for [2-9] s/.test(document.querySelector('.veil').textContent)"
    )
    page.wait_for_function("() => document.querySelector('.tile .state.lost')")
    source.frozen.clear()
    page.wait_for_function(playing)


def test_the_wall_is_laid_out_by_the_keyboard_and_remembered(house, sign_in, source):
    """Shift 1 to 4 choose the tiles, a digit enlarges one, Escape goes back; a reload keeps it."""
    page = sign_in("viewer")
    for key, count in (("4", 16), ("3", 9), ("1", 1), ("2", 4)):
        page.keyboard.press(f"Shift+Digit{key}")
        assert page.locator(".tile").count() == count
    page.keyboard.press("2")
    assert page.locator(".tile:visible").count() == 1
    page.keyboard.press("Escape")
    assert page.locator(".tile:visible").count() == 4
    page.locator(".tile select").nth(3).select_option("abay-1")
    page.reload()
    page.wait_for_selector(".tile")
    assert page.locator(".tile").count() == 4
    assert page.locator(".tile select").nth(3).input_value() == "abay-1"


def test_a_viewer_of_one_area_can_choose_no_other_camera(sign_in):
    """The wall of a viewer of the west offers the west's camera only."""
    page = sign_in("west")
    page.wait_for_selector(".tile option >> nth=1", state="attached")
    offered = page.eval_on_selector_all(
        ".tile:first-child option", "all => all.map(one => one.value)"
    )
    assert offered == ["", "zhambyl-2"]


def test_the_map_works_without_a_network(house, sign_in, source):
    """Cameras and fields of view are drawn from our own files; a camera opens its live picture."""
    page = sign_in("viewer", "/map")
    page.wait_for_selector("#map[data-ready=true]")
    assert page.locator(".pin").count() == 1  # the other camera has no place
    page.wait_for_selector(".pin.live")
    page.keyboard.press("j")
    page.wait_for_selector("#card .screen")
    assert "Абай" in page.text_content("#card a")
    page.wait_for_function("() => document.querySelector('#card video').currentTime > 0.2")


def test_new_passages_appear_by_themselves_and_open_beside_the_list(house, sign_in):
    """A passage recorded now is in the list without a reload; j opens it, recorded as a read."""
    house.record(a_passage(1))
    page = sign_in("viewer", "/passages")
    page.wait_for_selector(f"#p-{a_passage(1).passage_id}")
    house.record(a_passage(2, vehicle_class="bus"))
    page.wait_for_selector(f"#rows > li:first-child#p-{a_passage(2).passage_id}")
    page.keyboard.press("j")
    page.wait_for_selector("#detail article")
    page.keyboard.press("j")
    page.wait_for_function("() => /Car/.test(document.querySelector('#detail h2').textContent)")
    assert house.kinds().count("passage.opened") == 2
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/passages/{a_passage(1).passage_id}")


def test_a_filtered_list_takes_only_what_fits(house, sign_in):
    """News of another class do not enter a filtered list."""
    page = sign_in("viewer", "/passages")
    page.select_option("[name=class]", "bus")
    page.click("#filters button")
    page.wait_for_url("**class=bus*")
    house.record(a_passage(1), a_passage(2, vehicle_class="bus"))
    page.wait_for_selector(f"#p-{a_passage(2).passage_id}")
    assert page.locator(".row").count() == 1


def test_everything_is_reached_by_the_keyboard(sign_in):
    """`?` shows the keys, g with a letter goes to a page, Escape closes."""
    page = sign_in("administrator")
    page.wait_for_selector(".tile")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    for key, path in (
        ("m", "map"),
        ("p", "passages"),
        ("c", "cameras"),
        ("u", "people"),
        ("l", "log"),
        ("w", "wall"),
    ):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"**/{path}")
        page.wait_for_load_state()


def test_language_and_theme_switch_from_the_menu(sign_in):
    """The menu's buttons change language and theme and stay on the page."""
    page = sign_in("viewer", "/cameras")
    page.click("details.menu summary")
    page.click("button[name=language][value=kk]")
    page.wait_for_function("() => document.documentElement.lang === 'kk'")
    assert page.text_content("h1").strip() == "Камералар"
    page.click("details.menu summary")
    page.click("button[name=theme][value=light]")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'light'")
    assert page.url.endswith("/cameras")


def test_the_chain_is_checked_on_the_page(sign_in):
    """The administrator's button checks the chain and says so."""
    page = sign_in("administrator", "/log")
    page.click("text=Check the whole chain")
    assert "whole" in page.text_content("#verified .good")
