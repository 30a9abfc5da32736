"""`sergek metrology`: each camera's metrology file, as PDF and JSON."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sergek.adapters.paper.metrology import metrology_pdf
from sergek.core.errors import ConfigError
from sergek.traffic.metrology import MetrologyFile, metrology_of
from sergek.traffic.sitefile import load_sites
from sergek.wiring.offline import stored_files

__all__ = ["metrology"]


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
    true = {str(k): float(v) for k, v in _object(truth).items()}
    upheld = _object(appeals)
    out.mkdir(parents=True, exist_ok=True)
    for site in load_sites(site_file):
        for channel in site.channels:
            pair = upheld.get(channel.camera_id, [0, 0])
            file = metrology_of(site, channel, seen, true, (int(pair[0]), int(pair[1])))
            _write(out, file)


def _write(out: Path, file: MetrologyFile) -> None:
    stem = out / f"metrology-{file.camera_id}"
    stem.with_suffix(".json").write_text(file.model_dump_json(indent=2), encoding="utf-8")
    stem.with_suffix(".pdf").write_bytes(metrology_pdf(file))
    typer.echo(f"{stem}.json {stem}.pdf")


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row]
    except (OSError, ValueError):
        raise ConfigError(f"{path} is not JSON, one passage a line") from None
    return [row for row in rows if isinstance(row, dict)]


def _object(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigError(f"{path} is not JSON") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{path.name} must be one JSON object")
    return found
