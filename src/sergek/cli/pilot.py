"""`sergek pilot`: draw a sample of a complex's passages, and say what two people made of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sergek.cli.metrology import speeds_of
from sergek.core.errors import NotFound
from sergek.traffic.pilot import PilotFigures, Share
from sergek.wiring.offline import pilot_room

__all__ = ["pilot"]


def pilot(
    city: Annotated[Path, typer.Argument(help="The city's file; its centre may be running.")],
    site: Annotated[str, typer.Option(help="Id of the complex.")],
    draw: Annotated[
        int | None, typer.Option(min=1, help="Begin a pilot: draw so many passages.")
    ] = None,
    days: Annotated[float, typer.Option(min=0.01, help="… out of the last days.")] = 7.0,
    reference: Annotated[
        Path | None, typer.Option(help="JSON object: passage id to km/h of another instrument.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write everything as JSON.")] = None,
) -> None:
    """Begin a pilot, or print the figures of the complex's last one and what is still missing.

    People type the plates on the centre's pages (`/pilots`), and the record is signed there.
    """
    with pilot_room(city) as room:
        if draw is not None:
            now = datetime.now(UTC)
            made = room.begin(site, now - timedelta(days=days), now, draw, "command line")
            typer.echo(f"pilot {made}: {draw} passages wait for two people at /pilots/{made}")
            return
        mine = [one for one in room.views.all() if one.site_id == site]
        if not mine:
            raise NotFound(f"There is no pilot of {site} yet: begin one with --draw 1000.")
        pilot_id = mine[0].pilot_id
        if reference is not None:
            known = room.refer(pilot_id, speeds_of(reference), "command line")
            typer.echo(f"{known} reference speeds belong to the sample")
        if out is not None:
            text = json.dumps(room.views.export(pilot_id), ensure_ascii=False, indent=2)
            out.write_text(text, encoding="utf-8")
        typer.echo("\n".join(_lines(room.views.figures(pilot_id))))
        missing = room.views.missing(pilot_id, room.sites.ledger.site(site))
        typer.echo("\n".join(f"missing: {lack.sentence}" for lack in missing) or "nothing missing")


def _lines(figures: PilotFigures) -> list[str]:
    lines = [f"drawn {figures.drawn}, labelled {figures.labelled}, at night {figures.night}"]
    for name, value in figures:
        if isinstance(value, Share):
            share = (
                ""
                if value.share is None
                else (
                    f"  {100 * value.share:6.2f} %  [{100 * (value.low or 0):.2f}, "
                    f"{100 * (value.high or 0):.2f}]"
                )
            )
            lines.append(f"{name:<16} {value.hits:>6} / {value.of:<6}{share}")
    if figures.speed_mean_abs_kmh is not None and figures.speed_worst_kmh is not None:
        lines.append(
            f"speed: mean |error| {figures.speed_mean_abs_kmh:.2f} km/h, "
            f"worst {figures.speed_worst_kmh:.2f}, out of bounds {figures.speed_out_of_bounds}"
        )
    return lines
