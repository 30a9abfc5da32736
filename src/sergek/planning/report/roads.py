"""The reports on streets: survey routes and hot spots."""

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection

from sergek.planning.arrays import FloatArray
from sergek.planning.city.model import City
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.store import point
from sergek.planning.hotspots.definition import Definition
from sergek.planning.hotspots.find import HotSpots
from sergek.planning.proof import Proof
from sergek.planning.report.maps import draw_barriers, draw_roads, figure, save, scale_bar
from sergek.planning.report.page import Report, number
from sergek.planning.survey.crews import CrewRoute
from sergek.planning.survey.postman import Traversals

__all__ = ["report_hotspots", "report_survey"]

CREW_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b")


def report_survey(
    report: Report,
    roads: RoadGraph,
    walk: Traversals,
    routes: list[CrewRoute],
    longest: Proof,
    left_out: list[str],
) -> None:
    """Fill the report on the survey's routes."""
    report.prove("total_length", walk.proof)
    report.prove("route_length", longest)
    report.text(*left_out)
    draw_routes(report, roads, routes)
    report.table(
        [report.word("crew"), "km", report.word("wrong_turns")],
        [
            [k + 1, f"{route.length_m / 1000:.2f}", route.wrong_turns]
            for k, route in enumerate(routes)
        ],
    )
    report.body["left_out"] = left_out
    report.body["streets_m"] = round(float(roads.length_m.sum()), 1)
    report.body["routes"] = [
        {
            "length_m": round(route.length_m, 1),
            "drives": len(route.segment),
            "wrong_turns": route.wrong_turns,
        }
        for route in routes
    ]
    report.geojson(
        "routes", [route_feature(report.city, roads, r, k) for k, r in enumerate(routes)]
    )


def route_line(roads: RoadGraph, route: CrewRoute) -> FloatArray:
    """The route as one line (m), in driving order."""
    parts = []
    for e, start in zip(route.segment, route.start, strict=True):
        shape = roads.shape_of(int(e))
        parts.append(shape if start == roads.tail[e] else shape[::-1])
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def route_feature(city: City, roads: RoadGraph, route: CrewRoute, crew: int) -> dict[str, Any]:
    """The route as GeoJSON."""
    line = route_line(roads, route)
    lng, lat = city.projection.to_degrees(line[:, 0], line[:, 1])
    coordinates = np.round(np.column_stack([lng, lat]), 7).tolist()
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": {"crew": crew + 1, "length_m": round(route.length_m, 1)},
    }


def draw_routes(report: Report, roads: RoadGraph, routes: list[CrewRoute]) -> None:
    """Each crew's streets in its colour, thicker where driven more than once; the yard a star."""
    drawn, ax = figure(8, 8)
    draw_roads(ax, report.city.roads, "#e3e6ea", 1.0)
    for k, route in enumerate(routes):
        colour = CREW_COLOURS[k % len(CREW_COLOURS)]
        segments, times = np.unique(route.segment, return_counts=True)
        lines = [roads.shape_of(int(e)) for e in segments]
        widths = (0.9 + 0.9 * (times - 1)).tolist()
        ax.add_collection(LineCollection(lines, colors=colour, linewidths=widths, zorder=3))
        ax.plot(
            [],
            [],
            color=colour,
            label=f"{report.word('crew')} {k + 1}: {route.length_m / 1000:.1f} km",
        )
    yard = int(routes[0].start[0])
    ax.scatter(roads.x_m[yard], roads.y_m[yard], s=140, marker="*", color="black", zorder=8)
    ax.legend(fontsize=8, loc="lower right")
    ax.set_title(report.word("survey"), fontsize=10)
    scale_bar(ax, 500.0)
    save(drawn, report.picture("survey-route"))


def report_hotspots(report: Report, found: HotSpots, definition: Definition) -> None:
    """Fill the report on hot spots."""
    report.text(definition.source, *found.notes)
    draw_spots(report, found)
    head = ("accidents", "street", "rule", "p_value")
    report.table(
        ["№", *(report.word(key) for key in head), ""],
        [
            [
                k + 1,
                len(spot.accidents),
                spot.street,
                spot.rule,
                f"{spot.p_value:.3f}",
                f"{spot.first} – {spot.last}{' ⚠ 2024' if spot.crosses_break else ''}",
            ]
            for k, spot in enumerate(found.spots)
        ],
    )
    features = []
    for k, spot in enumerate(found.spots):
        lng, lat = report.city.projection.to_degrees(np.array([spot.x_m]), np.array([spot.y_m]))
        record = {
            "number": k + 1,
            "accidents": len(spot.accidents),
            "street": spot.street,
            "rule": spot.rule,
            "p_value": spot.p_value,
            "first": spot.first.isoformat(),
            "last": spot.last.isoformat(),
            "crosses_break": spot.crosses_break,
        }
        features.append(point((float(lng[0]), float(lat[0])), record))
    report.body |= {
        "definition": definition.name,
        "definition_source": definition.source,
        "throws": found.throws,
        "notes": list(found.notes),
        "left_out": [list(row) for row in found.left_out],
        "spots": [feature["properties"] for feature in features],
    }
    report.geojson("hotspots", features)


def draw_spots(report: Report, found: HotSpots) -> None:
    """All accidents as dots; spots sized by their accidents, red where beyond chance."""
    city = report.city
    drawn, ax = figure(8.5, 8)
    draw_roads(ax, city.roads)
    draw_barriers(ax, city)
    at = np.array([accident.at for accident in city.accidents])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    ax.scatter(x, y, s=2, color="#777777", zorder=4, linewidths=0)
    for beyond, colour in ((False, "#f2a33a"), (True, "#b00020")):
        mine = [spot for spot in found.spots if (spot.p_value <= 0.05) == beyond]
        words = "p ≤ 0.05" if beyond else "p > 0.05"
        ax.scatter(
            [spot.x_m for spot in mine],
            [spot.y_m for spot in mine],
            s=[14 * len(spot.accidents) for spot in mine],
            color=colour,
            alpha=0.6,
            edgecolor="black",
            linewidth=0.5,
            zorder=6,
            label=f"{words}: {len(mine)}",
        )
    for k, spot in enumerate(found.spots[:15]):
        ax.annotate(
            str(k + 1), (spot.x_m, spot.y_m), fontsize=7, ha="center", va="center", zorder=7
        )
    ax.legend(fontsize=8, loc="upper right")
    ax.set_title(
        f"{report.word('hotspots')}: {len(found.spots)} ({number(len(city.accidents))} "
        f"{report.word('accidents')})",
        fontsize=10,
    )
    scale_bar(ax)
    save(drawn, report.picture("hotspots"))
