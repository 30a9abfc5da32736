"""Keeps the register of prescriptions reminded of its terms as long as the centre runs."""

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from sergek.centre.roads.prescribing import PrescribingActions
from sergek.core.errors import SergekError

__all__ = ["remind_of_terms"]

_LOG = logging.getLogger(__name__)
# Often enough that a day's reminder is early in the day; a repeat is nothing.
_PERIOD_S = 600.0


async def remind_of_terms(actions: PrescribingActions) -> None:
    """Record what is due until cancelled; a database that is away is asked again later."""
    while True:
        try:
            await run_in_threadpool(actions.remind)
        except SergekError as error:
            _LOG.warning("reminders of road terms wait: %s", error.message)
        await asyncio.sleep(_PERIOD_S)
