"""When and which way a vehicle crosses a line drawn on the picture, and in which lane it is."""

from collections.abc import Sequence
from typing import Literal

from sergek.core.camera import Lane
from sergek.core.geo import PixelLine, PixelPoint
from sergek.core.passage import Crossing

__all__ = ["LineWatch", "crossing_of", "lane_at"]

_Direction = Literal[1, -1]


def crossing_of(
    line: PixelLine, start: PixelPoint, end: PixelPoint
) -> tuple[float, _Direction] | None:
    """Where on the way from `start` to `end` (0 to 1) the line is met, and the direction.

    +1 is from the left to the right of somebody walking the line from (x1, y1) to (x2, y2). A
    point exactly on the line counts as right of it, so that a stop on the line is one crossing.
    None if the way stays on one side or passes beyond the line's ends.
    """
    before, after = line.side(*start), line.side(*end)
    if (before >= 0) == (after >= 0):
        return None
    share = before / (before - after)
    x = start[0] + (end[0] - start[0]) * share
    y = start[1] + (end[1] - start[1]) * share
    dx, dy = line.x2 - line.x1, line.y2 - line.y1
    along = ((x - line.x1) * dx + (y - line.y1) * dy) / (dx * dx + dy * dy)
    if not 0 <= along <= 1:
        return None
    return share, 1 if after >= 0 else -1


class LineWatch:
    """The lines of one camera, watched for the centres of its tracks.

    The moment is interpolated between two pictures, as if the centre moved evenly. A centre that
    trembles on a line is not counted back and forth: it must have been `least_px` away from the
    line since it last crossed before it can cross again.
    """

    def __init__(self, lines: Sequence[PixelLine], least_px: float = 4.0) -> None:
        self._lines = tuple(lines)
        self._least_px = least_px
        self._last: dict[int, tuple[PixelPoint, float]] = {}
        self._armed: dict[tuple[int, int], bool] = {}

    def moved(self, track_id: int, centre: PixelPoint, media_s: float) -> list[Crossing]:
        """The lines that the track's centre met since its last place, in order of time."""
        last = self._last.get(track_id)
        self._last[track_id] = (centre, media_s)
        if last is None:
            return []
        (start, start_s), found = last, []
        for number, line in enumerate(self._lines):
            key = (track_id, number)
            if abs(line.side(*start)) >= self._least_px:
                self._armed[key] = True
            met = crossing_of(line, start, centre)
            if met is None or not self._armed.get(key, True):
                continue
            self._armed[key] = False
            share, direction = met
            when = start_s + (media_s - start_s) * share
            found.append(Crossing(line=number, media_s=when, direction=direction))
        return sorted(found, key=lambda crossing: crossing.media_s)

    def forget(self, track_id: int) -> None:
        """The track is finished."""
        self._last.pop(track_id, None)
        for number in range(len(self._lines)):
            self._armed.pop((track_id, number), None)


def lane_at(lanes: Sequence[Lane], point: PixelPoint) -> int | None:
    """The number of the first lane whose polygon holds the point (even-odd rule), or None.

    Ask with the middle of the lower edge of the vehicle's box: that is where it stands.
    """
    x, y = point
    for lane in lanes:
        inside = False
        corners = lane.polygon
        for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        if inside:
            return lane.number
    return None
