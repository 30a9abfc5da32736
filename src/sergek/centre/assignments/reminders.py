"""Reminds leads of their terms, day by day, as long as the centre runs."""

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from sergek.centre.assignments.actions import AssignmentActions
from sergek.core.errors import SergekError

__all__ = ["remind_daily"]

_LOG = logging.getLogger(__name__)
# Often enough that a day's reminder is early in the day; a repeat is nothing.
_PERIOD_S = 600.0


async def remind_daily(actions: AssignmentActions) -> None:
    """Record what is due until cancelled; a database that is away is asked again later."""
    while True:
        try:
            await run_in_threadpool(actions.remind)
        except SergekError as error:
            _LOG.warning("reminders wait: %s", error.message)
        await asyncio.sleep(_PERIOD_S)
