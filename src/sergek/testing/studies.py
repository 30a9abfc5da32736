"""Work for background processes in tests: a process can only run what it can import."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sergek.core.errors import ConfigError

__all__ = ["Counter", "count"]


def count(
    kind: str,
    inputs: Mapping[str, Any],
    out: Path,
    tell: Callable[[float, float | None, float | None], None],
) -> dict[str, Any]:
    """Double a number; leaves a line in `runs` for each run, tells 5 and 4, may wait or fail."""
    with (out.parent.parent / "runs").open("a") as runs:
        runs.write("run\n")
    (out / "ru").mkdir()
    (out / "ru" / "report.pdf").write_bytes(b"%PDF")
    tell(0.0, 5.0, 4.0)
    if inputs["fail"]:
        raise ConfigError("the budget buys nothing")
    time.sleep(inputs["wait_s"])
    return {"double": 2 * inputs["number"], "kind": kind}


class Counter:
    """What a clerk keeps in its process."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, number: int) -> int:
        """The sum so far; `ConfigError` below zero."""
        if number < 0:
            raise ConfigError("a number below zero", (f"number: {number}",))
        self.total += number
        return self.total

    def die(self) -> None:
        """End the process in the middle of an answer."""
        os._exit(3)
