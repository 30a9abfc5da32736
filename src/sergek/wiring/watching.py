"""What `sergek watch` is put together from."""

from collections.abc import Callable

from sergek.adapters.video import open_source
from sergek.core.camera import Camera
from sergek.core.frame import RawFrame
from sergek.core.ports import PlateReader
from sergek.edge.analysis import Analysed
from sergek.edge.reading import Draft
from sergek.edge.settings import EdgeSettings
from sergek.edge.watching import Watched, watch
from sergek.vision.detector import load_detector
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import DetectorSettings, PlateReaderSettings, TrackerSettings
from sergek.wiring.sight import plate_verdict

__all__ = ["watch_source"]


def watch_source(
    camera: Camera,
    *,
    analysed_fps: float,
    passed: Callable[[Draft], None],
    seen: Callable[[RawFrame, Analysed], None] | None = None,
) -> Watched:
    """Analyse `camera.main` once, as fast as it can be read, with the default networks."""
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
        EdgeSettings(analysed_fps=analysed_fps),
        TrackerSettings(),
        passed=passed,
        seen=seen,
    )
