"""The desk in Chromium, by keyboard alone."""

from datetime import timedelta

import pytest

from sergek.centre.enforcement.states import Status
from sergek.centre.enforcement.views import Asked

pytestmark = pytest.mark.browser


def on_case(page, number):
    """Wait until that case is on the screen."""
    page.wait_for_selector(f"article.desk[data-number='{number}']")


def press(page, key):
    """A command as a person gives it: not in a run of other keys."""
    page.wait_for_timeout(450)
    page.keyboard.press(key)


def numbers(page):
    """The numbers of the queue's cases, in order."""
    return page.locator("table.queue td:first-child code").all_text_contents()


def test_five_cases_are_decided_by_keyboard(desk, house, sign_in):
    """Open, read, approve, reject with a reason, with own words, return, skip: no mouse, and the
    reading of the machine is on no page before the own one."""
    for number in range(5):
        desk.find(plate=f"12{number}ABC08", before=timedelta(minutes=9 - number))
    page = sign_in("reviewer", "/cases")
    first, second, third, fourth, fifth = numbers(page)
    page.keyboard.press("o")
    on_case(page, first)
    assert "120ABC08" not in page.content()
    page.keyboard.type("120abc08")
    page.keyboard.press("Enter")
    page.wait_for_selector(".reading .same")
    press(page, "a")
    on_case(page, second)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.1")
    page.keyboard.type("999XYZ08")
    page.keyboard.press("Enter")
    page.wait_for_selector(".reading .differs")
    press(page, "r")
    page.wait_for_selector("dialog[data-reasons=reject][open]")
    page.keyboard.press("1")
    on_case(page, third)
    page.keyboard.press("Escape")
    press(page, "r")
    page.keyboard.press("0")
    page.keyboard.type("the sign was taken down in the morning")
    page.keyboard.press("Enter")
    on_case(page, fourth)
    page.keyboard.press("Escape")
    press(page, "b")
    page.wait_for_selector("dialog[data-reasons=return][open]")
    page.keyboard.press("3")
    on_case(page, fifth)
    page.keyboard.press("Escape")
    press(page, "n")
    page.wait_for_url("**/cases**")
    stands = {
        each.number: each.status.value
        for each in desk.views().listed(Asked(status=""), 10, tuple(Status))
    }
    assert stands == {
        first: "approved",
        second: "rejected",
        third: "rejected",
        fourth: "returned",
        fifth: "waiting",
    }
    kinds = house.kinds()
    assert kinds.count("case.reviewed") == 4
    assert kinds.count("case.opened") >= 5
    house.log.verify()


def test_a_russian_keyboard_types_latin_plates_and_commands(desk, sign_in):
    """Keys are taken by their place: ф is a, and a plate's letters come out Latin."""
    desk.find()
    page = sign_in("reviewer", "/cases")
    page.keyboard.press("o")
    page.wait_for_selector("input[name=typed]:focus")
    for character in "123":
        page.keyboard.press(character)
    for code, character in (("KeyA", "ф"), ("KeyB", "и"), ("KeyC", "с")):
        page.evaluate(
            """([code, key]) => document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }))""",
            [code, character],
        )
    page.keyboard.type("08")
    assert page.input_value("input[name=typed]") == "123ABC08"


def test_the_sealed_clip_plays_and_the_grid_lies_on_the_frames(desk, sign_in):
    """The package's own bytes play; m draws the grid over the frame, digits change the view."""
    desk.find()
    page = sign_in("reviewer", "/cases")
    page.keyboard.press("o")
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.2")
    page.keyboard.press("Escape")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('video').paused")
    page.keyboard.press("m")
    page.wait_for_selector("figure[data-view=overview_before] svg.grid polyline >> visible=true")
    press(page, "3")
    page.wait_for_selector("figure[data-view=overview_after] >> visible=true")
    shown = "() => document.querySelector('figure[data-view=overview_after] img').naturalWidth"
    assert page.evaluate(shown) == 1280


def test_letters_typed_past_the_field_decide_nothing(desk, sign_in):
    """A plate typed in one go after its reading is shown leaves the case where it was."""
    case_id = desk.find()
    page = sign_in("reviewer", "/cases")
    page.keyboard.press("o")
    page.wait_for_selector("input[name=typed]:focus")
    page.keyboard.type("123ABC08")
    page.keyboard.press("Enter")
    page.wait_for_selector(".reading .same")
    page.keyboard.type("123ABC08")
    page.wait_for_timeout(300)
    assert desk.views().one(case_id).version == 0


def test_a_signer_looks_hides_and_signs(desk, sign_in):
    """Nothing is signed before every picture was on the screen; what is drawn is hidden and looked
    at again."""
    case_id = desk.approved()
    page = sign_in("signer", "/signing")
    page.keyboard.press("o")
    page.wait_for_selector("#look [data-view=clip]:not([hidden])")
    first = page.get_attribute("input[name=looked]", "value")
    assert page.is_disabled("#sign")
    page.keyboard.press("2")
    page.wait_for_selector("[data-show=overview_before].was-seen")
    box = page.locator("svg[data-boxes=overview_before]").bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.6 * box["height"])
    page.mouse.up()
    page.keyboard.press("m")
    page.wait_for_function(
        "old => document.querySelector('input[name=looked]').value !== old", arg=first
    )
    page.wait_for_selector("[data-show=clip].was-seen")
    for key, role in (("2", "overview_before"), ("3", "overview_after"), ("4", "plate")):
        assert page.is_disabled("#sign")
        page.keyboard.press(key)
        page.wait_for_selector(f"[data-show={role}].was-seen")
    page.keyboard.press("s")
    page.wait_for_selector("text=Nothing to sign")
    assert desk.views().one(case_id).status is Status.SIGNED
