"""The centre's store without its pages: for the verbs that read and write it from a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sergek.centre.pilot.actions import PilotActions
from sergek.centre.prescriptions.metrology import metrology_file
from sergek.centre.prescriptions.register import RegisterViews
from sergek.centre.sites.actions import SiteActions
from sergek.centre.sites.ledger import SiteLedger
from sergek.config.load import load
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.core.errors import ConfigError
from sergek.traffic.metrology import MetrologyFile
from sergek.wiring.stores import CentreStores, centre_stores

__all__ = ["pilot_room", "stored_files"]


@contextmanager
def _opened(city: Path) -> Iterator[tuple[Settings, CentreStores, SiteLedger]]:
    settings = load(city)
    if not settings.site:
        raise ConfigError(f"{city.name} names no [[site]]: there is no complex to look at.")
    stores = centre_stores(settings)
    try:
        ledger = SiteLedger(stores.engine, {site.id: site for site in settings.site})
        yield settings, stores, ledger
    finally:
        stores.engine.dispose()


def stored_files(city: Path, days: int) -> Iterator[MetrologyFile]:
    """The metrology file of every camera of every site, of the last days in the centre's store."""
    with _opened(city) as (settings, stores, ledger):
        now = SystemClock().now()
        for site in settings.site:
            for channel in site.channels:
                yield metrology_file(
                    ledger,
                    RegisterViews(stores.engine),
                    stores.reads,
                    site.id,
                    channel.camera_id,
                    now - timedelta(days=days),
                    now,
                    ZoneInfo(settings.centre.timezone),
                )


@contextmanager
def pilot_room(city: Path) -> Iterator[PilotActions]:
    """The acts of pilots over the centre's store; the pages may run meanwhile."""
    with _opened(city) as (_, stores, ledger):
        clock = SystemClock()
        sites = SiteActions(stores.engine, stores.log, clock, ledger)
        yield PilotActions(stores.engine, stores.log, stores.evidence, stores.reads, clock, sites)
