"""What comes by itself with time, as long as the centre runs: terms end, reminders fall due."""

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from sergek.core.errors import SergekError

__all__ = ["do_what_is_due"]

_LOG = logging.getLogger(__name__)
# Often enough that what a day brings comes early in the day; a repeat is nothing.
_PERIOD_S = 600.0


async def do_what_is_due(*steps: Callable[[], int]) -> None:
    """Take each step, again and again, until cancelled; a database that is away is asked later."""
    while True:
        for step in steps:
            try:
                await run_in_threadpool(step)
            except SergekError as error:
                _LOG.warning("what is due waits: %s", error.message)
        await asyncio.sleep(_PERIOD_S)
