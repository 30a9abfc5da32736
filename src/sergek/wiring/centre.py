"""The centre's process: takes facts from the bus, serves the pages, ends terms."""

import logging
import secrets
import signal
import threading
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import uvicorn

from sergek.adapters.evidence.reading import SealedPackages
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.nats.acts import ActsTeller
from sergek.adapters.nats.bus import NatsBus
from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.consumer import Consumer
from sergek.adapters.paper.act import RoadPaperPrinter
from sergek.adapters.processes.signals import on_signals
from sergek.adapters.retention import erase_expired
from sergek.centre.app import Wiring, serve
from sergek.centre.holds import release_ended
from sergek.centre.people.actions import Account, PeopleActions
from sergek.centre.people.views import PeopleViews
from sergek.centre.precincts.actions import RegisterActions
from sergek.centre.precincts.adopting import adopt_city
from sergek.centre.precincts.divisions import Divisions
from sergek.centre.rights import Role
from sergek.centre.sites.ledger import SiteLedger
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.core.errors import Conflict, SergekError
from sergek.core.plans import CityAbout
from sergek.wiring.bus import connect_bus
from sergek.wiring.papers import papers_of
from sergek.wiring.planning import PlanningRoom
from sergek.wiring.stores import CentreStores, centre_folder, centre_stores
from sergek.wiring.trust import open_trust, take_in

__all__ = ["first_administrator", "run_centre"]

_LOG = logging.getLogger(__name__)
_RETENTION_EVERY_S = 3600.0
_STOP_S = 8.0


def first_administrator(settings: Settings) -> str | None:
    """Bring the database up to date; where nobody may sign in yet, add `admin`.

    Returns its random password, which is stored nowhere: whoever starts the centre for the
    first time reads it on the terminal. None where there are people already.
    """
    stores = centre_stores(settings)
    try:
        clock = SystemClock()
        if PeopleViews(stores.engine, clock, settings.centre).any_administrator():
            return None
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        people = PeopleActions(stores.engine, stores.log, clock, settings.centre)
        account = Account(name="admin", full_name="Әкімші / Администратор", role=Role.ADMINISTRATOR)
        people.add(account, password, "system")
        return password
    finally:
        stores.engine.dispose()


def run_centre(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    on_signals((signal.SIGTERM, signal.SIGINT), stop.set)
    stores = centre_stores(settings)
    connection = connect_bus(settings, "centre")
    trust = open_trust(settings)
    consumer = Consumer(connection, stores.evidence, partial(take_in, stores.intake, trust))
    sites = SiteLedger(stores.engine, {site.id: site for site in settings.site})
    teller = ActsTeller(connection, sites.told)
    planning = PlanningRoom.open(settings.planning.city, centre_folder(settings) / "plans")
    server = serve(_wiring(settings, stores, connection, planning, trust))
    threads = [
        threading.Thread(target=consumer.run, name="facts"),
        threading.Thread(target=teller.run, name="acts"),
        threading.Thread(target=_end_terms, args=(settings, stores, stop), name="terms"),
        threading.Thread(target=_serve, args=(server, stop), name="pages"),
    ]
    for thread in threads:
        thread.start()
    # Not waited for: what it makes is made again at the next start.
    making = threading.Thread(
        target=_make_plans, args=(settings, stores, planning), name="city", daemon=True
    )
    making.start()
    stop.wait()
    # First: what they compute would only slow the end of the others.
    planning.close()
    consumer.stop()
    teller.stop()
    server.should_exit = True
    for thread in threads:
        thread.join(_STOP_S)
    connection.close()
    stores.engine.dispose()
    if not server.started:
        where = f"{settings.centre.host}:{settings.centre.port}"
        raise Conflict(f"The pages cannot be served on {where}: choose another [centre] port.")


def _wiring(
    settings: Settings,
    stores: CentreStores,
    connection: NatsConnection,
    planning: PlanningRoom,
    trust: TrustFile,
) -> Wiring:
    return Wiring(
        settings=settings.centre,
        engine=stores.engine,
        log=stores.log,
        reads=stores.reads,
        coverage=stores.coverage,
        evidence=stores.evidence,
        bus=NatsBus(connection),
        cameras={camera.id: camera for camera in settings.camera},
        clock=SystemClock(),
        sites={site.id: site for site in settings.site},
        papers=papers_of(settings, trust),
        bus_is_up=connection.is_up,
        planning=planning,
        road_papers=RoadPaperPrinter(),
        packages=SealedPackages(trust.current),
    )


def _make_plans(settings: Settings, stores: CentreStores, planning: PlanningRoom) -> None:
    """The city model, the registers over it, the first studies; pages are open meanwhile."""

    def then(_about: CityAbout) -> None:
        clock = SystemClock()
        adopt_city(
            planning,
            RegisterActions(stores.engine, stores.log, stores.evidence, clock),
            Divisions(stores.engine, stores.log, stores.evidence, clock),
            clock.now().astimezone(ZoneInfo(settings.centre.timezone)).date(),
        )
        if settings.planning.prepare:
            planning.ask_first()

    planning.prepare(then)


def _serve(server: uvicorn.Server, stop: threading.Event) -> None:
    try:
        server.run()
    except SystemExit:
        _LOG.error("the web server ended at its start")
    finally:
        stop.set()


def _end_terms(settings: Settings, stores: CentreStores, stop: threading.Event) -> None:
    clock, term = SystemClock(), timedelta(days=settings.storage.passage_days)
    while not stop.is_set():
        now = clock.now()
        try:
            release_ended(stores.engine, stores.reads, now, now - term)
            erased = erase_expired(stores.log, stores.reads, stores.evidence, now - term)
            if any(erased):
                _LOG.info("terms ended: %d passages, %d pictures erased", *erased)
        except SergekError as error:
            _LOG.warning("terms wait: %s", error.message)
        stop.wait(_RETENTION_EVERY_S)
