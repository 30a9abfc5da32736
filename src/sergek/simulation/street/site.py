"""The site file that a surveyor would write for a scene, computed from its geometry.

Survey points, lanes, stop line and signal heads come from the scene; papers say that it is
rendered, so nothing in it can pass for a real complex.
"""

import numpy as np

from sergek.simulation.street.optics import Optics, optics_at
from sergek.simulation.street.scene import LaneSpec, Scene, SignalSpec

__all__ = ["site_toml"]

# Lenses hang so far above and below a head's middle, and a box reaches so far around one (m).
_LENS_M, _AROUND_M = 0.33, 0.15
_INTO_STREET_M = 0.17
_POINT_YS_M = (16.0, 20.0, 24.0, 28.0, 32.0, 36.0, 42.0, 50.0)


def site_toml(scene: Scene, limit_kmh: int = 60) -> str:
    """The file's text; the same scene gives the same text."""
    optics = optics_at(scene, 0.0)
    name = scene.name
    parts = [
        f'''# The site of the rendered {name}, computed from its scene (simulation/street/site.py).
[[site]]
id = "demo-{name}"
name = "Demo {name}"
place = {{ kk = "Тараз (үлгі)", ru = "Тараз (образец)", en = "Taraz (rendered)" }}
location = [71.3783, 42.8991]

[site.device]
name = "Sergek"
model = "open"
serial = "DEMO-{name.upper()}"

[[site.channels]]
camera_id = "{name}"
width = {optics.width}
height = {optics.height}

[[site.channels.surveys]]
valid_from = 2022-01-01
surveyed_by = "сахна файлы / файл сцены"
points = [
{_points(scene, optics)}
]
'''
    ]
    parts += [_lane(lane) for lane in scene.road.lanes]
    parts += [_stop_line(scene, signal) for signal in scene.signals]
    parts += [_head(name, signal, optics) for signal in scene.signals]
    parts.append(f"""[[site.limits]]
kmh = {limit_kmh}
basis = "ЖҚЕ: елді мекен / ПДД: населённый пункт"
valid_from = 2015-01-01

[[site.certificates]]
number = "DEMO"
issuer = "жоқ, үлгі / нет, образец"
valid_from = 2022-01-01
valid_until = 2032-01-01
""")
    return "\n".join(parts)


def _points(scene: Scene, optics: Optics) -> str:
    """Points on the lanes' edges and middles that the picture shows."""
    halves = [
        (lane.centre_x_m + side * lane.width_m / 2)
        for lane in scene.road.lanes
        for side in (-1, 0, 1)
    ]
    lines = []
    for x in sorted(set(halves)):
        for y in _POINT_YS_M:
            (px, py) = optics.project(np.array([x, y, 0.0]))
            if 10 < px < optics.width - 10 and 10 < py < optics.height - 10:
                lines.append(
                    f'  {{ name = "{x:g},{y:g}", pixel = [{px:.2f}, {py:.2f}], '
                    f"ground_m = [{x}, {y}] }},"
                )
    return "\n".join(lines)


def _lane(lane: LaneSpec) -> str:
    left, right = lane.centre_x_m - lane.width_m / 2, lane.centre_x_m + lane.width_m / 2
    heading = 0.0 if lane.direction == "receding" else 180.0
    return f'''[[site.lanes]]
number = {lane.number}
polygon_m = [[{left}, 0.0], [{right}, 0.0], [{right}, 90.0], [{left}, 90.0]]
heading_deg = {heading}
kind = "{lane.kind}"
valid_from = 2015-01-01
'''


def _stop_line(scene: Scene, signal: SignalSpec) -> str:
    """The painted line before the receding lanes that the signal rules."""
    ruled = [one for one in scene.road.lanes
             if one.number in signal.lanes and one.direction == "receding"]  # fmt: skip
    left = min(one.centre_x_m - one.width_m / 2 for one in ruled)
    right = max(one.centre_x_m + one.width_m / 2 for one in ruled)
    at = scene.road.stop_line_y_m
    return f'''[[site.lines]]
name = "stop"
kind = "stop"
points_m = [[{left}, {at}], [{right}, {at}]]
heads = ["{signal.id}"]
lanes = {sorted(one.number for one in ruled)}
valid_from = 2015-01-01
'''


def _head(camera: str, signal: SignalSpec, optics: Optics) -> str:
    x, y, z = signal.position_m
    lines = ["[[site.heads]]", f'name = "{signal.id}"', f'camera_id = "{camera}"']
    for lamp, up in (("red", _LENS_M), ("amber", 0.0), ("green", -_LENS_M)):
        corners = np.array([
            (x + side * _AROUND_M, y - _INTO_STREET_M, z + up + rise * _AROUND_M)
            for side in (-1, 1) for rise in (-1, 1)
        ])  # fmt: skip
        pixels = optics.project(corners)
        (x1, y1), (x2, y2) = pixels.min(0), pixels.max(0)
        lines.append(f"{lamp} = [{x1:.1f}, {y1:.1f}, {x2:.1f}, {y2:.1f}]")
    return "\n".join(lines) + "\n"
