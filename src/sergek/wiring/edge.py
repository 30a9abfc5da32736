"""An edge worker's process: its cameras, its log, and (in the first worker) the forwarder."""

import logging
import signal
import threading
from collections.abc import Sequence
from datetime import timedelta

from sergek.adapters.nats.acts import ActsListener
from sergek.adapters.nats.bus import NatsBus
from sergek.adapters.nats.forwarder import Forwarder
from sergek.adapters.processes.memory import keep_giving_back
from sergek.adapters.processes.signals import on_signals
from sergek.adapters.retention import erase_forwarded
from sergek.config.settings import Settings
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.errors import SergekError
from sergek.core.ports import Bus
from sergek.edge.worker import EdgePorts, run_worker
from sergek.wiring.bus import connect_bus
from sergek.wiring.plugins import detector_of, open_source
from sergek.wiring.sealing import site_ports
from sergek.wiring.sight import plate_readers, plate_verdict
from sergek.wiring.stores import EdgeStores, edge_stores

__all__ = ["cameras_of", "edge_ports", "run_edge"]

_LOG = logging.getLogger(__name__)
_ERASE_EVERY_S = 600.0
_STOP_S = 5.0


def cameras_of(settings: Settings, worker: int) -> list[Camera]:
    """The cameras that this worker owns: dealt out in turn, in the file's order."""
    workers = min(settings.processes.edge_workers, max(1, len(settings.camera)))
    return list(settings.camera[worker::workers])


def run_edge(settings: Settings, worker: int) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    on_signals((signal.SIGTERM, signal.SIGINT), stop.set)
    stores = edge_stores(settings)
    connection = connect_bus(settings, f"edge-{worker}")
    forwarder = Forwarder(connection, stores.log, stores.evidence, stores.cursor)
    memory = threading.Thread(target=keep_giving_back, args=(stop,), name="memory")
    threads = [memory]
    if worker == 0:
        threads.append(threading.Thread(target=forwarder.run, name="forwarder"))
        erasing = threading.Thread(target=_erase, args=(settings, stores, stop), name="terms")
        threads.append(erasing)
    for thread in threads:
        thread.start()
    cameras = cameras_of(settings, worker)
    ports = edge_ports(settings, cameras, stores, NatsBus(connection))
    listener = None
    if ports.sites is not None:
        listener = ActsListener(connection, ports.sites.sites.heard)
        hearing = threading.Thread(target=listener.run, name="acts")
        hearing.start()
        threads.append(hearing)
    left = run_worker(settings.edge, cameras, ports, stop, tracking=settings.tracker)
    if left:
        _LOG.error("%d facts could not be written before the end", left)
    forwarder.stop()
    if listener is not None:
        listener.stop()
    for thread in threads:
        thread.join(_STOP_S)
    connection.close()
    stores.engine.dispose()


def edge_ports(
    settings: Settings, cameras: Sequence[Camera], stores: EdgeStores, bus: Bus
) -> EdgePorts:
    """The world of a worker that owns these cameras."""
    # Every analysis thread needs a request of its own, else they wait for each other.
    requests = max(settings.detector.threads, settings.edge.analysis_threads)
    return EdgePorts(
        open_source=open_source,
        detector=detector_of(settings.detector.model_copy(update={"threads": requests})),
        log=stores.intake,
        evidence=stores.evidence,
        bus=bus,
        readers=plate_readers(settings, cameras),
        verdict=plate_verdict,
        covered_until=stores.coverage.covered_until,
        sites=site_ports(settings, cameras, stores) if settings.site else None,
    )


def _erase(settings: Settings, stores: EdgeStores, stop: threading.Event) -> None:
    clock, term = SystemClock(), timedelta(hours=settings.storage.edge_hours)
    while not stop.wait(_ERASE_EVERY_S):
        try:
            forwarded = stores.cursor.load().seq
            erase_forwarded(stores.log, stores.evidence, clock.now() - term, forwarded)
        except SergekError as error:
            _LOG.warning("terms wait: %s", error.message)
