"""The studies that the operations centre asks for, as results that cross a process."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from sergek.core import studies as plans
from sergek.core.errors import ConfigError
from sergek.core.plans import StudyKind
from sergek.core.road import SurveyInputs
from sergek.planning.city.model import City
from sergek.planning.desk import CityDesk, proved, shown
from sergek.planning.hotspots.definition import Break, Definition, read_definitions
from sergek.planning.hotspots.effect import before_after
from sergek.planning.hotspots.find import HotSpots, find_hotspots
from sergek.planning.hotspots.network import snap
from sergek.planning.precincts.problem import from_city as districting
from sergek.planning.precincts.solve import draw_precincts
from sergek.planning.proof import Progress, Watch
from sergek.planning.report.page import LANGUAGES, Report
from sergek.planning.report.precincts import report_precincts
from sergek.planning.report.roads import report_hotspots
from sergek.planning.report.siting import report_siting
from sergek.planning.report.staffing import report_staffing
from sergek.planning.service.plan import plan_service
from sergek.planning.siting.plan import plan_siting
from sergek.planning.siting.solve import explain
from sergek.planning.surveying import survey_routes

__all__ = ["run_study"]

_CURVE_POINTS = 24


def run_study(
    kind: StudyKind, inputs: Mapping[str, Any], city: City, out: Path, tell: Progress
) -> dict[str, Any]:
    """Run one study; its result as JSON, `LANGUAGE/report.pdf` and pictures under `out`."""
    if kind == "siting":
        result: BaseModel = _siting(plans.SitingInputs.model_validate(inputs), city, out, tell)
    elif kind == "hotspots":
        result = _hotspots(plans.HotSpotInputs.model_validate(inputs), city, out, tell)
    elif kind == "staffing":
        result = _staffing(plans.StaffingInputs.model_validate(inputs), city, out)
    elif kind == "survey_route":
        result = survey_routes(SurveyInputs.model_validate(inputs), city, out, tell)
    else:
        result = _division(plans.DivisionInputs.model_validate(inputs), city, out, tell)
    return result.model_dump(mode="json")


def _reports(kind: str, city: City, out: Path, fill: Callable[[Report], None]) -> None:
    """The same report in each language."""
    for language in LANGUAGES:
        report = Report(kind, city, language, out / language)
        fill(report)
        report.write()


def _siting(inputs: plans.SitingInputs, city: City, out: Path, tell: Progress) -> plans.SitingPlan:
    plan = plan_siting(
        city,
        inputs.budget_mln,
        inputs.risk_share,
        inputs.months,
        inputs.time_limit_s,
        tell,
        curve_points=_CURVE_POINTS,
    )
    _reports("siting", city, out, lambda report: report_siting(report, plan))
    chosen, ids = plan.choice.chosen, np.array(plan.problem.ids)
    candidates = [one for one in city.complexes if one.state != "standing"]
    return plans.SitingPlan(
        city=city.name,
        synthetic=city.synthetic,
        budget_kzt_k=plan.budget,
        cost_kzt_k=plan.choice.cost,
        all_cost_kzt_k=float(plan.problem.cost.sum()),
        proof=proved(plan.choice.proof),
        months_proof=proved(plan.months_proof),
        complexes=tuple(
            plans.Complex(
                id=one.id,
                kind=one.kind,
                lng=one.at[0],
                lat=one.at[1],
                channels=one.channels,
                cost_kzt_k=one.cost_kzt_k,
                power=one.power,
                fibre=one.fibre,
                must=one.must,
                chosen=bool(chosen[k]),
                month=int(plan.when[k]) + 1 if chosen[k] else None,
                points=round(float(plan.points[k]), 4),
                why=explain(plan.problem, k, bool(chosen[k]), float(plan.points[k])),
            )
            for k, one in enumerate(candidates)
        ),
        standing=tuple(one.at for one in city.complexes if one.state == "standing"),
        curve=tuple(
            plans.CurvePoint(
                budget_kzt_k=budget,
                value=best.proof.value,
                bound=best.proof.bound,
                chosen=tuple(ids[best.chosen].tolist()),
            )
            for budget, best in plan.curve
        ),
        sensitivity=tuple(
            plans.Sensitivity(risk_share=s, value=v, in_common=c) for s, v, c in plan.sensitivity
        ),
    )


def _hotspots(
    inputs: plans.HotSpotInputs, city: City, out: Path, tell: Progress
) -> plans.HotSpotPlan:
    every, breaks = read_definitions()
    definition = max(every, key=lambda one: one.since)
    found = find_hotspots(city, definition, breaks, Watch(600.0, tell), inputs.throws)
    _reports("hotspots", city, out, lambda report: report_hotspots(report, found, definition))
    return plans.HotSpotPlan(
        city=city.name,
        synthetic=city.synthetic,
        definition=definition.name,
        definition_source=definition.source,
        same_kind=definition.same_kind,
        any_kind=definition.any_kind,
        months=definition.months,
        length_m=definition.length_m,
        injured_only=definition.injured_only,
        throws=found.throws,
        accidents=len(city.accidents),
        by_year=_by_year([accident.on for accident in city.accidents]),
        notes=found.notes,
        left_out=len(found.left_out),
        spots=_spots(city, found),
        regression=_regression(city, definition, breaks),
    )


def _by_year(days: list[dt.date]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for day in sorted(days):
        counts[str(day.year)] = counts.get(str(day.year), 0) + 1
    return counts


def _spots(city: City, found: HotSpots) -> tuple[plans.HotSpot, ...]:
    shown = []
    for k, spot in enumerate(found.spots):
        lng, lat = city.projection.to_degrees(np.array([spot.x_m]), np.array([spot.y_m]))
        shown.append(
            plans.HotSpot(
                number=k + 1,
                lng=round(float(lng[0]), 6),
                lat=round(float(lat[0]), 6),
                street=spot.street,
                accidents=len(spot.accidents),
                rule=spot.rule,
                first=spot.first.isoformat(),
                last=spot.last.isoformat(),
                p_value=spot.p_value,
                crosses_break=spot.crosses_break,
                by_year=_by_year([city.accidents[i].on for i in spot.accidents]),
            )
        )
    return tuple(shown)


def _regression(
    city: City, definition: Definition, breaks: tuple[Break, ...]
) -> plans.Effect | None:
    """The worst segments of the first half against the second, although nothing was done there.

    What falls is regression to the mean: the page shows it beside any claim of success. None
    where the accidents are too few to say.
    """
    years = sorted({accident.on.year for accident in city.accidents})
    if len(years) < 2:
        return None
    at = np.array([accident.at for accident in city.accidents])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    segment = snap(city.roads, x, y).segment
    year = np.array([accident.on.year for accident in city.accidents])
    half = years[len(years) // 2]
    first = np.bincount(segment[year < half], minlength=city.roads.segments)
    second = np.bincount(segment[year >= half], minlength=city.roads.segments)
    worst = first >= definition.any_kind
    rest = ~worst & (city.roads.flow_per_day > np.median(city.roads.flow_per_day))
    period = (dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31))
    spans = float(half - years[0]), float(years[-1] + 1 - half)
    every = worst | rest
    try:
        effect = before_after(
            first[worst].tolist(),
            second[worst].tolist(),
            first[every].tolist(),
            second[every].tolist(),
            *spans,
            breaks,
            period,
        )
    except ConfigError:
        return None
    return plans.Effect(sites=int(worst.sum()), before=int(first[worst].sum()), **asdict(effect))


def _staffing(inputs: plans.StaffingInputs, city: City, out: Path) -> plans.StaffingPlan:
    today = dt.date.today()  # noqa: DTZ011 – a norm is in force by calendar day
    found = plan_service(city, inputs.posts, inputs.growth, inputs.norm, today, inputs.call_share)
    _reports("staffing", city, out, lambda report: report_staffing(report, found))
    plan, areas = found.staffing, found.areas
    names = [station.id for station in city.stations]
    return plans.StaffingPlan(
        city=city.name,
        synthetic=city.synthetic,
        norm=found.norm,
        norm_met_at=plan.norm_met_at,
        posts_for_norm=sum(plan.needed),
        proof=proved(plan.proof),
        stations=tuple(
            plans.StationPosts(
                station=station.id,
                name=station.name,
                lng=station.at[0],
                lat=station.at[1],
                load=areas.loads[k],
                working_share=areas.working_share[k],
                posts=station.posts,
                planned=plan.posts[k],
                needed=plan.needed[k],
            )
            for k, station in enumerate(city.stations)
        ),
        hires=tuple(
            plans.Hire(
                turn=hire.turn, station=names[hire.station], before=hire.before, after=hire.after
            )
            for hire in plan.hires
        ),
        before=shown(found.before),
        after=shown(found.after),
    )


def _division(
    inputs: plans.DivisionInputs, city: City, out: Path, tell: Progress
) -> plans.DivisionPlan:
    problem = districting(city, inputs.count, inputs.call_share, inputs.minutes)
    watch = Watch(inputs.time_limit_s, tell)
    division = draw_precincts(problem, watch, inputs.gap, inputs.start)
    _reports(
        "precincts", city, out, lambda report: report_precincts(report, problem, division, None)
    )
    desk = CityDesk(city, problem)
    owner = desk.names_of(division.owner)
    return plans.DivisionPlan(
        city=city.name,
        synthetic=city.synthetic,
        owner=owner,
        measures=desk.measure(owner),
        distance=proved(division.distance),
        moved=proved(division.moved),
    )
