"""`sergek models [CITY.toml]`: the networks in use, whose they are, and how fast they are here."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console

from sergek.vision.models import cards, timings
from sergek.vision.settings import DetectorSettings, PlateReaderSettings

__all__ = ["models"]


def models(
    city: Annotated[
        Path | None, typer.Argument(help="The city's file; without it the defaults.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, not tables.")] = False,
) -> None:
    """List the networks in use with licence and SHA-256, and measure them on this machine."""
    cv2.setNumThreads(1)
    detector, reader = _settings(city)
    listed = cards(detector)
    person = Console(stderr=True, highlight=False)
    with person.status("measuring…"):
        measured = timings(detector, reader)
    if as_json:
        answer = {
            "models": [{**asdict(card), "file": str(card.file)} for card in listed],
            "timings": [asdict(each) for each in measured],
        }
        print(json.dumps(answer, ensure_ascii=False))
        return
    out = Console(soft_wrap=True, highlight=False)
    for card in listed:
        out.print(f"[bold]{card.name}[/] {card.role}")
        out.print(f"  {card.licence}; {card.source}", markup=False)
        out.print(f"  SHA-256 {card.sha256}", markup=False)
    for each in measured:
        out.print(f"{each.what}, {each.picture}: {each.ms:.1f} ms on one thread", markup=False)


def _settings(city: Path | None) -> tuple[DetectorSettings, PlateReaderSettings]:
    if city is None:
        return DetectorSettings(), PlateReaderSettings()
    # Imported here: `sergek models` without a file needs no city's settings.
    from sergek.config.load import load

    settings = load(city)
    return settings.detector, settings.plate_reader
