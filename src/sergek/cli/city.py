"""`sergek city …`: import a city, or make the synthetic one of the demo."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from sergek.core.errors import ConfigError

__all__ = ["city"]

city = typer.Typer(help="The city that the plans are made for.", no_args_is_help=True)
make_app = typer.Typer(help="Make a synthetic city, clearly labelled.", no_args_is_help=True)
city.add_typer(make_app, name="make")

Out = Annotated[Path, typer.Option("--out", help="Folder of the city.")]
Optionally = Path | None


@city.command("import")
def import_(
    osm: Annotated[Path, typer.Argument(help="OpenStreetMap extract: .osm.pbf, .osm, .gz, .bz2.")],
    out: Out,
    name: Annotated[str, typer.Option(help="Name of the city.")] = "",
    kato_code: Annotated[str, typer.Option(help="KATO code of the city.")] = "",
    people: Annotated[int | None, typer.Option(help="Residents to spread over buildings.")] = None,
    blocks: Annotated[Optionally, typer.Option(help="GeoJSON of blocks with population.")] = None,
    stations: Annotated[Optionally, typer.Option(help="CSV of precinct stations.")] = None,
    schools: Annotated[Optionally, typer.Option(help="CSV of schools.")] = None,
    accidents: Annotated[Optionally, typer.Option(help="CSV of accidents.")] = None,
    kato: Annotated[Optionally, typer.Option(help="CSV of the KATO classifier.")] = None,
) -> None:
    """Import a city; each rejected row and its reason goes to rejected.csv."""
    from sergek.planning.city.importing import Tables, import_city
    from sergek.planning.city.rejects import Rejects
    from sergek.planning.city.store import save_city

    rejects = Rejects()
    tables = Tables(blocks, stations, schools, accidents, kato)
    city = import_city(osm, name or osm.name.split(".")[0], kato_code, people, tables, rejects)
    save_city(city, out)
    rejects.write(out / "rejected.csv")
    roads = city.roads
    typer.echo(
        f"{city.name}: {roads.segments} street segments ({roads.length_m.sum() / 1000:.1f} km), "
        f"{len(city.blocks)} blocks, {city.population} residents, {len(city.stations)} stations, "
        f"{len(city.schools)} schools, {len(city.accidents)} accidents, EPSG:{city.projection.epsg}"
    )
    for line in rejects.summary():
        typer.echo(f"  rejected {line}")
    typer.echo(f"  {out / 'rejected.csv'}")


@make_app.command("taraz")
def make_taraz(
    out: Out,
    seed: Annotated[int, typer.Option(help="Another seed makes another city.")] = 2022,
    replace: Annotated[bool, typer.Option(help="Overwrite an existing city folder.")] = False,
) -> None:
    """The synthetic Taraz: 418,368 people, 30 stations, 138 precincts, 48 destroyed complexes."""
    from sergek.planning.city.store import save_city
    from sergek.planning.city.synthetic import make_taraz as make

    if out.is_dir() and any(out.iterdir()):
        if not (out / "city.json").is_file() or not replace:
            raise ConfigError(f"{out} is not empty; name a new folder, or --replace a city folder")
        shutil.rmtree(out)
    city = make(seed)
    save_city(city, out)
    typer.echo(
        f"{city.label}: {len(city.blocks)} blocks, {city.population} residents, "
        f"{len(city.stations)} stations, {city.roads.segments} street segments → {out}"
    )


@city.command("show")
def show(city: Annotated[Path, typer.Argument(metavar="CITY")]) -> None:
    """What a city folder or extract holds."""
    from sergek.planning.city.importing import open_city

    known = open_city(city)
    roads = known.roads
    typer.echo(known.label)
    for source in known.sources:
        typer.echo(f"  {source}")
    typer.echo(
        f"  {roads.nodes} junctions, {roads.segments} segments, {len(known.blocks)} blocks, "
        f"{known.population} residents, {len(known.stations)} stations, "
        f"{len(known.accidents)} accidents, {len(known.complexes)} complexes"
    )


@city.command("kato")
def kato(
    classifier: Annotated[Path, typer.Argument(help="CSV of the classifier.")],
    words: Annotated[str, typer.Argument(help="A code of nine digits, or part of a name.")],
) -> None:
    """Look a place up in KATO: its code, both names, and the places around it."""
    from sergek.planning.city.kato import KatoRegister

    register = KatoRegister.read(classifier)
    found = [register.place(words)] if words.isdigit() else register.find(words)[:20]
    for place in found:
        around = " ← ".join(parent.name_ru for parent in register.parents(place.code))
        typer.echo(f"{place.code}  {place.level}  {place.name_kk} / {place.name_ru}  ← {around}")
