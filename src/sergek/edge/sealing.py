"""From an assessed vehicle to sealed cases: what is gathered at once, and sealed off the way.

The plate thread gathers references (packets, two pictures, the strip); encoding, muxing, hashing
and signing happen on a thread of their own. A passage waits for its cases, so that passage and
violations become facts in one step.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Protocol

from sergek.core.errors import SergekError
from sergek.core.frame import Image, Packet, StreamInfo
from sergek.core.masks import MaskPlan, MaskRow
from sergek.core.site import Site
from sergek.core.vehicle import Box
from sergek.core.violation import Route, Violation
from sergek.edge.assessing import SiteWatch
from sergek.edge.overviews import Found, Held
from sergek.edge.reading import Draft, FoundCase
from sergek.edge.ring import between
from sergek.edge.settings import EdgeSettings
from sergek.edge.sites import SiteBook
from sergek.edge.vehicles import Vehicle
from sergek.traffic.assess import Assessment
from sergek.vision.drift import DriftReferences

__all__ = ["CaseFile", "CasePicture", "Seal", "Sealing", "SitePorts", "gathered"]

_log = logging.getLogger(__name__)

# A box that overlaps the accused vehicle's so much is that vehicle.
_OWN_IOU = 0.5
# Between two analysed pictures it may move so far that they overlap only this much.
_CHAIN_IOU = 0.3

PictureRole = Literal["overview_before", "overview_after", "plate", "signal_strip"]


@dataclass(frozen=True, slots=True)
class CasePicture:
    """A picture of a case, not encoded yet; `plate` may come as the JPEG of the passage."""

    role: PictureRole
    image: Image | bytes


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of one violation that goes into its package; packets begin with a key frame."""

    site: Site
    camera_id: str
    violation: Violation
    assessment: Assessment
    pictures: tuple[CasePicture, ...]
    stream: StreamInfo | None
    packets: tuple[Packet, ...]
    masks: MaskPlan | None = None


class Seal(Protocol):
    """Makes the sealed package of a case; given by wiring."""

    def __call__(self, case: CaseFile) -> bytes:
        """The package's bytes; a `SergekError` if it cannot be made."""
        ...


@dataclass(frozen=True, slots=True)
class SitePorts:
    """What cameras of sites need besides: their sites, plate layouts, the seal, references."""

    sites: SiteBook
    lines_of: Callable[[str], int | None]
    seal: Seal
    references: DriftReferences


def gathered(
    draft: Draft, vehicle: Vehicle, watch: SiteWatch, settings: EdgeSettings
) -> list[CaseFile]:
    """The files of the draft's violations; a bare note to the officer gets none."""
    if draft.assessment is None or vehicle.held is None:
        return []
    held = vehicle.held
    files = []
    for violation in draft.assessment.violations:
        if violation.route is Route.NOTE:
            continue
        at_s = _arrived_s(vehicle, draft.assessment, violation)
        pictures, stills = _pictures(draft, vehicle, watch, held, violation, at_s)
        around = between(held.packets, at_s - settings.clip_before_s, at_s + settings.clip_after_s)
        files.append(
            CaseFile(
                site=watch.site,
                camera_id=draft.passage.camera_id,
                violation=violation,
                assessment=draft.assessment,
                pictures=pictures,
                stream=held.stream,
                packets=(packets := contiguous(around, at_s, settings.clip_max_bytes)),
                masks=mask_plan(held, vehicle.track_id, packets[0].arrived_s, stills)
                if packets
                else None,
            )
        )
    return files


def contiguous(packets: Sequence[Packet], at_s: float, most_bytes: int) -> tuple[Packet, ...]:
    """The groups of pictures around a moment of arrival that one clip can hold.

    A source whose clock begins anew (a looped file) would give a clip that no player shows, so
    only the stretch with the moment is taken; whole groups leave, the furthest first, until the
    rest fits into `most_bytes`.
    """
    groups: list[list[Packet]] = []
    for packet in packets:
        if packet.is_key or not groups:
            groups.append([])
        groups[-1].append(packet)
    if not groups:
        return ()
    home = max((i for i, group in enumerate(groups) if group[0].arrived_s <= at_s), default=0)
    first = last = home
    while first > 0 and _follows(groups[first - 1], groups[first]):
        first -= 1
    while last + 1 < len(groups) and _follows(groups[last], groups[last + 1]):
        last += 1
    sizes = [sum(len(packet.data) for packet in group) for group in groups]
    while sum(sizes[first : last + 1]) > most_bytes and first < last:
        if home - first >= last - home:
            first += 1
        else:
            last -= 1
    chosen = [packet for group in groups[first : last + 1] for packet in group]
    steady = all(_step_s(a, b) > 0 for a, b in pairwise(chosen) if b.dts is not None)
    return tuple(chosen) if steady else tuple(groups[home])


def _follows(before: Sequence[Packet], after: Sequence[Packet]) -> bool:
    return 0 < _step_s(before[-1], after[0]) < 2.0


def _step_s(before: Packet, after: Packet) -> float:
    """Seconds between two packets by their decoding times; by arrival where they have none."""
    if before.dts is None or after.dts is None:
        return after.arrived_s - before.arrived_s or 1e-6
    return float((after.dts - before.dts) * after.time_base)


def _arrived_s(vehicle: Vehicle, assessment: Assessment, violation: Violation) -> float:
    """When the picture nearest to the violation came in."""
    looks = sorted(vehicle.plate_looks, key=lambda pair: pair[0].media_s)
    facts = assessment.facts
    if facts is None or not looks or len(looks) != len(facts.times_s):
        return vehicle.shelf.best.arrived_s if vehicle.shelf.best is not None else 0.0
    nearest = int(abs(facts.times_s - violation.media_s).argmin())
    beside = looks[nearest][0].arrived_s
    return float(beside + violation.media_s - facts.times_s[nearest])


def _pictures(
    draft: Draft,
    vehicle: Vehicle,
    watch: SiteWatch,
    held: Held,
    violation: Violation,
    at_s: float,
) -> tuple[tuple[CasePicture, ...], dict[str, float]]:
    """The pictures, and when each overview came in."""
    looks = [look.arrived_s for look, _ in vehicle.plate_looks]
    before_s = max(min(looks, default=at_s), at_s - 1.5)
    after_s = min(max(looks, default=at_s), at_s + 1.5)
    found: list[CasePicture] = []
    stills: dict[str, float] = {}
    before, after = held.nearest(before_s), held.nearest(after_s)
    if before is not None:
        found.append(CasePicture("overview_before", before[0]))
        stills["overview_before"] = before[1]
    if after is not None and (before is None or after[1] > before[1]):
        found.append(CasePicture("overview_after", after[0]))
        stills["overview_after"] = after[1]
    plate = next((each.data for each in draft.pictures if each.kind == "plate"), None)
    if plate is not None:
        found.append(CasePicture("plate", plate))
    strip = watch.strip(violation)
    if strip is not None:
        found.append(CasePicture("signal_strip", strip))
    return tuple(found), stills


def mask_plan(held: Held, track_id: int, began_s: float, stills: Mapping[str, float]) -> MaskPlan:
    """What a public copy hides; times count from the clip's first picture."""
    rows = []
    for found, own in zip(held.found, _own_boxes(held.found, track_id), strict=True):
        boxes = (*found.vehicles, *found.tracked.values())
        rows.append(
            MaskRow(
                at_s=round(found.arrived_s - began_s, 4),
                persons=tuple(_corners(box) for box in found.persons),
                own=None if own is None else _corners(own),
                others=tuple(
                    _corners(box) for box in boxes if own is None or box.iou(own) < _OWN_IOU
                ),
            )
        )
    times = {role: round(at_s - began_s, 4) for role, at_s in stills.items()}
    return MaskPlan(rows=tuple(rows), stills=times)


def _own_boxes(found: Sequence[Found], track_id: int) -> list[Box | None]:
    """The accused vehicle on each picture: as tracked, and before it was a track and after by the
    detection that overlaps the next picture's box most."""
    own = [each.tracked.get(track_id) for each in found]
    for order in (range(len(found) - 2, -1, -1), range(1, len(found))):
        for i in order:
            beside = own[i + 1] if order.step < 0 else own[i - 1]
            if own[i] is not None or beside is None:
                continue
            best = max(found[i].vehicles, key=beside.iou, default=None)
            if best is not None and best.iou(beside) >= _CHAIN_IOU:
                own[i] = best
    return own


def _corners(box: Box) -> tuple[float, float, float, float]:
    return round(box.x1, 1), round(box.y1, 1), round(box.x2, 1), round(box.y2, 1)


class Sealing:
    """Seals cases in the order in which they come and hands the passage on.

    What cannot be sealed is recorded without a package and cannot be issued; it is logged.
    """

    def __init__(self, seal: Seal, recorded: Callable[[Draft], None]) -> None:
        self._seal, self._record = seal, recorded
        self._waiting: queue.SimpleQueue[tuple[Draft, Sequence[CaseFile]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, draft: Draft, cases: Sequence[CaseFile]) -> None:
        """Take over a passage and the files of its cases, possibly none."""
        self._waiting.put((draft, cases))

    def stop(self, timeout_s: float = 20.0) -> None:
        """Seal what waits and end."""
        self._waiting.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            draft, files = item
            self._record(sealed(draft, files, self._seal))


def sealed(draft: Draft, files: Sequence[CaseFile], seal: Seal) -> Draft:
    """The draft with its cases, each with its package where one could be made."""
    if draft.assessment is None:
        return draft
    by_offence = {file.violation.offence: file for file in files}
    cases = []
    for violation in draft.assessment.violations:
        file, package = by_offence.get(violation.offence), None
        if file is not None:
            try:
                package = seal(file)
            except SergekError as error:
                _log.error("a case of %s has no package: %s", file.camera_id, error.message)
        cases.append(FoundCase(violation, package))
    return replace(draft, cases=tuple(cases))
