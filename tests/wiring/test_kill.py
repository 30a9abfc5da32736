"""kill -9 of edge, bus or centre at any instant loses no acknowledged passage and doubles none."""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.wiring.fact_processes import settings_of

from sergek.adapters.nats.server import NatsServer, free_port
from sergek.core.ports import PassageFilter
from sergek.wiring.stores import centre_stores

PROCESSES = Path(__file__).with_name("fact_processes.py")
WAIT_S = 90.0
KILLS = 12


class House:
    """The three processes over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.bus = NatsServer(
            folder=data / "bus",
            host="127.0.0.1",
            port=free_port("127.0.0.1"),
            max_store_bytes=1 << 28,
        )
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        if name == "bus":
            self.running[name] = self.bus.start()
            return
        command = [sys.executable, PROCESSES, name, self.data, self.bus.url, self.bus.token()]
        with (self.data / f"{name}.err").open("ab") as err:
            self.running[name] = subprocess.Popen(command, stderr=err)

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        assert process.poll() is None, f"{name} ended by itself: {self.errors(name)}"
        process.kill()
        process.wait()

    def errors(self, name: str) -> str:
        path = self.data / f"{name}.err"
        return path.read_text()[-3000:] if path.exists() else ""

    def acknowledged(self) -> list[str]:
        path = self.data / "acknowledged"
        whole = path.read_text() if path.exists() else ""
        # A line cut short by the kill was not acknowledged.
        return [line for line in whole.split("\n")[:-1] if len(line) == 32]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    for name in ("bus", "edge", "centre"):
        made.start(name)
    yield made
    for name in list(made.running):
        made.running[name].kill()
        made.running[name].wait()


def until(true: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, why()
        time.sleep(0.1)


def assert_nothing_lost_or_doubled(house: House) -> None:
    """Let everything arrive, then compare what the edge acknowledged with what the centre has."""
    (house.data / "enough").touch()
    stores = centre_stores(settings_of(house.data))
    until(
        lambda: stores.reads.count(PassageFilter()) >= len(set(house.acknowledged())),
        lambda: house.errors("edge") + house.errors("centre"),
    )
    time.sleep(1.0)  # whatever else is on its way
    expected = set(house.acknowledged())
    found = stores.reads.find(PassageFilter(), limit=10**6)
    ids = [passage.passage_id for passage in found]
    assert expected <= set(ids)
    # The edge may have been killed between its log's answer and the acknowledgement.
    assert len(set(ids) - expected) <= KILLS
    assert len(ids) == len(set(ids))
    stores.log.verify()
    kinds = Counter(stored.kind for stored in stores.log.read(0, 10**6))
    cases = [one.event for one in stores.log.read(0, 10**6) if one.kind == "violation.found"]
    assert kinds["passage.recorded"] == len(ids)
    # A passage and its violation are one step: every third passage has its case, and only one.
    assert {case.body["passage_id"] for case in cases} == {
        passage.passage_id for passage in found if passage.track_id % 3 == 0
    }
    assert len({case.subject for case in cases}) == len(cases)
    for case in cases:
        stores.evidence.get(case.body["violation"]["package"])
    for passage in found:
        stores.evidence.get(passage.pictures[0].key)
    stores.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_kills_at_random_instants_lose_and_double_nothing(house: House, seed: int) -> None:
    """Edge, bus and centre are killed twelve times at random while passages are recorded."""
    chance = random.Random(seed)
    until(lambda: len(house.acknowledged()) > 5, lambda: house.errors("edge"))
    for _ in range(KILLS):
        name = chance.choice(["edge", "bus", "centre"])
        time.sleep(chance.uniform(0.05, 1.2))
        house.kill(name)
        time.sleep(chance.uniform(0.0, 0.3))
        house.start(name)
    assert_nothing_lost_or_doubled(house)


@pytest.mark.slow
def test_a_bus_that_loses_its_disk_loses_nothing(house: House) -> None:
    """Killed with everything it stored, the bus gets again what the centre did not have yet."""
    until(lambda: len(house.acknowledged()) > 20, lambda: house.errors("edge"))
    house.kill("centre")  # so that facts wait on the bus
    seen = len(house.acknowledged())
    until(lambda: len(house.acknowledged()) > seen + 40, lambda: house.errors("edge"))
    house.kill("bus")
    shutil.rmtree(house.data / "bus" / "jetstream")
    house.start("bus")
    house.start("centre")
    assert_nothing_lost_or_doubled(house)
