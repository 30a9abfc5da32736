"""Maps and curves of the reports, drawn with matplotlib (no window, no network)."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.blocks import polygons
from sergek.planning.city.model import City
from sergek.planning.city.roads import RoadGraph

__all__ = ["draw_barriers", "draw_roads", "figure", "precinct_map", "save", "scale_bar"]

BARRIER_COLOURS = {"river": "#3a86c8", "rail": "#555555"}


def figure(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    """A figure with square-scaled axes side by side."""
    drawn = Figure(figsize=(width, height), dpi=140, layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.subplots(1, columns)
    for ax in np.atleast_1d(axes):
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        for side in ax.spines.values():
            side.set_visible(False)
    return drawn, axes


def save(drawn: Figure, path: Path) -> None:
    """Write the picture."""
    drawn.savefig(path)


def draw_roads(ax: Any, roads: RoadGraph, colour: str = "#c9ced6", width: float = 0.5) -> None:
    """All streets, thin; main ones thicker."""
    lines = [roads.shape_of(e) for e in range(roads.segments)]
    main = ("motorway", "trunk", "primary", "secondary")
    widths = [width * (2.2 if kind.startswith(main) else 1.0) for kind in roads.kind]
    ax.add_collection(LineCollection(lines, colors=colour, linewidths=widths, zorder=1))
    ax.autoscale_view()


def draw_barriers(ax: Any, city: City) -> None:
    """Rivers and railways."""
    for kind, line in city.barriers:
        at = np.array(line)
        x, y = city.projection.to_metres(at[:, 0], at[:, 1])
        style = "-" if kind == "river" else (0, (5, 2))
        colour = BARRIER_COLOURS.get(kind, "#555555")
        ax.plot(x, y, color=colour, linewidth=1.8, linestyle=style, zorder=4)


def scale_bar(ax: Any, metres: float = 1000.0) -> None:
    """A bar of known length at the lower left."""
    left, _ = ax.get_xlim()
    low, high = ax.get_ylim()
    y = low + 0.02 * (high - low)
    ax.plot([left, left + metres], [y, y], color="black", linewidth=2, zorder=9)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    ax.text(left, y + 0.01 * (high - low), words, fontsize=7, zorder=9)


def precinct_map(ax: Any, city: City, owner: IntArray, percent: FloatArray, title: str) -> Any:
    """Precincts coloured by their load in per cent of the mean; returns the colour scale."""
    shapes = polygons(city.blocks, city.projection)
    norm = mpl.colors.TwoSlopeNorm(100.0, 40.0, 200.0)
    patches = PatchCollection(
        [Polygon(np.array(shape.exterior.coords)) for shape in shapes],
        cmap="RdYlBu_r",
        norm=norm,
        linewidths=0.0,
        zorder=1,
    )
    patches.set_array(np.clip(percent[owner], 40, 200))
    patches.set_edgecolor("face")
    ax.add_collection(patches)
    borders: list[FloatArray] = []
    for k in np.unique(owner):
        outline = shapely.boundary(shapely.union_all(shapely.buffer(shapes[owner == k], 1.0)))
        borders += [np.array(part.coords) for part in shapely.get_parts(outline)]
    ax.add_collection(LineCollection(borders, colors="#222222", linewidths=0.6, zorder=3))
    draw_barriers(ax, city)
    if city.stations:
        at = np.array([station.at for station in city.stations])
        x, y = city.projection.to_metres(at[:, 0], at[:, 1])
        ax.scatter(x, y, s=16, marker="^", color="black", edgecolor="white", zorder=5)
    ax.set_title(title, fontsize=9)
    ax.autoscale_view()
    return patches
