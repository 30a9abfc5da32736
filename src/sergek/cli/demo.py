"""`sergek demo`: the whole product with demo cameras, on embedded defaults."""

import json
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

import sergek
from sergek.cli.run import announce
from sergek.config.load import load
from sergek.config.settings import Settings
from sergek.core.errors import NotFound
from sergek.wiring.demo import fill_demo
from sergek.wiring.logs import start_logging
from sergek.wiring.node import Node

__all__ = ["demo", "demo_city"]

_CITY = "taraz-demo.toml"
_ALIVE_S = 60.0


def demo_city() -> Path:
    """The demo city's file: beside the package's own sources, or inside an installed package."""
    package = Path(sergek.__file__).parent
    for folder in (package.parents[1] / "cities", package / "demo" / "cities"):
        if (folder / _CITY).is_file():
            return folder / _CITY
    raise NotFound("The demo city is not part of this installation: use a clone of the sources.")


def demo(
    data: Annotated[Path, typer.Option(help="Folder for what the demo stores.")] = Path(
        "data/demo"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0: any.")] = 8080,
) -> None:
    """Run the whole product with demo cameras; open the printed address in a browser."""
    start_logging("demo")
    environment = {
        "SERGEK__STORAGE__DATA": json.dumps(str(data.absolute())),
        "SERGEK__CENTRE__PORT": str(port),
    }
    city = demo_city()
    settings = load(city, environment)
    told: list[tuple[str, str, str]] = []
    with Node(city, settings, environment=environment) as node:
        if node.password is not None:
            told = fill_demo(settings, city.parents[1] / "demo" / "meeting.toml")
        supervisor = node.supervisor()
        supervisor.obey_signals()
        announce(node)
        _tell_who_reviews(told)
        assert node.url is not None, "a node with a centre has pages"
        watcher = threading.Thread(target=_tell_when_alive, args=(node.url, settings), daemon=True)
        watcher.start()
        supervisor.run()


def _tell_who_reviews(told: list[tuple[str, str, str]]) -> None:
    """Who else may sign in, on the first start: a case needs people who are not the administrator.

    Their passwords, too, are shown only now and kept nowhere.
    """
    if not told:
        return
    wide = max(len(name) for name, _, _ in told)
    lines = [f"    {name:<{wide}}  {password}   {post}" for name, post, password in told]
    print("  To review and sign cases:\n" + "\n".join(lines) + "\n", file=sys.stderr, flush=True)


def _tell_when_alive(url: str, settings: Settings) -> None:
    where, began_s = urlsplit(url), time.monotonic()
    while time.monotonic() - began_s < _ALIVE_S:
        connection = HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=2)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                seconds = time.monotonic() - began_s
                print(
                    f"\n  The operations centre of {settings.city} is open after {seconds:.0f} s: "
                    f"{url}\n  Ctrl-C ends it.\n",
                    file=sys.stderr,
                    flush=True,
                )
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.25)
    print(f"  The page {url} is not open yet: see the lines above.", file=sys.stderr, flush=True)
