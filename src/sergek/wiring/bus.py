"""The bus: our own server, or one that runs elsewhere."""

import shutil
from contextlib import suppress
from pathlib import Path

from sergek.adapters.nats.connection import NatsConnection
from sergek.adapters.nats.server import NatsServer, free_port
from sergek.config.settings import Settings
from sergek.core.camera import SourceUrl
from sergek.core.errors import ConfigError
from sergek.wiring.stores import bus_folder

__all__ = ["connect_bus", "own_server"]

_MIB = 1 << 20
_LEAST_STORE_BYTES = 8 * _MIB


def own_server(settings: Settings) -> NatsServer:
    """Our own server; a port chosen once is kept, so that edges find it after a restart."""
    folder = bus_folder(settings)
    return NatsServer(
        folder=folder,
        host=settings.bus.host,
        port=settings.bus.port or _remembered_port(folder, settings.bus.host),
        max_store_bytes=_store_bytes(settings),
    )


def connect_bus(settings: Settings, name: str) -> NatsConnection:
    """A connection to the bus that the settings name, or to our own server on this data folder."""
    url, token = settings.bus.url, settings.bus.token
    if url is not None:
        address = url.secret() if isinstance(url, SourceUrl) else url
        return NatsConnection(address, token.get_secret_value() if token else None, name=name)
    if not (bus_folder(settings) / "token").exists():
        raise ConfigError(
            "This edge does not know its bus: set [bus] url and SERGEK__BUS__TOKEN, or start the "
            "centre on the same data folder first."
        )
    server = own_server(settings)
    return NatsConnection(server.url, server.token(), name=name)


def _remembered_port(folder: Path, host: str) -> int:
    path = folder / "port"
    if path.exists() and path.read_text().strip().isdigit():
        return int(path.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port(host)
    path.write_text(str(port))
    return port


def _store_bytes(settings: Settings) -> int:
    """`[bus] store_mib`, or what the disk can give without touching the reserve, if that is less.

    A bus that runs into its own limit refuses and goes on; one that fills the disk gets stuck.
    """
    folder = bus_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    used = 0
    for path in folder.rglob("*.blk"):
        with suppress(FileNotFoundError):  # a running server deletes what was acknowledged
            used += path.stat().st_size
    room = shutil.disk_usage(folder).free + used - settings.storage.reserve_mib * _MIB
    return max(_LEAST_STORE_BYTES, min(settings.bus.store_mib * _MIB, room))
