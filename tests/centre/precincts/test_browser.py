"""The precinct service in Debian's Chromium: a block dragged, the public page on a phone."""

import pytest

from sergek.planning.city.store import load_city

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1366, "height": 768}}

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(chromium, attend, filled, served):
    """Opens pages of the centre; no script on them may fail, none may ask anybody else."""
    trouble = []
    contexts = []

    def enter(shape, name=None):
        context = chromium.new_context(base_url=served, **shape)
        context.set_default_timeout(40_000)
        page = attend(context.new_page())
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith((served, "data:", "blob:"))
                or trouble.append(asked.url))  # fmt: skip
        contexts.append(context)
        if name is not None:
            page.goto("/sign-in")
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", filled.password)
            page.click("button.primary")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not trouble


def drag_places(planning, owner):
    """A block near a border and a neighbour of another precinct that may take it: their middles."""
    city = load_city(planning.folder / "city")
    for pair in city.neighbours:
        a, b = city.blocks[pair.first], city.blocks[pair.second]
        if owner[a.id] == owner[b.id]:
            continue
        if not planning.desk.measure(owner | {a.id: owner[b.id]}).problems:
            middles = [
                [sum(corner[k] for corner in one.ring[:4]) / 4 for k in (0, 1)] for one in (a, b)
            ]
            return a.id, owner[b.id], middles
    raise AssertionError("no border")


def test_a_block_dragged_across_a_border_is_measured_at_once(opened, filled, divisions, day):
    """Drag, see load and gap, balance, keep: a proposal stands in the list."""
    now = divisions.on(day)
    block, precinct, (there, beyond) = drag_places(filled.planning, divisions.owner(now))
    page = opened(DESK, "chief")
    page.goto(f"/precincts/divisions/{now.division_id}")
    page.wait_for_selector('#map[data-ready="true"]')
    spots = page.evaluate(
        """(places) => { const { map } = document.getElementById("map");
        const { x, y } = document.getElementById("map").getBoundingClientRect();
        const spots = places.map((at) => map.project(at));
        return spots.map((spot) => [spot.x + x, spot.y + y]); }""",
        [there, beyond],
    )
    page.mouse.move(*spots[0])
    page.mouse.down()
    page.mouse.move(*spots[1], steps=6)
    page.mouse.up()
    page.wait_for_selector('#changed[data-count="1"]')
    assert page.eval_on_selector("#moves", "e => JSON.parse(e.value)") == {block: precinct}
    assert page.inner_text("[data-gap]").endswith("%")
    page.click("#balance")
    page.wait_for_selector("body:not([aria-busy])")
    page.click("#undo")
    page.wait_for_selector('#changed[data-count="1"]')
    page.fill("#editor input[name=title]", "By hand")
    page.click("#keep")
    page.wait_for_url("**/precincts/divisions/*")
    page.goto("/precincts/divisions")
    assert "By hand" in page.inner_text("main")


def test_my_inspector_on_a_phone(opened, filled):
    """On a phone: type the address, see who serves it, the number to call and the map."""
    street = next(iter(filled.planning.addresses.streets()))
    one = filled.planning.addresses.find(street, 1)[0]
    page = opened(PHONE)
    page.goto("/my-inspector/ru")
    page.fill("#q", one.words)
    page.press("#q", "Enter")
    page.click(".found a >> nth=0")
    page.wait_for_selector('#map[data-ready="true"]')
    assert page.get_attribute(".station .call", "href").startswith("tel:+77262000")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page is wider than the phone"
    page.click("nav a[lang=kk]")
    page.wait_for_selector("text=Қабылдау")
    assert page.evaluate("navigator.cookieEnabled && document.cookie") == ""


def test_the_public_page_on_a_desk(opened, filled):
    """With a keyboard alone: the field has the focus, Enter searches, the answer is a link."""
    street = next(iter(filled.planning.addresses.streets()))
    one = filled.planning.addresses.find(street, 1)[0]
    page = opened(DESK)
    page.goto("/my-inspector/en")
    page.keyboard.type(one.words)
    page.keyboard.press("Enter")
    page.wait_for_selector(".found a")
    page.focus(".found a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".station")
    assert "102" in page.inner_text("main")


def test_the_statement_checker_is_driven_by_hand(opened):
    """A figure changed and checked gives another verdict; the page prints without its rail."""
    page = opened(DESK, "viewer")
    page.goto("/precincts/statements")
    assert "does not follow" in page.inner_text(".sentence")
    page.fill("input[name=residents]", "883200")
    page.click("button.primary")
    page.wait_for_selector(".sentence.good")
    page.emulate_media(media="print")
    assert not page.is_visible(".rail")
