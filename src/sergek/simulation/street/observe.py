"""The exact truth of every picture, from geometry alone: boxes, corners, shares, lamps, events.

Boxes are the projection of every vertex of a body, cut at the picture's border. Visible shares
count cells of a half-size ordering of silhouettes (convex slices, nearest in front); street
furniture hides nothing in them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.bodies import all_points
from sergek.simulation.street.fleet import Mover
from sergek.simulation.street.motion import lamp_at
from sergek.simulation.street.optics import Optics, optics_at
from sergek.simulation.street.scene import Scene
from sergek.simulation.street.shapes import Vehicle
from sergek.simulation.street.specs import CLASS_OF
from sergek.simulation.truth import (
    Row4,
    TruthEvent,
    TruthFrame,
    TruthHeader,
    TruthPlate,
    TruthVehicle,
)

__all__ = ["body_pose", "events_of", "frame_truth", "header_of", "lamps_of"]

Floats = NDArray[np.float64]
_NEAR_M = 0.6
_LEAST_PX = 8.0
_FARTHEST_M = 190.0


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    mover: Mover
    pose: Floats
    box: tuple[float, float, float, float]
    depth_m: float
    slices: list[NDArray[np.int32]]


def body_pose(mover: Mover, media_s: float) -> Floats:
    """The 4 × 4 pose of a body's middle: its front bumper is on the path, its nose ahead."""
    front = mover.path.position(media_s)
    turn = np.radians(mover.path.heading_deg(media_s))
    ahead = np.array([np.sin(turn), np.cos(turn)])
    pose = np.eye(4)
    pose[:2, 0] = ahead
    pose[:2, 1] = (-ahead[1], ahead[0])
    pose[:2, 3] = front - ahead * mover.body.length_m / 2
    return pose


def _placed(pose: Floats, points: Floats) -> Floats:
    result: Floats = points @ pose[:3, :3].T + pose[:3, 3]
    return result


def _sighting(mover: Mover, media_s: float, optics: Optics) -> _Sighting | None:
    pose = body_pose(mover, media_s)
    if not -30 < pose[1, 3] < _FARTHEST_M:
        return None
    points = _placed(pose, all_points(mover.body))
    depth = optics.depth_m(points)
    seen = depth > _NEAR_M
    if not seen.any():
        return None
    pixels = optics.project(points[seen])
    x1, y1 = np.maximum(pixels.min(0), 0)
    x2, y2 = np.minimum(pixels.max(0), (optics.width, optics.height))
    if x2 - x1 < _LEAST_PX or y2 - y1 < _LEAST_PX:
        return None
    return _Sighting(
        mover, pose, (float(x1), float(y1), float(x2), float(y2)), float(depth[seen].min()),
        _slices(mover.body, pose, optics),
    )  # fmt: skip


def _slices(body: Vehicle, pose: Floats, optics: Optics) -> list[NDArray[np.int32]]:
    """Outlines of the convex pieces on the half-size picture, in 1/16 of its pixels."""
    outlines = []
    for hull in body.hulls:
        placed = _placed(pose, hull)
        placed = placed[optics.depth_m(placed) > _NEAR_M]
        if len(placed) >= 3:
            pixels = np.clip(optics.project(placed) / 2, -3000, 6000)
            outline = cv2.convexHull(pixels.astype(np.float32))[:, 0]
            outlines.append(np.round(outline * 16).astype(np.int32))
    return outlines


def lamps_of(scene: Scene, media_s: float) -> dict[str, str]:
    """What each signal shows."""
    return {s.id: lamp_at(s.phases, s.offset_s, media_s).phase for s in scene.signals}


def frame_truth(scene: Scene, fleet: tuple[Mover, ...], index: int) -> TruthFrame:
    """Everything true of one picture (its moment is the middle of the exposure)."""
    media_s = index / scene.video.fps
    optics = optics_at(scene, media_s)
    found = [_sighting(m, media_s, optics) for m in fleet]
    sightings = sorted((s for s in found if s is not None), key=lambda s: -s.depth_m)
    order = np.zeros((optics.height // 2, optics.width // 2), np.int32)
    whole = np.zeros(len(sightings))
    for number, one in enumerate(sightings, 1):
        alone = np.zeros_like(order, np.uint8)
        for outline in one.slices:
            cv2.fillConvexPoly(order, outline, number, cv2.LINE_8, 4)
            cv2.fillConvexPoly(alone, outline, 1, cv2.LINE_8, 4)
        whole[number - 1] = max(1, int(np.count_nonzero(alone)))
    counts = np.bincount(order.ravel(), minlength=len(sightings) + 1)
    vehicles = [
        _vehicle_truth(one, media_s, optics, order, number, counts[number] / whole[number - 1])
        for number, one in enumerate(sightings, 1)
    ]
    vehicles.sort(key=lambda v: v.vehicle_id)
    bumped = any(b.at_s <= media_s for b in scene.camera.bumps)
    return TruthFrame(
        index=index,
        media_s=round(media_s, 6),
        lamps=lamps_of(scene, media_s),
        vehicles=tuple(vehicles),
        projection=_rows(optics) if bumped else None,
    )


def _vehicle_truth(
    one: _Sighting, media_s: float, optics: Optics, order: NDArray[np.int32], number: int,
    share: float,
) -> TruthVehicle:  # fmt: skip
    mover = one.mover
    front = mover.path.position(media_s)
    plates = [
        _plate_truth(mover, one.pose, spot.corners, optics, order, number)
        for spot in mover.body.plates
    ]
    return TruthVehicle(
        vehicle_id=mover.vehicle_id,
        vehicle_class=CLASS_OF[mover.body.kind],
        colour=mover.colour,
        box=tuple(round(v, 2) for v in one.box),
        visible_share=round(min(1.0, float(share)), 3),
        position_m=(round(float(front[0]), 4), round(float(front[1]), 4)),
        heading_deg=round(mover.path.heading_deg(media_s), 3),
        speed_kmh=round(float(mover.path.speed_ms(media_s)) * 3.6, 4),
        lane=mover.lane_at(media_s),
        plates=tuple(p for p in plates if p is not None),
    )


def _plate_truth(
    mover: Mover, pose: Floats, local: Floats, optics: Optics, order: NDArray[np.int32], number: int
) -> TruthPlate | None:
    """The plate, if its face looks at the camera and part of it is on the picture."""
    corners = _placed(pose, local)
    face = np.cross(corners[1] - corners[0], corners[3] - corners[0])
    if np.dot(face, optics.position_m - corners.mean(0)) > 0 or (
        optics.depth_m(corners).min() < _NEAR_M
    ):
        return None
    pixels = optics.project(corners)
    share = _plate_share(pixels, order, number)
    if share is None:
        return None
    return TruthPlate(
        text=mover.text,
        layout=mover.layout,
        corners=tuple((round(float(x), 3), round(float(y), 3)) for x, y in pixels),
        visible_share=share,
        height_m=round(float(corners[:, 2].mean()), 4),
    )


def _plate_share(pixels: Floats, order: NDArray[np.int32], number: int) -> float | None:
    """Share of a grid of points on the plate that the picture holds and no nearer body hides."""
    u, v = np.meshgrid((np.arange(9) + 0.5) / 9, (np.arange(5) + 0.5) / 5)
    a, b, c, d = pixels
    grid = (
        a * ((1 - u) * (1 - v))[..., None]
        + b * (u * (1 - v))[..., None]
        + c * (u * v)[..., None]
        + d * ((1 - u) * v)[..., None]
    ).reshape(-1, 2)
    high, wide = order.shape
    cells = np.floor(grid / 2).astype(int)
    inside = (cells >= 0).all(1) & (cells[:, 0] < wide) & (cells[:, 1] < high)
    if not inside.any():
        return None
    held = cells[inside]
    # Larger numbers are nearer: only they can hide it.
    free = order[held[:, 1], held[:, 0]] <= number
    return round(float(np.count_nonzero(free)) / len(grid), 3)


def _rows(optics: Optics) -> tuple[Row4, Row4, Row4]:
    a, b, c = ((float(r[0]), float(r[1]), float(r[2]), float(r[3])) for r in optics.projection)
    return a, b, c


def header_of(scene: Scene, renderer: str) -> TruthHeader:
    """The clip's header."""
    optics = optics_at(scene, -1.0)
    edges = sorted(
        {
            round(lane.centre_x_m + s * lane.width_m / 2, 3)
            for lane in scene.road.lanes
            for s in (-1, 1)
        }
    )
    return TruthHeader(
        scene=scene.name,
        seed=scene.seed,
        renderer=renderer,
        width=scene.video.width,
        height=scene.video.height,
        fps=scene.video.fps,
        frames=scene.frames,
        projection=_rows(optics),
        camera_position_m=scene.camera.position_m,
        stop_line_y_m=scene.road.stop_line_y_m,
        lane_edges_x_m=tuple(edges),
        clock_offset_s=scene.clock_offset_s,
    )


def events_of(scene: Scene, fleet: tuple[Mover, ...]) -> list[TruthEvent]:
    """What happened in the clip, in order of time: stop line, solid line, lane changes."""
    events: list[TruthEvent] = []
    for mover in fleet:
        events += _stop_line(scene, mover)
        events += _lane_change(scene, mover)
    return sorted(events, key=lambda e: (e.media_s, e.vehicle_id or 0))


def _stop_line(scene: Scene, mover: Mover) -> Iterator[TruthEvent]:
    line = scene.road.stop_line_y_m
    signal = next((s for s in scene.signals if mover.lane in s.lanes), None)
    if line is None or signal is None:
        return
    moment = mover.path.reaches(line, scene.video.seconds)
    if moment is None:
        return
    lamp = lamp_at(signal.phases, signal.offset_s, moment)
    yield TruthEvent(
        name="stop_line_crossed",
        media_s=round(moment, 4),
        vehicle_id=mover.vehicle_id,
        facts={
            "signal": signal.id,
            "lamp": lamp.phase,
            "lamp_for_s": round(moment - lamp.since_s, 4),
            "on_red": lamp.phase in ("red", "red_yellow"),
            "lane": mover.lane_at(moment),
            "speed_kmh": round(float(mover.path.speed_ms(moment)) * 3.6, 3),
            "plate": mover.text,
        },
    )


def _lane_change(scene: Scene, mover: Mover) -> Iterator[TruthEvent]:
    if mover.to_lane is None:
        return
    middle = mover.path.change_from_s + mover.path.change_takes_s / 2
    if not 0 <= middle <= scene.video.seconds:
        return
    y = float(mover.path.position(middle)[1])
    low, high = scene.road.solid_from_y_m, scene.road.stop_line_y_m
    solid = low is not None and low <= y <= (high if high is not None else scene.road.length_m)
    yield TruthEvent(
        name="lane_changed",
        media_s=round(middle, 4),
        vehicle_id=mover.vehicle_id,
        facts={
            "from": mover.lane,
            "to": mover.to_lane,
            "over_solid": solid,
            "plate": mover.text,
        },
    )
