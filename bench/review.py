"""The review desk with 10,000 pending cases: from one case to the next, by keyboard in Chromium.

Timed is what a reviewer waits for: from the key that decides (or goes on) to the second picture
that the browser draws after the next case is in the page, the decision being durable by then. The
next case is fetched while one reads, so between two cases the bench waits a second, as nobody
reads faster. Beside it: how long the reading takes to appear after Enter, the queue's page, and
the least that any key press costs on this machine at this moment: one small request and two
pictures (`bare`). The centre's processor time per case includes opening and verifying its package.
"""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench._results import note
from bench._review_parts import PASSWORD, fill, served

PENDING, REAL, LOOKED_AT = 10_000, 45, 40
LIMIT_MS = 100.0
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_READ_S = 1.0


def run() -> None:
    """Print the 95th percentiles and their ratio to the limit."""
    chromium = shutil.which("chromium")
    if chromium is None or shutil.which("ffmpeg") is None:
        print("skipped: apt-get install chromium ffmpeg")
        return
    with tempfile.TemporaryDirectory() as name:
        wiring = fill(Path(name), PENDING, REAL)
        with served(wiring) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            queue = _enter(page, address)
            begun = time.process_time()
            swaps, readings, bare = _review(page)
            cpu_ms = (time.process_time() - begun) / LOOKED_AT * 1e3
            browser.close()
        wiring.engine.dispose()
    _tell("review.next_case_p95_ms", swaps, LIMIT_MS)
    _tell("review.reading_p95_ms", readings)
    _tell("review.queue_page_p95_ms", queue)
    over = float(np.median(swaps) / np.median(bare))
    print(
        f"bare key press: p50 {np.median(bare):.0f} ms; the next case takes {over:.1f} times that"
    )
    print(f"review.cpu_per_case_ms: {cpu_ms:.0f}")
    note("review.next_case_over_bare", over, limit=2.0)
    note("review.cpu_per_case_ms", cpu_ms)


def _enter(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", "reviewer")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wall")
    times = []
    for order in ("age", "gravity") * 5:
        begun = time.perf_counter()
        answer = page.request.get(f"{address}/cases?order={order}")
        times.append((time.perf_counter() - begun) * 1e3)
        assert answer.status == 200
    page.goto(f"{address}/cases")
    page.keyboard.press("o")
    page.wait_for_selector("article.desk")
    return times


def _review(page: Page) -> tuple[list[float], list[float], list[float]]:
    """Decide one case after the other; milliseconds of each swap, reading and bare press."""
    swaps, readings, bare = [], [], []
    for number in range(LOOKED_AT):
        case = page.get_attribute("article.desk", "data-case")
        page.wait_for_selector("input[name=typed]:focus")
        page.keyboard.type(f"{number:03d}ABC08")
        page.wait_for_timeout(_READ_S * 1e3)
        readings.append(float(page.evaluate(_READING)))
        bare.append(float(page.evaluate(_BARE)))
        page.wait_for_timeout(450)
        page.evaluate("window.sergekSwapMs = null")
        page.keyboard.press("a")
        page.wait_for_function("() => window.sergekSwapMs")
        swaps.append(float(page.evaluate("window.sergekSwapMs")))
        assert page.get_attribute("article.desk", "data-case") != case
    return swaps, readings, bare


_BARE = """() => new Promise((done) => {
  const begun = performance.now();
  const headers = { 'X-CSRF-Token': document.getElementById('desk').dataset.csrf };
  const id = document.querySelector('article.desk').dataset.case;
  fetch(`/cases/${id}/lease`, { method: 'POST', headers }).then(() =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun))));
})"""
_READING = """() => new Promise((done) => {
  const begun = performance.now();
  new MutationObserver((_, watch) => {
    if (!document.querySelector('.reading')) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
  }).observe(document.getElementById('reading'), { childList: true, subtree: true });
  document.querySelector('form[data-type-plate]').requestSubmit();
})"""


def _tell(name: str, times: list[float], limit: float | None = None) -> None:
    p50, p95 = (float(np.percentile(times, share)) for share in (50, 95))
    ratio = "" if limit is None else f" of {limit:.0f} ({p95 / limit:.2f})"
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms{ratio}")
    note(name, p95, limit=limit)


if __name__ == "__main__":
    run()
