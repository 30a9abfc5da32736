"""The public copy of a case: pictures and clip with everybody but the accused vehicle hidden.

People, every other vehicle (its plate with it) and the glass of the accused vehicle are coarsened
to blocks so large that nothing can be read from them. The clip is encoded anew, in VP9 by libvpx
(BSD licence), for players show no half-masked pictures and no hidden picture stays in the file.
What the detector did not find a person hides (`MoreMasks`), who looks before anything leaves.
"""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Literal

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.stream import VideoStream
from pydantic import ValidationError

from sergek.adapters.evidence.casefile import jpeg
from sergek.adapters.evidence.container import MANIFEST, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.package import Media, Sealed, public_copy
from sergek.adapters.evidence.trust import SigningKey
from sergek.core.errors import Corrupt
from sergek.core.frame import Image
from sergek.core.masks import MaskedBox, MaskPlan, MaskRow, MoreMasks

__all__ = ["public_package"]

Region = tuple[float, float, float, float]

_MOST_WIDTH_PX = 1280
_BLOCKS = 6
_ROOM = 0.08
_WINDOW_S, _OWN_S, _SAME_S = 1.0, 0.2, 0.06
# How far in time, and by what overlap, a box is taken for the accused vehicle's own; its motion is
# that of boxes so far apart.
_FOLLOWED_S, _SAME, _MOVED_S = 0.7, 0.5, 0.15
_GLASS = (0.04, 0.02, 0.96, 0.58)
_BITS_PER_S = 1_200_000
# Pictures that show nobody but the accused vehicle, and those that may show others.
Still = Literal["overview_before", "overview_after", "plate", "signal_strip"]
_ALONE: tuple[Still, ...] = ("plate", "signal_strip")
_OVERVIEWS: tuple[Still, ...] = ("overview_before", "overview_after")
_NO_MORE = MoreMasks()


def public_package(
    original: bytes, sha256: str, key: SigningKey, now: datetime, more: MoreMasks = _NO_MORE
) -> Sealed:
    """The sealed public copy; `Corrupt` if the package cannot be read.

    Of a package that does not say what to mask it holds only the pictures that show nobody else:
    plate and signal strip.
    """
    items = unpack(original)
    names = {item.role: item.name for item in Manifest.from_bytes(items[MANIFEST]).items}
    plan = _plan(items)
    shown: tuple[Still, ...] = _ALONE if plan is None else (*_OVERVIEWS, *_ALONE)
    rows = plan or MaskPlan(rows=())
    media = [
        Media(role, "image/jpeg", _still(items[names[role]], role, rows, more.boxes.get(role, ())))
        for role in shown
        if role in names
    ]
    if plan is not None and "clip.mp4" in items:
        clip = masked_clip(items["clip.mp4"], plan, more.boxes.get("clip", ()))
        media.append(Media("clip", "video/mp4", clip))
    return public_copy(Sealed(original, sha256), media, now, key)


def _plan(items: Mapping[str, bytes]) -> MaskPlan | None:
    text = items.get("masks.json")
    if text is None:
        return None
    try:
        return traced(MaskPlan.model_validate(json.loads(text)))
    except (ValidationError, ValueError):
        raise Corrupt("masks.json cannot be read") from None


def _still(data: bytes, role: str, plan: MaskPlan, more: Sequence[MaskedBox]) -> bytes:
    if role not in plan.stills and not more:
        return data
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise Corrupt(f"{role} is no picture that can be masked")
    image = np.asarray(picture, np.uint8)
    if role in plan.stills:
        image = masked(image, plan, plan.stills[role])
    return jpeg(hidden(image, _regions(more, image)), 88)


def _regions(boxes: Sequence[MaskedBox], picture: Image) -> list[Region]:
    high, wide = picture.shape[:2]
    return [(box.x1 * wide, box.y1 * high, box.x2 * wide, box.y2 * high) for box in boxes]


def masked(picture: Image, plan: MaskPlan, at_s: float, scale: float = 1.0) -> Image:
    """A copy as it may be shown: others hidden, then the accused vehicle shown again where they
    covered it, then people and its glass hidden."""
    rows = rows_at(plan, at_s)
    result = hidden(picture, [_roomy(box) for row in rows for box in row.others], scale)
    near = min(rows, key=lambda row: abs(row.at_s - at_s), default=None)
    if near is not None and near.own is not None and abs(near.at_s - at_s) <= _OWN_S:
        x1, y1, x2, y2 = _pixels(near.own, scale, picture)
        result[y1:y2, x1:x2] = picture[y1:y2, x1:x2]
    # At the moment itself where it was found then: of a wider span the glass would cover the plate.
    known = [row for row in rows if row.own is not None]
    spans = ([r for r in known if abs(r.at_s - at_s) <= span] for span in (_SAME_S, _OWN_S))
    nearest = next((some for some in spans if some), known)
    glass = [_glass(row.own) for row in nearest if row.own is not None]
    return hidden(result, [_roomy(box) for row in rows for box in row.persons] + glass, scale)


def traced(plan: MaskPlan) -> MaskPlan:
    """The plan with the accused vehicle found where it was not followed yet, or no longer.

    Before its track began, and after it ended, it stands among the others and would be hidden:
    it is the box there that lies where its motion puts it.
    """
    rows = _traced_on(list(reversed(plan.rows)))
    return plan.model_copy(update={"rows": tuple(_traced_on(list(reversed(rows))))})


def _traced_on(rows: list[MaskRow]) -> list[MaskRow]:
    """Forward in the order given; each row only from those before it that know the vehicle."""
    done: list[MaskRow] = []
    for row in rows:
        known = [each for each in done if each.own is not None]
        if row.own is None and known:
            last = known[-1]
            apart = [each for each in known if abs(last.at_s - each.at_s) >= _MOVED_S]
            row = _recognised(row, apart[-1], last) if apart else row
        done.append(row)
    return done


def _recognised(row: MaskRow, first: MaskRow, last: MaskRow) -> MaskRow:
    steps = (row.at_s - last.at_s) / (last.at_s - first.at_s)
    if first.own is None or last.own is None or abs(row.at_s - last.at_s) > _FOLLOWED_S:
        return row
    x1, y1, x2, y2 = (
        now + steps * (now - before) for before, now in zip(first.own, last.own, strict=True)
    )
    expected = (x1, y1, x2, y2)
    found = max(row.others, key=lambda box: _overlap(box, expected), default=None)
    if found is None or _overlap(found, expected) < _SAME:
        return row
    others = tuple(box for box in row.others if _overlap(box, found) < _SAME)
    return row.model_copy(update={"own": found, "others": others})


def _overlap(one: Region, other: Region) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / (areas - wide * high)


def rows_at(plan: MaskPlan, at_s: float) -> list[MaskRow]:
    """What was found within a second of a moment, and on the pictures before and after it.

    A second, because a detector misses a vehicle now and then that it saw just before.
    """
    before = [row for row in plan.rows if row.at_s <= at_s]
    after = [row for row in plan.rows if row.at_s > at_s]
    return [
        row
        for row, first in [
            *((row, i == len(before) - 1) for i, row in enumerate(before)),
            *((row, i == 0) for i, row in enumerate(after)),
        ]
        if first or abs(row.at_s - at_s) <= _WINDOW_S
    ]


def _roomy(region: Region) -> Region:
    x1, y1, x2, y2 = region
    dx, dy = _ROOM * (x2 - x1), _ROOM * (y2 - y1)
    return x1 - dx, y1 - dy, x2 + dx, y2 + dy


def _glass(region: Region) -> Region:
    x1, y1, x2, y2 = region
    wide, high = x2 - x1, y2 - y1
    left, top, right, bottom = _GLASS
    return x1 + left * wide, y1 + top * high, x1 + right * wide, y1 + bottom * high


def _pixels(region: Region, scale: float, picture: Image) -> tuple[int, int, int, int]:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = (round(value * scale) for value in region)
    return max(0, x1), max(0, y1), min(width, x2), min(height, y2)


def hidden(picture: Image, regions: list[Region], scale: float = 1.0) -> Image:
    """A copy with each region coarsened; regions are scaled to the picture's pixels first."""
    result = picture.copy()
    for region in regions:
        x1, y1, x2, y2 = _pixels(region, scale, picture)
        if x2 - x1 < 2 or y2 - y1 < 2:
            continue
        part = result[y1:y2, x1:x2]
        high = max(1, min(3 * _BLOCKS, round(_BLOCKS * (y2 - y1) / (x2 - x1))))
        coarse = cv2.resize(part, (_BLOCKS, high), interpolation=cv2.INTER_AREA)
        result[y1:y2, x1:x2] = cv2.resize(
            coarse, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST
        )
    return result


def masked_clip(clip: bytes, plan: MaskPlan, more: Sequence[MaskedBox] = ()) -> bytes:
    """The clip encoded anew, masked, at most 1280 px wide, without sound; an MP4 with VP9."""
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(clip), "r") as source, av.open(out, "w", format="mp4") as target:
            first = source.streams.video[0]
            scale = min(1.0, _MOST_WIDTH_PX / first.width)
            stream = target.add_stream(
                "libvpx-vp9",
                rate=first.average_rate or Fraction(25),
                options={"deadline": "realtime", "cpu-used": "8", "row-mt": "0"},
            )
            assert isinstance(stream, VideoStream)
            stream.width = round(first.width * scale) & ~1
            stream.height = round(first.height * scale) & ~1
            stream.pix_fmt, stream.bit_rate = "yuv420p", _BITS_PER_S
            stream.codec_context.thread_count = 1
            for frame in source.decode(video=0):
                small = frame.to_ndarray(width=stream.width, height=stream.height, format="bgr24")
                at_s = float(frame.time or 0.0)
                picture = masked(np.asarray(small, np.uint8), plan, at_s, scale)
                picture = hidden(picture, _regions(more, picture))
                shown = av.VideoFrame.from_ndarray(picture, format="bgr24")
                shown.pts, shown.time_base = frame.pts, frame.time_base
                target.mux(stream.encode(shown))
            target.mux(stream.encode(None))
    except (FFmpegError, IndexError, ValueError) as error:
        raise Corrupt(f"the clip cannot be encoded anew: {error}") from None
    return out.getvalue()
