"""What the centre does by itself as long as it runs: what comes in, what falls due with time."""

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from sergek.core.errors import SergekError

__all__ = ["do_what_is_due", "keep_doing"]

_LOG = logging.getLogger(__name__)
# Often enough that what a day brings comes early in the day; a repeat is nothing.
_PERIOD_S = 600.0
_LOOK_EVERY_S = 1.0


async def do_what_is_due(*steps: Callable[[], int]) -> None:
    """Take each step, again and again, until cancelled; a database that is away is asked later."""
    while True:
        for step in steps:
            await _done(step)
        await asyncio.sleep(_PERIOD_S)


async def keep_doing(step: Callable[[], int]) -> None:
    """Take a step as soon as there is something to do (it says how much), until cancelled."""
    while True:
        while await _done(step):
            pass
        await asyncio.sleep(_LOOK_EVERY_S)


async def _done(step: Callable[[], int]) -> int:
    try:
        return await run_in_threadpool(step)
    except SergekError as error:
        _LOG.warning("it waits: %s", error.message)
        return 0
