"""One machine's Sergek: the bus, the edge's workers and the centre, supervised."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sergek.adapters.nats.server import StoreWatch, free_port
from sergek.adapters.processes.lock import FolderLock
from sergek.adapters.processes.supervisor import ProcessSpec, Supervisor
from sergek.config.settings import Settings
from sergek.core.errors import ConfigError
from sergek.wiring.bus import own_server
from sergek.wiring.centre import first_administrator
from sergek.wiring.stores import bus_folder, centre_folder, edge_folder, edge_stores

__all__ = ["MEMORY", "Node", "Only"]

# An edge has dozens of threads and takes pictures on all of them: with glibc's default of an arena
# per thread its memory drifted upwards by 15 % in nine minutes. Two arenas hold the small pieces;
# whatever is as large as a picture comes from the system and goes back to it at once.
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(256 * 1024)}

Only = Literal["edge", "centre"]


@dataclass
class Node:
    """What `sergek run` runs. Opening it takes the locks of its folders (`Conflict`).

    `environment` overrides keys of the file for all processes (`SERGEK__…`); `password` is the
    first administrator's, on the very first start only; `url` is where the pages are.
    """

    path: Path
    settings: Settings
    only: Only | None = None
    environment: dict[str, str] = field(default_factory=dict)
    password: str | None = None
    url: str | None = None
    _locks: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Node":
        with ExitStack() as locks:
            if self.only != "edge":
                locks.enter_context(FolderLock(centre_folder(self.settings)))
            if self._runs_bus:
                locks.enter_context(FolderLock(bus_folder(self.settings)))
            if self.only != "centre":
                locks.enter_context(FolderLock(edge_folder(self.settings)))
                if not self.settings.camera:
                    raise ConfigError(f"{self.path} names no [[camera]]: an edge needs one.")
            if self.only != "edge":
                self._prepare_centre()
            if self.only != "centre":
                edge_stores(self.settings).engine.dispose()
            self._locks = locks.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._locks.close()

    def supervisor(self) -> Supervisor:
        """All processes, in the order of their start."""
        specs: list[ProcessSpec] = []
        if self._runs_bus:
            server = own_server(self.settings)
            watch = StoreWatch(server.folder)
            bus = ProcessSpec(
                name="bus", command=server.command, restarted_by_hup=False, unwell=watch.stuck
            )
            specs.append(bus)
        if self.only != "edge":
            specs.append(self._spec("centre", ["centre"]))
        if self.only != "centre":
            workers = min(self.settings.processes.edge_workers, len(self.settings.camera))
            specs += [self._spec(f"edge-{n}", ["edge", "--worker", str(n)]) for n in range(workers)]
        return Supervisor(specs)

    @property
    def _runs_bus(self) -> bool:
        return self.only != "edge" and self.settings.bus.url is None

    def _prepare_centre(self) -> None:
        centre = self.settings.centre
        if centre.port == 0:
            # Chosen here, so that the address stays the same when the centre is restarted.
            port = free_port(centre.host)
            self.environment["SERGEK__CENTRE__PORT"] = str(port)
        else:
            port = centre.port
        host = f"[{centre.host}]" if ":" in centre.host else centre.host
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"
        self.password = first_administrator(self.settings)

    def _spec(self, name: str, arguments: Sequence[str]) -> ProcessSpec:
        command = [sys.executable, "-m", "sergek", "process", *arguments, str(self.path.absolute())]
        environment = MEMORY | self.environment
        return ProcessSpec(name=name, command=lambda: command, environment=environment)
