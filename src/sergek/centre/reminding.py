"""What a service does by itself, again and again, as long as the centre runs."""

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from sergek.core.errors import SergekError

__all__ = ["remind_for_ever"]

_LOG = logging.getLogger(__name__)
# Often enough that a day's reminder is early in the day; a repeat is nothing.
_PERIOD_S = 600.0


async def remind_for_ever(*reminders: Callable[[], int]) -> None:
    """Record what is due until cancelled; a database that is away is asked again later."""
    while True:
        for remind in reminders:
            try:
                await run_in_threadpool(remind)
            except SergekError as error:
                _LOG.warning("reminders wait: %s", error.message)
        await asyncio.sleep(_PERIOD_S)
