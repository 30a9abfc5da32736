"""The register's own hands: signed cases become prescriptions, terms end when they end."""

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from sergek.centre.bookmark import read_on
from sergek.centre.context import Centre
from sergek.centre.prescriptions.actions import PrescriptionActions
from sergek.centre.prescriptions.api import actions_of, reader_of
from sergek.centre.sites.api import reader_of as alarms_of
from sergek.core.errors import SergekError

__all__ = ["keep_papers"]

_LOG = logging.getLogger(__name__)
_READ_EVERY_S = 1.0
_TERMS_EVERY_S = 600.0


async def keep_papers(centre: Centre) -> None:
    """Run until cancelled."""
    wired = centre.wiring
    await asyncio.gather(
        read_on([alarms_of(centre), reader_of(centre)], wired.engine, wired.log, _READ_EVERY_S),
        _end_terms(actions_of(centre)),
    )


async def _end_terms(actions: PrescriptionActions) -> None:
    while True:
        try:
            await run_in_threadpool(actions.tick)
        except SergekError as error:
            _LOG.warning("terms wait: %s", error.message)
        await asyncio.sleep(_TERMS_EVERY_S)
