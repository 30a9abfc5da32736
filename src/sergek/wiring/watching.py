"""What `sergek watch` is put together from."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sergek.adapters.evidence.trust import SigningKey
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.clock import SystemClock
from sergek.core.errors import ConfigError
from sergek.core.frame import RawFrame
from sergek.core.plate import Corners
from sergek.core.ports import PlateReader
from sergek.core.site import Channel, Site
from sergek.edge.analysis import Analysed
from sergek.edge.assessing import SiteWatch
from sergek.edge.reading import Draft
from sergek.edge.sealing import Seal
from sergek.edge.settings import EdgeSettings
from sergek.edge.watching import Watched, watch
from sergek.vision.detector import load_detector
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import DetectorSettings, PlateReaderSettings, TrackerSettings
from sergek.wiring.sealing import models_in_use, plate_lines, sealer
from sergek.wiring.sight import plate_verdict

__all__ = ["plate_tracks", "watch_source"]

# Of fewer pictures a plate's path has no direction; of more vehicles the road's is known no better.
_LEAST_LOOKS, _VEHICLES = 4, 100


def watch_source(
    camera: Camera,
    *,
    analysed_fps: float,
    passed: Callable[[Draft], None],
    seen: Callable[[RawFrame, Analysed], None] | None = None,
    site: Site | None = None,
    started_at: datetime | None = None,
    key_folder: Path | None = None,
) -> Watched:
    """Analyse `camera.main` once, as fast as it can be read, with the default networks.

    With a `site`, `camera.id` names its channel, every look at a plate is read, and drafts carry
    speed and verdicts; `started_at` is the wall time of the first picture of a recording. With a
    `key_folder` its cases are sealed by a key that is made there, with a trust list beside it.
    """
    settings = EdgeSettings(analysed_fps=analysed_fps)
    watched = None
    if site is not None:
        every = {"every_look": True, "looks_per_vehicle": 40, "look_gap_s": 0.0}
        settings = settings.model_copy(update=every)
        live = "://" in camera.main
        watched = SiteWatch(lambda: site, camera.id, plate_lines, live=live, started_at=started_at)
    source = open_source(camera.main, realtime=False)
    reader: PlateReader | None = None
    if camera.plates != "none":
        reader = load_plate_reader(PlateReaderSettings(plates=camera.plates))
    return watch(
        camera,
        source,
        load_detector(DetectorSettings()),
        reader,
        plate_verdict,
        settings,
        TrackerSettings(),
        passed=passed,
        seen=seen,
        site=watched,
        seal=None if key_folder is None or site is None else _sealer(key_folder, site),
    )


class _Enough(Exception):
    """Enough vehicles were seen: a camera's stream has no end of its own."""


def plate_tracks(
    source: str, site: Site, channel: Channel, when: datetime
) -> list[tuple[Corners, ...]]:
    """The ways of one-line plates over the pictures of `source`, measurable or not, of as many
    vehicles as are needed; `ConfigError` if the pictures are not of the channel's size."""
    tracks: list[tuple[Corners, ...]] = []

    def passed(draft: Draft) -> None:
        seen = None if draft.assessment is None else draft.assessment.seen
        if seen is None or seen.plate_lines == 2 or len(seen.track.corners) < _LEAST_LOOKS:
            return
        tracks.append(seen.track.corners)
        if len(tracks) >= _VEHICLES:
            raise _Enough

    def sized(frame: RawFrame, _: Analysed) -> None:
        if (frame.width, frame.height) != (channel.width, channel.height):
            raise ConfigError(
                f"the pictures are {frame.width} × {frame.height}, those of {channel.camera_id} "
                f"{channel.width} × {channel.height}: give its main stream"
            )

    camera = Camera(id=channel.camera_id, name=channel.camera_id, main=source)
    with contextlib.suppress(_Enough):
        watch_source(
            camera, analysed_fps=10.0, passed=passed, seen=sized, site=site, started_at=when
        )
    return tracks


def _sealer(folder: Path, site: Site) -> Seal:
    key = SigningKey.open(folder / "device.pem")
    trust = TrustFile(folder / "trust.json")
    trust.add(key.trusted(site.device.serial, "device", SystemClock().now()))
    return sealer(key, models_in_use(DetectorSettings()), None)
