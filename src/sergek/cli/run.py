"""`sergek run CITY.toml`: the edge, the bus and the centre of one machine, kept alive."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sergek.config.load import load
from sergek.wiring.logs import start_logging
from sergek.wiring.node import Node, Only

__all__ = ["announce", "process", "run"]

City = Annotated[Path, typer.Argument(help="The city's file.", show_default=False)]


def run(
    city: City,
    only: Annotated[
        Only | None, typer.Option(help="Run one side alone; the other may be another machine.")
    ] = None,
) -> None:
    """Run what the city's file describes until Ctrl-C."""
    start_logging("sergek")
    with Node(city, load(city), only) as node:
        supervisor = node.supervisor()
        supervisor.obey_signals()
        announce(node)
        supervisor.run()


def announce(node: Node) -> None:
    """Where the pages are, as JSON on stdout; the first log-in for the person at the terminal."""
    where = {"url": node.url, "data": str(node.settings.storage.data), "only": node.only}
    print(json.dumps(where, ensure_ascii=False), flush=True)
    if node.password is not None:
        print(
            f"\n  First start: sign in as  admin  with  {node.password}\n"
            "  This password is shown only now and kept nowhere; change it under your name.\n",
            file=sys.stderr,
            flush=True,
        )


def process(
    side: Annotated[Only, typer.Argument(help="centre or edge")],
    city: City,
    worker: Annotated[int, typer.Option(min=0, help="Which of the edge's workers.")] = 0,
) -> None:
    """One process of `sergek run`; started by it, and by nobody else."""
    start_logging(side if side == "centre" else f"edge-{worker}")
    settings = load(city)
    if side == "centre":
        from sergek.wiring.centre import run_centre  # an edge loads no web server

        run_centre(settings)
    else:
        from sergek.wiring.edge import run_edge  # a centre loads no networks

        run_edge(settings, worker)
