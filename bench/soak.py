"""Twenty minutes with eight RTSP cameras, one killed every 30 s: memory and the ledger.

    python -m bench soak            (SOAK_MINUTES=3 for a short one)
    python -m bench.soak --minutes 20

A worker with the settings of memory that `sergek run` gives it. A real
RTSP server in its own process, a proxy per camera that cuts and refuses for five seconds.
After a warm-up of a minute (or a tenth of the time) the resident memory must stay within ± 5 % of
its median, and the ledger must explain every second of every camera exactly once.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench._results import note
from sergek.adapters.processes.memory import keep_giving_back
from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.coverage import Coverage, CoverageState
from sergek.core.event import Event, StoredEvent
from sergek.edge.settings import EdgeSettings
from sergek.edge.worker import EdgePorts, EdgeWorker
from sergek.testing.blobs import BlobDetector
from sergek.testing.memory import MemoryBus, MemoryEventLog, MemoryEvidenceStore
from sergek.testing.rtsp import APT_LINE, FaultyProxy, RtspServer, camera, write_clip
from sergek.wiring.node import MEMORY

_CAMERAS = 8
_KILL_EVERY_S = 30.0
_REFUSED_S = 5.0
_DRIFT = 0.05


class _DroppingStore(MemoryEvidenceStore):
    """Takes pictures and keeps none: what grows shall be the edge's own memory."""

    def put(self, data: bytes) -> str:
        key = super().put(data)
        self.delete(key)
        return key


class _LedgerOnly(MemoryEventLog):
    """Keeps the gap ledger and forgets passages, for the same reason."""

    def append(
        self, events: Sequence[Event], *, connection: object | None = None
    ) -> list[StoredEvent]:
        kept = [event for event in events if event.kind == "coverage.recorded"]
        return super().append(kept, connection=connection)


def run(minutes: float | None = None) -> None:
    if not RtspServer.available():
        print(f"no RTSP server here: {APT_LINE}")
        return
    minutes = minutes or float(os.environ.get("SOAK_MINUTES", "20"))
    if any(os.environ.get(key) != value for key, value in MEMORY.items()):
        again = [sys.executable, "-m", "bench.soak", "--minutes", str(minutes)]
        subprocess.run(again, env={**os.environ, **MEMORY}, check=True)
        return
    log = _LedgerOnly()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clip = write_clip(folder / "clip.h264", size=(1280, 720), seconds=11)
        server = stack.enter_context(RtspServer({"clip": camera(clip)}))
        proxies = [stack.enter_context(FaultyProxy(server.port)) for _ in range(_CAMERAS)]
        cameras = [
            Camera(id=f"c{i}", name=f"C{i}", main=server.url("clip", port=proxy.port))
            for i, proxy in enumerate(proxies)
        ]
        ports = EdgePorts(open_source, BlobDetector(), log, _DroppingStore(), MemoryBus())
        # A short ring is full before the warm-up ends.
        worker = EdgeWorker(EdgeSettings(ring_s=10), cameras, ports)
        worker.start()
        began, over = time.time(), threading.Event()
        threading.Thread(target=keep_giving_back, args=(over,), daemon=True).start()
        memory = _watch_memory(proxies, minutes * 60)
        over.set()
        left = worker.stop()
        ended = time.time()
    _report_memory(memory)
    _report_ledger(log, began, ended, left)


def _watch_memory(proxies: list[FaultyProxy], seconds: float) -> list[tuple[float, int]]:
    began, kills, memory = time.monotonic(), 0, list[tuple[float, int]]()
    while (passed := time.monotonic() - began) < seconds:
        if passed > (kills + 1) * _KILL_EVERY_S:
            proxy = proxies[kills % len(proxies)]
            kills += 1
            proxy.refuse()
            threading.Timer(_REFUSED_S, proxy.accept).start()
        memory.append((passed, _resident_kib()))
        time.sleep(2)
    time.sleep(_REFUSED_S + 1)
    print(f"{kills} kills in {seconds / 60:.1f} minutes")
    return memory


def _resident_kib() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _report_memory(memory: list[tuple[float, int]]) -> None:
    warm = max(memory[-1][0] / 10, min(60.0, memory[-1][0] / 3))
    values = [kib for at, kib in memory if at >= warm]
    middle = median(values)
    third = len(values) // 3
    drift = (median(values[-third:]) - median(values[:third])) / middle
    worst = max(abs(value - middle) for value in values) / middle
    print(
        f"memory after warm-up: median {middle / 1024:.0f} MiB, most away {worst:.1%}, last third "
        f"against first {drift:+.1%} (limit ± {_DRIFT:.0%})"
    )
    note("soak.memory_most_away", worst, limit=_DRIFT)
    note("soak.memory_drift", abs(drift), limit=_DRIFT)


def _report_ledger(log: MemoryEventLog, began: float, ended: float, left: int) -> None:
    spans: dict[str, list[Coverage]] = {}
    for stored in log.read(0, 10**9):
        if stored.event is not None and stored.event.kind == "coverage.recorded":
            span = Coverage.model_validate(dict(stored.event.body))
            spans.setdefault(span.camera_id, []).append(span)
    unexplained = 0.0
    for told in spans.values():
        unexplained += sum(abs((b.from_at - a.until_at).total_seconds()) for a, b in pairwise(told))
        unexplained += max(0.0, told[0].from_at.timestamp() - began - 1)
        unexplained += max(0.0, ended - told[-1].until_at.timestamp() - 6)
    seconds: dict[tuple[CoverageState, str], int] = {}
    for told in spans.values():
        for span in told:
            key = (span.state, span.reason.value)
            seconds[key] = seconds.get(key, 0) + span.seconds
    for (state, reason), count in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {state.value:9} {reason:12} {count} s")
    print(f"{len(spans)} cameras, {unexplained:.0f} s unexplained (limit 0), {left} facts left")
    note("soak.seconds_unexplained", unexplained + 1e6 * (len(spans) != _CAMERAS), limit=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    run(parser.parse_args().minutes)
