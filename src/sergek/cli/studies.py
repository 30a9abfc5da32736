"""The studies of `sergek plan … CITY --out DIR`: each writes a report and prints its proofs."""

import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sergek.core.errors import ConfigError
from sergek.core.workload import AtWork, People, Quoted
from sergek.planning.proof import Progress, Proof, Watch

if TYPE_CHECKING:
    from sergek.planning.report.page import Report

__all__ = [
    "before_after",
    "hotspots",
    "on_terminal",
    "precincts",
    "siting",
    "staffing",
    "statements",
    "survey_route",
]

CityPath = Annotated[
    Path, typer.Argument(metavar="CITY", help="A city folder, or an OpenStreetMap extract.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder of the report.")]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", min=0.0, help="Seconds; the bound holds when time is up.")
]
Gap = Annotated[float, typer.Option("--gap", min=0.0, help="Stop once this close to the bound.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the report: kk, ru or en.")]


def on_terminal() -> Progress | None:
    """A progress line on stderr where a person watches; nothing in a pipe."""
    if not sys.stderr.isatty():
        return None

    def show(elapsed_s: float, value: float | None, bound: float | None) -> None:
        shown = ["–" if number is None else f"{number:,.6g}" for number in (value, bound)]
        gap = "" if not value or bound is None else f"  gap {abs(value - bound) / abs(value):.2%}"
        line = f"\r{elapsed_s:6.1f} s  best {shown[0]}  bound {shown[1]}{gap}    "
        print(line, end="", file=sys.stderr)

    return show


def finish(report: "Report") -> None:
    """Write the report; print each proof and the files."""
    files = report.write()
    if sys.stderr.isatty():
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr)
    if report.city.synthetic:
        typer.echo(report.word("synthetic"))
    for key, proof in report.proofs.items():
        typer.echo(f"{report.word(key)}: {sentence(proof)}")
    for path in files:
        typer.echo(f"  {path}")


def sentence(proof: Proof) -> str:
    """Value, bound and gap on one line."""
    verdict = "optimal" if proof.optimal else f"gap {proof.gap:.2%}"
    return (
        f"value {proof.value:,.6g}  bound {proof.bound:,.6g}  {verdict}  in {proof.seconds:.1f} s"
    )


def _day_of(on: str) -> dt.date:
    try:
        return dt.date.fromisoformat(on)
    except ValueError:
        raise ConfigError(f"--on {on} is not a day like 2022-02-01") from None


def statements(
    city: Annotated[Path | None, typer.Argument(metavar="[CITY]")] = None,
    stations: Annotated[int, typer.Option(help="Stations, as quoted.")] = 30,
    inspectors: Annotated[int, typer.Option(help="Inspectors, as quoted.")] = 138,
    assistants: Annotated[int, typer.Option(help="Assistants, as quoted.")] = 29,
    norm: Annotated[
        int | None, typer.Option(help="Norm, as quoted; else the one in force.")
    ] = None,
    load_ratio: Annotated[float, typer.Option(help="Actual load / norm, as quoted.")] = 2.0,
    residents: Annotated[int, typer.Option(help="Residents, if no CITY is given.")] = 418_368,
    on: Annotated[str, typer.Option(help="Day of the statement (for the norm).")] = "2022-02-01",
    as_json: Annotated[bool, typer.Option("--json")] = False,
    lang: Language = "ru",
) -> None:
    """Check whether quoted figures follow from each other (defaults: the article on Taraz)."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.report.page import label
    from sergek.planning.service.norms import norm_on, read_norms
    from sergek.planning.service.statements import check_statements

    label("value", lang)  # refuses an unknown language before anything is computed
    day = _day_of(on)
    in_force = norm_on(read_norms(), "city", day)
    limit = norm if norm is not None else in_force.residents
    quoted = Quoted(stations, inspectors, assistants, limit, load_ratio)
    people, at_work = People(residents, "2021-10", "census of October 2021"), AtWork()
    if city is not None:
        known = open_city(city)
        people = People(known.population, on, "; ".join(known.sources))
        at_work = AtWork(
            filled=sum(station.filled for station in known.stations) or None,
            present=sum(station.present for station in known.stations) or None,
            effective=sum(station.effective for station in known.stations) or None,
        )
    verdict = check_statements(quoted, people, at_work, in_force)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(verdict), ensure_ascii=False))
        return
    typer.echo(verdict.sentence[lang])
    for basis in verdict.bases:
        mark = "=" if basis.follows else "≠"
        typer.echo(
            f"  {basis.name}: {basis.persons:g} → {basis.load:,.0f}  ({basis.ratio:.0%})  {mark} "
            f"{load_ratio:g}×"
        )
    for reading in verdict.readings:
        typer.echo(f"  ? {reading.text[lang]}")


def precincts(
    city: CityPath,
    out: Out,
    time_limit: TimeLimit = 600.0,
    gap: Gap = 0.03,
    count: Annotated[int | None, typer.Option(help="Precincts; default as many as today.")] = None,
    minutes: Annotated[float, typer.Option(help="Travel time from a station.")] = 10.0,
    call_share: Annotated[float, typer.Option(help="Share of calls in the load.")] = 0.3,
    alternative: Annotated[bool, typer.Option(help="Also draw one anew.")] = True,
    lang: Language = "ru",
) -> None:
    """Draw precincts with a balanced load: map, bounds, moved residents."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.precincts.problem import from_city
    from sergek.planning.precincts.solve import draw_precincts
    from sergek.planning.report.page import Report
    from sergek.planning.report.precincts import report_precincts

    known = open_city(city)
    report = Report("precincts", known, lang, out)
    problem = from_city(known, count, call_share, minutes)
    share = 0.6 if alternative else 1.0
    proposal = draw_precincts(problem, Watch(time_limit * share, on_terminal()), gap)
    fresh = None
    if alternative:
        watch = Watch(time_limit * (1 - share), on_terminal())
        fresh = draw_precincts(problem, watch, gap, "fresh")
    report_precincts(report, problem, proposal, fresh)
    finish(report)


def staffing(
    city: CityPath,
    out: Out,
    posts: Annotated[int, typer.Option(help="New posts to give out.")] = 12,
    growth: Annotated[float, typer.Option(help="Growth of the population, 0.02 = 2 %.")] = 0.0,
    norm: Annotated[int | None, typer.Option(help="Residents per inspector.")] = None,
    on: Annotated[str, typer.Option(help="Day whose norm counts.")] = "2022-02-01",
    call_share: Annotated[float, typer.Option(help="Share of calls in the load.")] = 0.3,
    lang: Language = "ru",
) -> None:
    """Where new inspectors go, in which order, and what callers notice."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.report.page import Report
    from sergek.planning.report.staffing import report_staffing
    from sergek.planning.service.plan import plan_service

    known, day = open_city(city), _day_of(on)
    report = Report("staffing", known, lang, out)
    report_staffing(report, plan_service(known, posts, growth, norm, day, call_share))
    finish(report)


def siting(
    city: CityPath,
    out: Out,
    budget: Annotated[
        float | None, typer.Option(help="Million tenge; default half of what all cost.")
    ] = None,
    months: Annotated[int, typer.Option(min=1, help="Months to put them back.")] = 12,
    risk: Annotated[float, typer.Option(help="Weight of accidents against traffic.")] = 0.5,
    time_limit: TimeLimit = 120.0,
    gap: Gap = 0.0,
    lang: Language = "ru",
) -> None:
    """Which camera complexes return, when, and what the money brings."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.report.page import Report
    from sergek.planning.report.siting import report_siting
    from sergek.planning.siting.plan import plan_siting

    known = open_city(city)
    report = Report("siting", known, lang, out)
    plan = plan_siting(known, budget, risk, months, time_limit, on_terminal(), gap=gap)
    report_siting(report, plan)
    finish(report)


def survey_route(
    city: CityPath,
    out: Out,
    crews: Annotated[int, typer.Option(min=1, help="Crews.")] = 1,
    days: Annotated[int, typer.Option(min=1, help="Days.")] = 1,
    one_way: Annotated[bool, typer.Option(help="Obey one-way signs.")] = False,
    yard: Annotated[str | None, typer.Option(help="Start, as LNG,LAT.")] = None,
    kinds: Annotated[str | None, typer.Option(help="Only these, as primary,secondary.")] = None,
    time_limit: TimeLimit = 55.0,
    gap: Gap = 0.015,
    lang: Language = "ru",
) -> None:
    """The shortest closed walk that drives every street, shared by crews and days."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.report.page import Report
    from sergek.planning.report.roads import report_survey
    from sergek.planning.survey.plan import plan_survey

    known = open_city(city)
    report = Report("survey", known, lang, out)
    watch = Watch(time_limit, on_terminal())
    at: tuple[float, float] | None = None
    if yard is not None:
        try:
            lng, lat = (float(part) for part in yard.split(","))
        except ValueError:
            raise ConfigError(f"--yard {yard} is not LNG,LAT such as 71.378,42.899") from None
        at = (lng, lat)
    wanted = tuple(kinds.split(",")) if kinds else ()
    plan = plan_survey(known, watch, crews * days, one_way, at, wanted, gap)
    report_survey(report, plan.roads, plan.walk, plan.routes, plan.longest, list(plan.left_out))
    finish(report)


def hotspots(
    city: CityPath,
    out: Out,
    definitions: Annotated[Path | None, typer.Option(help="TOML with other definitions.")] = None,
    throws: Annotated[int, typer.Option(min=19, help="Throws against chance.")] = 199,
    time_limit: TimeLimit = 120.0,
    lang: Language = "ru",
) -> None:
    """Where accidents gather by the definition, and whether chance would do the same."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.hotspots.definition import read_definitions
    from sergek.planning.hotspots.find import find_hotspots
    from sergek.planning.report.page import Report
    from sergek.planning.report.roads import report_hotspots

    known = open_city(city)
    report = Report("hotspots", known, lang, out)
    every, breaks = read_definitions(definitions)
    definition = max(every, key=lambda one: one.since)
    watch = Watch(time_limit, on_terminal())
    found = find_hotspots(known, definition, breaks, watch, throws)
    report_hotspots(report, found, definition)
    finish(report)


def before_after(
    city: CityPath,
    places: Annotated[Path, typer.Option(help="CSV of the treated places: lng,lat.")],
    on: Annotated[str, typer.Option(help="Day of the measure, as 2023-01-01.")],
    years: Annotated[float, typer.Option(help="Years compared on each side of it.")] = 1.0,
    radius: Annotated[float, typer.Option(help="Metres around a place.")] = 100.0,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Did a measure help? Accidents before and after it, regression to the mean taken out."""
    from sergek.planning.city.importing import open_city
    from sergek.planning.hotspots.definition import read_definitions
    from sergek.planning.hotspots.treated import read_places, treated_effect

    day = _day_of(on)
    _, breaks = read_definitions()
    found = treated_effect(open_city(city), read_places(places), day, years, breaks, radius)
    effect = found.effect
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
        return
    typer.echo(
        f"{len(found.before)} places, {found.reference} like ones: {sum(found.before)} accidents "
        f"before, {effect.observed} after, {effect.expected:.1f} expected without the measure"
    )
    verdict = "fewer" if effect.high < 1 else "more" if effect.low > 1 else "no clear change"
    typer.echo(
        f"ratio {effect.ratio:.2f} (95 %: {effect.low:.2f}…{effect.high:.2f}): {verdict}; "
        f"after/before alone would say {effect.naive:.2f}"
    )
    for warning in effect.warnings:
        typer.echo(f"  ! {warning}")
