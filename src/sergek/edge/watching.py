"""One source from beginning to end, as fast as it can be read: `sergek watch`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sergek.core.camera import Camera
from sergek.core.errors import ConfigError, Corrupt, Unavailable
from sergek.core.frame import RawFrame, StreamInfo
from sergek.core.ports import Detector, FrameSource, PlateReader
from sergek.edge.analysis import Analysed, CameraAnalysis
from sergek.edge.assessing import SiteWatch
from sergek.edge.holding import Holding
from sergek.edge.mediatime import MediaClock
from sergek.edge.reading import Draft, PlateVerdict, Reading, drafted, judged
from sergek.edge.ring import PacketRing
from sergek.edge.sampler import Sampler
from sergek.edge.sealing import Seal, gathered, sealed
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.vision.settings import TrackerSettings

__all__ = ["Watched", "watch"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a source gave: pictures decoded and analysed, packets that could not be decoded."""

    pictures: int
    analysed: int
    spoilt: int
    ended: str


def watch(
    camera: Camera,
    source: FrameSource,
    detector: Detector,
    reader: PlateReader | None,
    verdict: PlateVerdict | None,
    settings: EdgeSettings,
    tracking: TrackerSettings,
    *,
    passed: Callable[[Draft], None],
    seen: Callable[[RawFrame, Analysed], None] | None = None,
    site: SiteWatch | None = None,
    seal: Seal | None = None,
) -> Watched:
    """Analyse every picture that is due; `passed` gets each passage as soon as it is over.

    `seen` gets every analysed picture with what was found on it. A source that breaks in
    the middle gives what it gave; with a `site`, drafts carry speed and verdicts, and with `seal`
    the packages of their cases. Raises `ConfigError` if not one picture could be decoded.
    """
    info = source.info
    analysis = CameraAnalysis(
        camera, info.run_id, (info.width, info.height), detector, settings, tracking, crops=True
    )
    reading = Reading(camera, reader, verdict, settings)
    clock = MediaClock(info.nominal_fps, realtime=info.codec != "stills" and "://" in camera.main)
    sampler = Sampler(settings.analysed_fps)
    pictures = analysed = 0
    cases = None if site is None else _Cases(site, settings, seal)

    def over(vehicle: Vehicle) -> None:
        reading.read(vehicle, settings.looks_per_vehicle)
        draft = drafted(camera, vehicle, 0.0)
        passed(draft if cases is None else cases.of(draft, vehicle, info))

    stream = _Pictures(source, None if cases is None or "://" in camera.main else cases.ring)
    for frame in stream:
        pictures += 1
        media_s = clock.read(frame.media_s, frame.packet.arrived_s).s
        if site is not None:
            site.timed(frame, media_s)
        if not sampler.due(media_s):
            continue
        analysed += 1
        if site is not None:
            site.look(frame, media_s, frame.packet.captured_at)
        result = analysis.take(frame, media_s)
        if cases is not None and not result.gated:
            cases.holding.seen(frame, result)
        if seen is not None:
            seen(frame, result)
        for vehicle in result.finished:
            over(vehicle)
    for vehicle in analysis.finish():
        over(vehicle)
    if not pictures:
        raise ConfigError(f"{camera.main} holds no picture that can be decoded")
    return Watched(pictures, analysed, stream.spoilt, stream.ended)


class _Cases:
    """What a site makes of vehicles: assessed, and their cases sealed if there is a seal."""

    def __init__(self, site: SiteWatch, settings: EdgeSettings, seal: Seal | None) -> None:
        self._site, self._settings, self._seal = site, settings, seal
        self.ring = PacketRing(settings.ring_s, settings.ring_max_bytes)
        self.holding = Holding(self.ring, settings)

    def of(self, draft: Draft, vehicle: Vehicle, stream: StreamInfo) -> Draft:
        """The draft with what was measured and found."""
        self.holding.held([vehicle], 0, stream)
        draft = judged(draft, self._site.assess(vehicle, draft.passage), self._site.site.id)
        if self._seal is None:
            return draft
        files = gathered(draft, vehicle, self._site, self._settings)
        return sealed(draft, files, self._seal)


class _Pictures:
    """The pictures of a source in showing order; counts what cannot be decoded.

    With a `ring` packets go into it as if they arrived at their own times: a file is read at
    any pace.
    """

    def __init__(self, source: FrameSource, ring: PacketRing | None) -> None:
        self._source, self._ring = source, ring
        self.spoilt = 0
        self.ended = "the source ended"

    def __iter__(self) -> Iterator[RawFrame]:
        decoder = self._source.decoder()
        try:
            for sent in self._source.packets():
                packet = sent
                if self._ring is not None:
                    packet = replace(sent, arrived_s=sent.media_s or 0.0)
                    self._ring.push(packet)
                try:
                    yield from decoder.decode(packet)
                except Corrupt:
                    self.spoilt += 1
        except Unavailable as broken:
            self.ended = broken.message
        yield from decoder.flush()
