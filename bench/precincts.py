"""The precinct service on the made-up Taraz: an edit measured and balanced, an address found."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench._results import note
from sergek.wiring.planning import PlanningRoom

__all__ = ["run"]

_REPEATS = 15


def _median_s(work: Callable[[], object], times: int = _REPEATS) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def run() -> None:
    """Print each figure and its ratio to the limit."""
    folder = Path(tempfile.mkdtemp())
    room = PlanningRoom.open("taraz", folder)
    try:
        began = time.perf_counter()
        room.prepare()
        print(f"{'city model prepared':34s} {time.perf_counter() - began:9.3f} s")
        owner = dict(room.start().owner)
        block = next(iter(owner))
        room.desk.measure(owner)
        measured = _median_s(lambda: room.desk.measure(owner))
        print(f"{'a division measured':34s} {measured:9.3f} s  {measured / 2:6.1%} of 2 s")
        note("precincts.measure_s", measured, limit=2.0)
        balanced = _median_s(lambda: room.desk.balance(owner, [block], 1.7), 3)
        print(f"{'balanced after an edit':34s} {balanced:9.3f} s  {balanced / 2:6.1%} of 2 s")
        note("precincts.balance_s", balanced, limit=2.0)
        book = room.addresses
        words = next(iter(book.streets()))
        found = _median_s(lambda: book.find(f"{words} 25"), 200)
        print(f"{'an address among ' + str(len(book)):34s} {found * 1000:9.3f} ms")
        note("precincts.address_ms", found * 1000)
    finally:
        room.close()
        shutil.rmtree(folder, ignore_errors=True)
