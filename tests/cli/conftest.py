"""A command inside the test, and a whole node of real processes started by `sergek run`."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from sergek.adapters.sql.engine import open_engine
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.cli.app import app
from sergek.cli.demo import demo_city
from sergek.core.ports import PassageFilter

CLIP = demo_city().parent.parent / "demo" / "section.mp4"
WAIT_S = 90.0


def run(*arguments: object) -> str:
    """What a command prints; its error as it is."""
    done = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def until(true: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, why()
        time.sleep(0.2)


class Running:
    """A `sergek run` over a city with these tables, by default one looped clip."""

    def __init__(self, folder: Path, tables: str | None, database: str, data: Path) -> None:
        self.folder = folder
        self.city = folder / "city.toml"
        self.city.write_text(
            f'city = "T"\n[storage]\ndata = "{data}"\nreserve_mib = 0\n'
            + (f'database = "{database}"\n' if database else "")
            + "[centre]\nport = 0\n"
            + (tables or f'[[camera]]\nid = "abay-1"\nname = "A"\nmain = "{CLIP}"\nloop = true\n')
        )
        self.database = data / "centre" / "facts.db"
        self.url = database or f"sqlite:///{self.database}"
        self.err = folder / "err"
        command = [sys.executable, "-m", "sergek", "run", str(self.city)]
        with self.err.open("wb") as err:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err)
        assert self.process.stdout
        self.answer = json.loads(self.process.stdout.readline())

    def said(self) -> str:
        return self.err.read_text()

    def children(self) -> dict[str, int]:
        """Process ids by what they are."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {}
        for pid in path.read_text().split():
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except FileNotFoundError:
                continue
            if "process" in words:
                found[words[words.index("process") + 1]] = int(pid)
            elif "nats-server" in words[0]:
                found["bus"] = int(pid)
        return found

    def healthy(self) -> bool:
        try:
            with urlopen(f"{self.answer['url']}health", timeout=2) as answer:
                return bool(json.load(answer)["bus"] == "up")
        except (URLError, OSError):
            return False

    def passages(self) -> int:
        if self.url.startswith("sqlite") and not self.database.exists():
            return 0
        engine = open_engine(self.url)
        try:
            return SqlReadStore(engine).count(PassageFilter())
        finally:
            engine.dispose()

    def end(self) -> None:
        """kill -9, whatever state it is in; its children end with it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def run_city(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts `sergek run`; ended after the test."""
    with ExitStack() as ending:

        def start(
            tables: str | None = None, database: str = "", data: Path | None = None
        ) -> Running:
            made = Running(tmp_path, tables, database, data or tmp_path / "data")
            ending.callback(made.end)
            return made

        yield start


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Waits until something is true; else fails with what `why` says."""
    return until
