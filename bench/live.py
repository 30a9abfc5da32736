"""Live view: from the camera's clock to the page, and what a viewer costs the centre.

The whole path is real: an RTSP camera with its clock burnt in (Debian's gst-rtsp-server), our
source, ring and live view, `nats-server`, the centre in its own process, Chromium. The page reads
the clock off each shown picture. What a viewer costs is the centre's CPU time with many viewers
less that with none, divided by their number. Limits: 200 ms at the 95th percentile, 3 % of a core.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright
from websockets.asyncio.client import connect

from bench._cpu import cpu_s
from bench._live_parts import CAMERA, PASSWORD
from bench._results import note
from sergek.adapters.nats.server import NatsServer, free_port

LIMIT_MS, LIMIT_SHARE = 200.0, 0.03
VIEWERS, SETTLE_S, MEASURED_S = 8, 4.0, 15.0
SIZES = ((640, 360), (1280, 720))
_HOST = "127.0.0.1"
_APT = "apt-get install chromium python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_READ_CLOCK = """() => {
  const [tile] = window.sergekTiles();
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 4;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  window.delays = [];
  tile.root.addEventListener('live:frame', () => {
    const now = Date.now() % 4294967296, wide = tile.video.videoWidth;
    pen.drawImage(tile.video, 0, 16, Math.floor(wide / 32) * 32, 4, 0, 0, 640, 4);
    const { data } = pen.getImageData(0, 2, 640, 1);
    let ms = 0;
    for (let bit = 0; bit < 32; bit++) ms = ms * 2 + (data[(bit * 20 + 10) * 4] > 128 ? 1 : 0);
    window.delays.push(now - ms);
  });
}"""


@contextmanager
def _process(command: list[str], token: str = "") -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "SERGEK_BENCH_TOKEN": token}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def _first_line(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline().strip()


def _delays(base: str) -> list[float]:
    """Milliseconds from the camera's clock to the shown picture, one per picture."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{base}/wall")
        page.fill("[name=name]", "bench")
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_function("() => window.sergekTiles?.()[0].frames > 5")
        page.wait_for_timeout(SETTLE_S * 1000)
        page.evaluate(_READ_CLOCK)
        page.wait_for_timeout(MEASURED_S * 1000)
        found: list[float] = page.evaluate("() => window.delays")
        browser.close()
    return found


def _viewer_share(base: str, pid: int) -> tuple[float, float]:
    """Share of a core per viewer, and pieces of video per viewer and second."""
    client = httpx.Client(base_url=base)
    client.post("/sign-in", data={"name": "bench", "password": PASSWORD})
    cookie = {"Cookie": f"session={client.cookies['session']}"}
    address = base.replace("http:", "ws:") + f"/live/{CAMERA}"
    received = 0

    async def look() -> None:
        nonlocal received
        async with connect(address, additional_headers=cookie, compression=None) as socket:
            async for message in socket:
                received += isinstance(message, bytes)

    async def measure() -> tuple[float, float]:
        await asyncio.sleep(15)  # the browser's channel is forgotten by now
        before = cpu_s(pid)
        await asyncio.sleep(MEASURED_S)
        idle = (cpu_s(pid) - before) / MEASURED_S
        looking = [asyncio.create_task(look()) for _ in range(VIEWERS)]
        await asyncio.sleep(SETTLE_S)
        before, pieces = cpu_s(pid), received
        await asyncio.sleep(MEASURED_S)
        busy, pieces = (cpu_s(pid) - before) / MEASURED_S, received - pieces
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
        return (busy - idle) / VIEWERS, pieces / VIEWERS / MEASURED_S

    return asyncio.run(measure())


def _measure(width: int, height: int, folder: Path) -> None:
    rtsp = free_port(_HOST)
    camera = [
        "/usr/bin/python3",
        str(Path(__file__).with_name("_clock_camera.py")),
        str(rtsp),
        str(width),
        str(height),
    ]
    bus = NatsServer(
        folder=folder / "bus", host=_HOST, port=free_port(_HOST), max_store_bytes=1 << 26
    )
    server = bus.start()
    part = [sys.executable, "-m", "bench._live_parts"]
    try:
        with _process(camera) as shown:
            _first_line(shown)
            url = f"rtsp://{_HOST}:{rtsp}/clock"
            with (
                _process([*part, "edge", url, bus.url], bus.token()),
                _process([*part, "centre", str(folder / "db"), bus.url], bus.token()) as centre,
            ):
                base = f"http://{_HOST}:{_first_line(centre)}"
                _report(width, height, _delays(base), *_viewer_share(base, centre.pid))
    finally:
        server.terminate()
        server.wait()


def _report(width: int, height: int, delays: list[float], share: float, pieces: float) -> None:
    p95 = statistics.quantiles(delays, n=20)[-1]
    note(f"live.{width}x{height}.p95_ms", p95, limit=LIMIT_MS)
    note(f"live.{width}x{height}.core_share_per_viewer", share, limit=LIMIT_SHARE)
    print(
        f"{width}×{height}: glass to glass p50 {statistics.median(delays):.0f} ms, "
        f"p95 {p95:.0f} ms over {len(delays)} pictures = {p95 / LIMIT_MS:.2f} of {LIMIT_MS:.0f} ms"
    )
    print(
        f"{width}×{height}: {share * 100:.2f} % of a core per viewer at {pieces:.1f} pieces/s "
        f"({VIEWERS} viewers) = {share / LIMIT_SHARE:.2f} of {LIMIT_SHARE * 100:.0f} %",
        flush=True,
    )


def run() -> None:
    """Print delay and cost, each as a ratio to its limit, for two sizes of picture."""
    gst = ["/usr/bin/python3", "-c", "import gi; gi.require_version('GstRtspServer', '1.0')"]
    try:
        missing = subprocess.run(gst, capture_output=True).returncode != 0
    except OSError:
        missing = True
    if missing or shutil.which("chromium") is None:
        print(f"left out: {_APT}")
        return
    for width, height in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _measure(width, height, Path(folder))
