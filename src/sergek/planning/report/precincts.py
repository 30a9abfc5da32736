"""The report on precincts: today, the proposal, an alternative, on one map with their bounds."""

from typing import Any

import numpy as np
import shapely

from sergek.planning.arrays import IntArray
from sergek.planning.city.blocks import polygons
from sergek.planning.city.model import City
from sergek.planning.precincts.problem import Districting
from sergek.planning.precincts.solve import Division
from sergek.planning.report.maps import figure, precinct_map, save, scale_bar
from sergek.planning.report.page import Report, number

__all__ = ["precinct_features", "report_precincts"]


def report_precincts(
    report: Report, problem: Districting, proposal: Division, fresh: Division | None
) -> None:
    """Fill the report."""
    report.prove("max_load", proposal.load)
    report.prove("distance", proposal.distance)
    report.prove("moved", proposal.moved)
    rows = [division_row(report, "proposal", problem, proposal.owner)]
    known = bool((problem.today >= 0).all())
    if known:
        rows.insert(0, division_row(report, "today", problem, problem.today))
    if fresh is not None:
        rows.append(division_row(report, "fresh", problem, fresh.owner))
    keys = ("max_load", "moved", "border")
    report.table(["", *(report.word(key) for key in keys)], rows)
    draw(report, problem, proposal, known)
    loads = problem.loads(proposal.owner)
    names = today_names(report.city, problem.count)
    report.body["precincts"] = [
        {
            "precinct": names[k],
            "load": round(float(loads[k]), 1),
            "residents": int(problem.residents[proposal.owner == k].sum()),
            "blocks": int((proposal.owner == k).sum()),
            "station": station_name(report.city, int(proposal.stations[k])),
        }
        for k in range(problem.count)
    ]
    report.geojson("precincts", precinct_features(report.city, problem, proposal))


def division_row(report: Report, key: str, problem: Districting, owner: IntArray) -> list[str]:
    """Name, largest load, moved residents, borders."""
    return [
        report.word(key),
        number(problem.max_load(owner)),
        number(problem.moved(owner)),
        f"{problem.cut_m(owner) / 1000:.0f}",
    ]


def station_name(city: City, station: int) -> str:
    """The station's id, '' for none."""
    return city.stations[station].id if station >= 0 else ""


def today_names(city: City, count: int) -> list[str]:
    """Names of precincts by number: today's, then new ones."""
    names = sorted({block.precinct for block in city.blocks if block.precinct})
    return [names[k] if k < len(names) else f"new {k + 1}" for k in range(count)]


def draw(report: Report, problem: Districting, proposal: Division, known: bool) -> None:
    """Before and after side by side."""
    mean = problem.load.sum() / problem.count
    drawn, axes = figure(12 if known else 7, 7, 2 if known else 1)
    sides: list[tuple[str, IntArray]] = [("proposal", proposal.owner)]
    if known:
        sides.insert(0, ("today", problem.today))
    colours: Any = None
    for ax, (key, owner) in zip(np.atleast_1d(axes), sides, strict=True):
        largest = problem.max_load(owner)
        title = f"{report.word(key)}: max {number(largest)} ({largest / mean:.0%})"
        percent = problem.loads(owner)[: problem.count] / mean * 100
        colours = precinct_map(ax, report.city, owner, percent, title)
        scale_bar(ax)
    drawn.colorbar(colours, ax=axes, shrink=0.6, label=report.word("of_mean"))
    save(drawn, report.picture("precincts"))


def precinct_features(city: City, problem: Districting, division: Division) -> list[dict[str, Any]]:
    """Each precinct as one GeoJSON area with its load and station."""
    shapes = polygons(city.blocks, city.projection)
    loads, names = problem.loads(division.owner), today_names(city, problem.count)
    features = []
    for k in range(problem.count):
        area = shapely.union_all(shapely.buffer(shapes[division.owner == k], 0.5))
        lnglat = shapely.transform(
            area, lambda points: np.column_stack(city.projection.to_degrees(*points.T))
        )
        features.append(
            {
                "type": "Feature",
                "geometry": shapely.geometry.mapping(lnglat),
                "properties": {
                    "precinct": names[k],
                    "load": round(float(loads[k]), 1),
                    "station": station_name(city, int(division.stations[k])),
                },
            }
        )
    return features
