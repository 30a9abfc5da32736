"""One source from beginning to end, as fast as it can be read: `sergek watch`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sergek.core.camera import Camera
from sergek.core.errors import ConfigError, Corrupt, Unavailable
from sergek.core.frame import RawFrame
from sergek.core.ports import Detector, FrameSource, PlateReader
from sergek.edge.analysis import Analysed, CameraAnalysis
from sergek.edge.assessing import SiteWatch
from sergek.edge.mediatime import MediaClock
from sergek.edge.reading import Draft, PlateVerdict, Reading, drafted, judged
from sergek.edge.sampler import Sampler
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
) -> Watched:
    """Analyse every picture that is due; `passed` gets each passage as soon as it is over.

    `seen` gets every analysed picture with what was found on it. A source that breaks in
    the middle gives what it gave; with a `site`, drafts carry speed and verdicts. Raises
    `ConfigError` if not one picture could be decoded.
    """
    info = source.info
    analysis = CameraAnalysis(
        camera, info.run_id, (info.width, info.height), detector, settings, tracking, crops=True
    )
    reading = Reading(camera, reader, verdict, settings)
    clock = MediaClock(info.nominal_fps, realtime=info.codec != "stills" and "://" in camera.main)
    sampler = Sampler(settings.analysed_fps)
    pictures = analysed = 0

    def over(vehicle: Vehicle) -> None:
        reading.read(vehicle, settings.looks_per_vehicle)
        draft = drafted(camera, vehicle, 0.0)
        if site is not None:
            draft = judged(draft, site.assess(vehicle, draft.passage), site.site.id)
        passed(draft)

    stream = _Pictures(source)
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
        if seen is not None:
            seen(frame, result)
        for vehicle in result.finished:
            over(vehicle)
    for vehicle in analysis.finish():
        over(vehicle)
    if not pictures:
        raise ConfigError(f"{camera.main} holds no picture that can be decoded")
    return Watched(pictures, analysed, stream.spoilt, stream.ended)


class _Pictures:
    """The pictures of a source in showing order; counts what cannot be decoded."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.spoilt = 0
        self.ended = "the source ended"

    def __iter__(self) -> Iterator[RawFrame]:
        decoder = self._source.decoder()
        try:
            for packet in self._source.packets():
                try:
                    yield from decoder.decode(packet)
                except Corrupt:
                    self.spoilt += 1
        except Unavailable as broken:
            self.ended = broken.message
        yield from decoder.flush()
