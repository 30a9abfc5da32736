"""The static page, opened from disk in a real browser."""

import hashlib
import json
import shutil

import pytest

from sergek.adapters.evidence.container import pack, unpack
from sergek.adapters.evidence.package import Media, public_copy
from sergek.adapters.evidence.page import verification_page
from sergek.adapters.evidence.verify import verify
from sergek.testing.facts import WHEN

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, tmp_path, case):
    path = tmp_path / "verify.html"
    path.write_text(verification_page(), encoding="utf-8")
    (tmp_path / "trust.json").write_text(case.trust.model_dump_json())
    opened = browser.new_page(locale="ru-RU")
    problems = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "blob:")) else problems.append(r.url),
    )
    opened.goto(path.as_uri())
    yield opened
    assert problems == []
    opened.close()


def check(page, tmp_path, data):
    (tmp_path / "case.zip").write_bytes(data)
    page.set_input_files("#trust", tmp_path / "trust.json")
    page.set_input_files("#package", [])
    page.evaluate("document.getElementById('report').replaceChildren()")
    page.set_input_files("#package", tmp_path / "case.zip")
    page.wait_for_selector("#report h2")
    return page.inner_text("#report")


def test_a_genuine_package_is_shown_as_such_in_three_languages(page, tmp_path, case):
    """Russian by the browser's language, then Kazakh and English by a click."""
    said = check(page, tmp_path, case.original.data)
    assert "Пакет подлинный" in said
    assert "ОБРАЗЕЦ" in said
    assert page.locator("figure img").count() == 3
    page.click("[data-language=kk]")
    assert "Пакет шынайы" in page.inner_text("#report")
    page.click("[data-language=en]")
    said = page.inner_text("#report")
    assert "The package is genuine" in said
    assert "TRZ-22-0417, until 31.01.2023" in said, "the last day, not the midnight after it"


def test_the_page_computes_the_same_speed(page, tmp_path, case):
    """Python and the browser agree to a ten-thousandth of a km/h."""
    check(page, tmp_path, case.original.data)
    inputs = json.loads(unpack(case.original.data)["measurement.json"])["inputs"]
    found = page.evaluate("inputs => measure(inputs)", inputs)
    report = verify(case.original.data, case.trust, "c" * 64)
    assert found["kmh"] == pytest.approx(report.kmh, abs=1e-6)
    assert found["u_kmh"] == pytest.approx(report.u_kmh, abs=1e-6)
    assert found["height_m"] == pytest.approx(case.parts["measurement"].height_m, abs=1e-9)


@pytest.mark.parametrize("share", [0.0001, 0.02, 0.3, 0.6, 0.95, 0.9999])
def test_a_flipped_byte_is_refused_and_named(page, tmp_path, case, share):
    """Wherever it lies; the page never says the package is genuine."""
    changed = bytearray(case.original.data)
    changed[int(share * len(changed))] ^= 1
    said = check(page, tmp_path, bytes(changed))
    assert "доверять нельзя" in said
    assert "✗" in said


def test_a_flipped_byte_of_the_clip_names_the_clip(page, tmp_path, case):
    """By the item's own name."""
    items = unpack(case.original.data)
    changed = bytearray(case.original.data)
    changed[case.original.data.index(items["clip.mp4"]) + 5] ^= 1
    assert "clip.mp4\tИЗМЕНЁН" in check(page, tmp_path, bytes(changed))


def test_a_strangers_signature_is_not_trusted(page, tmp_path, case, keys):
    """The list decides, not the package."""
    said = check(page, tmp_path, case.again(key=keys("stranger")).data)
    assert "ключа нет в списке" in said


def test_a_lie_about_the_speed_is_found_out(page, tmp_path, case):
    """Signed by the device, contradicted by its own track."""
    lie = case.parts["measurement"].model_copy(update={"kmh": 120.0})
    assert "НЕ СОВПАДАЕТ" in check(page, tmp_path, case.again(measurement=lie).data)


def test_its_own_ed25519_agrees_with_the_browsers(page, case):
    """Good signatures pass, changed messages, keys and signatures do not."""
    items = unpack(case.original.data)
    message, signature = items["manifest.json"], items["manifest.sig"]
    key = case.device.public_bytes
    script = """async ([key, signature, message]) => {
        const bytes = (list) => Uint8Array.from(list);
        return ed25519Own(bytes(key), bytes(signature), bytes(message));
    }"""

    def own(k, s, m):
        return page.evaluate(script, [list(k), list(s), list(m)])

    assert own(key, signature, message)
    assert not own(key, signature, message + b" ")
    assert not own(case.centre.public_bytes, signature, message)
    assert not own(key, bytes([signature[0] ^ 1]) + signature[1:], message)
    assert not own(key, signature[:32] + bytes(31) + b"\xff", message)


def test_other_files_get_a_sentence(page, tmp_path):
    """A PDF is no package, and an empty frame neither."""
    assert "это не пакет доказательств" in check(page, tmp_path, b"%PDF-1.7 hello")
    assert "это не пакет" in check(page, tmp_path, pack({"a": b"b"}))


def test_strip_and_time_stamp_are_shown(page, tmp_path, case):
    """The signal strip under its sentence; a stamp of something else is refused and named."""
    strip = Media("signal_strip", "image/jpeg", unpack(case.original.data)["plate.jpg"])
    with_strip = case.again(media=[*case.parts["media"], strip])
    said = check(page, tmp_path, with_strip.data)
    assert page.locator("figure img").count() == 4
    assert "Светофор" in said
    items = unpack(with_strip.data)
    items["manifest.tsr"] = b"0" * 40
    said = check(page, tmp_path, pack(items))
    assert "доверять нельзя" in said
    assert "метка времени\tИЗМЕНЁН" in said
    digest = hashlib.sha256(items["manifest.sig"]).digest()
    items["manifest.tsr"] = b"x" + digest + b"\x02\x01\x18\x0f20261122234500Z"
    said = check(page, tmp_path, pack(items))
    assert "2026-11-22 23:45:00 UTC" in said


def test_a_public_copy_says_what_it_is(page, tmp_path, case):
    """Signed by the centre, with the original's hash."""
    made = public_copy(case.original, case.parts["media"], WHEN, case.centre)
    said = check(page, tmp_path, made.data)
    assert "ПУБЛИЧНАЯ КОПИЯ" in said
    assert case.original.sha256 in said
