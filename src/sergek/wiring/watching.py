"""What `sergek watch` is put together from."""

from collections.abc import Callable
from datetime import datetime

from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.frame import RawFrame
from sergek.core.ports import PlateReader
from sergek.core.site import Site
from sergek.edge.analysis import Analysed
from sergek.edge.assessing import SiteWatch
from sergek.edge.reading import Draft
from sergek.edge.settings import EdgeSettings
from sergek.edge.watching import Watched, watch
from sergek.vision.detector import load_detector
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import DetectorSettings, PlateReaderSettings, TrackerSettings
from sergek.wiring.sealing import plate_lines
from sergek.wiring.sight import plate_verdict

__all__ = ["watch_source"]


def watch_source(
    camera: Camera,
    *,
    analysed_fps: float,
    passed: Callable[[Draft], None],
    seen: Callable[[RawFrame, Analysed], None] | None = None,
    site: Site | None = None,
    started_at: datetime | None = None,
) -> Watched:
    """Analyse `camera.main` once, as fast as it can be read, with the default networks.

    With a `site`, `camera.id` names its channel, every look at a plate is read, and drafts carry
    speed and verdicts; `started_at` is the wall time of the first picture of a recording.
    """
    settings = EdgeSettings(analysed_fps=analysed_fps)
    watched = None
    if site is not None:
        every = {"every_look": True, "looks_per_vehicle": 40, "look_gap_s": 0.0}
        settings = settings.model_copy(update=every)
        live = "://" in camera.main
        watched = SiteWatch(site, camera.id, plate_lines, live=live, started_at=started_at)
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
    )
