"""`sergek metrology`: each camera's metrology file, as PDF and JSON."""

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from sergek.adapters.paper.forms import print_sheets
from sergek.centre.catalogue import LANGUAGES, catalogue
from sergek.centre.prescriptions.metrology_sheet import metrology_sheet
from sergek.core.errors import ConfigError
from sergek.core.given import given_text
from sergek.traffic.metrology import MetrologyFile, metrology_of
from sergek.traffic.sitefile import load_sites
from sergek.wiring.offline import stored_files

__all__ = ["metrology", "speeds_of"]

T = TypeVar("T")
_APPEALS = TypeAdapter(dict[str, tuple[int, int]])
_APPEALS_ARE = "one JSON object: camera_id to [appeals, upheld]"


def metrology(
    site_file: Annotated[Path, typer.Argument(help="A TOML file with [[site]] tables.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    passages: Annotated[
        list[Path] | None,
        typer.Option(help="What `sergek watch --site … --json` printed; may be given often."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="JSON object: true speed (km/h) by passage_id.")
    ] = None,
    appeals: Annotated[
        Path | None, typer.Option(help="JSON object: camera_id to [appeals, upheld].")
    ] = None,
    from_centre: Annotated[
        int | None,
        typer.Option(
            "--from-centre",
            min=1,
            help="SITE_FILE is a city's file: take the last so many days from its centre's store.",
        ),
    ] = None,
) -> None:
    """Write calibration history, rejections by reason, errors and appeals of each camera."""
    if from_centre is not None:
        out.mkdir(parents=True, exist_ok=True)
        for stored in stored_files(site_file, from_centre):
            _write(out, stored)
        return
    seen = [row for path in passages or [] for row in _lines(path)]
    true = speeds_of(truth) if truth else {}
    upheld = given_json(appeals, _APPEALS, _APPEALS_ARE) if appeals else {}
    out.mkdir(parents=True, exist_ok=True)
    for site in load_sites(site_file):
        for channel in site.channels:
            file = metrology_of(site, channel, seen, true, upheld.get(channel.camera_id, (0, 0)))
            _write(out, file)


def _write(out: Path, file: MetrologyFile) -> None:
    stem = out / f"metrology-{file.camera_id}"
    stem.with_suffix(".json").write_text(file.model_dump_json(indent=2), encoding="utf-8")
    pages = [metrology_sheet(file, catalogue(language)) for language in LANGUAGES]
    stem.with_suffix(".pdf").write_bytes(print_sheets(pages, file.camera_id))
    typer.echo(f"{stem}.json {stem}.pdf")


def given_json(path: Path, kind: TypeAdapter[T], what: str) -> T:
    """A JSON file of that kind; `ConfigError` says what it must be."""
    try:
        return kind.validate_json(given_text(path))
    except ValidationError:
        raise ConfigError(f"{path} must be {what}.") from None


def speeds_of(path: Path) -> dict[str, float]:
    """Passage id → km/h."""
    return given_json(path, TypeAdapter(dict[str, float]), "one JSON object: passage id to km/h")


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(row) for row in given_text(path).splitlines() if row]
    except ValueError:
        raise ConfigError(f"{path} is not JSON, one passage a line") from None
    return [row for row in rows if isinstance(row, dict)]
