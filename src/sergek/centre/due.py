"""What the centre does by itself as long as it runs: what comes in, what falls due with time."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from sergek.core.errors import SergekError

__all__ = ["Due", "do_every", "keep_doing"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0


@dataclass(slots=True)
class Due:
    """A step that says how much it did; `doing` names it in the log.

    Whatever goes wrong is tried again and stops no other step; the first of a row of failures is
    logged.
    """

    doing: str
    step: Callable[[], int]
    _failing: bool = field(default=False, init=False)

    async def take(self) -> int:
        """Take the step on another thread; how much it did, 0 where it failed."""
        try:
            done = await run_in_threadpool(self.step)
            self._failing = False
        except SergekError as error:
            self._failed("%s waits: %s", error.message)
        except Exception as error:  # noqa: BLE001 – the centre's edge: nobody else would hear of it
            self._failed("%s fails: %s", repr(error), error)
        else:
            return done
        return 0

    def _failed(self, said: str, why: str, error: Exception | None = None) -> None:
        if not self._failing:
            _LOG.warning(said, self.doing, why, exc_info=error)
        self._failing = True


async def do_every(period_s: float, *steps: Due) -> None:
    """Take the steps in their order, again and again, until cancelled."""
    while True:
        for each in steps:
            await each.take()
        await asyncio.sleep(period_s)


async def keep_doing(step: Due) -> None:
    """Take a step as soon as there is something to do, until cancelled."""
    while True:
        while await step.take():
            pass
        await asyncio.sleep(_LOOK_EVERY_S)
