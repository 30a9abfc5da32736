"""Detectors, plate readers and sources from other packages, by their entry points.

A package that is installed beside this one names a factory in its metadata:

    [project.entry-points."sergek.detectors"]
    acme = "acme_sergek:detector"        # (DetectorSettings) -> core.ports.Detector

    [project.entry-points."sergek.plate_readers"]
    acme = "acme_sergek:plate_reader"    # (PlateReaderSettings) -> core.ports.PlateReader

    [project.entry-points."sergek.frame_sources"]
    acme = "acme_sergek:open_source"     # core.ports.OpenSource, for addresses acme://…

and the city's file says `[detector] plugin = "acme"`, `[plate_reader] plugin = "acme"`, or a camera
`main = "acme://…"`. Nothing is imported before its name is asked for.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from sergek.adapters.video.opening import open_source as open_own
from sergek.core.camera import SourceUrl, redacted
from sergek.core.errors import ConfigError
from sergek.core.ports import Detector, FrameSource, PlateReader
from sergek.vision.detector import load_detector
from sergek.vision.plate_reader import load_plate_reader
from sergek.vision.settings import DetectorSettings, PlateReaderSettings

__all__ = ["detector_of", "open_source", "plate_reader_of"]

Group = Literal["sergek.detectors", "sergek.plate_readers", "sergek.frame_sources"]

_OWN_SCHEMES = ("rtsp", "rtsps")


def detector_of(settings: DetectorSettings) -> Detector:
    """The detector that the settings name; `ConfigError` where there is no such plug-in."""
    if settings.plugin is None:
        return load_detector(settings)
    made: Detector = _factory("sergek.detectors", settings.plugin)(settings)
    return made


def plate_reader_of(settings: PlateReaderSettings) -> PlateReader:
    """The plate reader that the settings name; `ConfigError` where there is no such plug-in."""
    if settings.plugin is None:
        return load_plate_reader(settings)
    made: PlateReader = _factory("sergek.plate_readers", settings.plugin)(settings)
    return made


def open_source(url: str, *, loop: bool = False, realtime: bool = True) -> FrameSource:
    """`core.ports.OpenSource`: our own streams, files and folders, or the scheme's plug-in."""
    address = url.secret() if isinstance(url, SourceUrl) else url
    scheme, mark, _ = address.partition("://")
    if not mark or scheme in _OWN_SCHEMES or not _found("sergek.frame_sources", scheme):
        return open_own(url, loop=loop, realtime=realtime)
    made: FrameSource = _factory("sergek.frame_sources", scheme)(
        address, loop=loop, realtime=realtime
    )
    return made


def _found(group: Group, name: str) -> list[EntryPoint]:
    return list(entry_points(group=group, name=name))


def _factory(group: Group, name: str) -> Any:
    found = _found(group, name)
    if not found:
        installed = ", ".join(sorted(each.name for each in entry_points(group=group))) or "none"
        raise ConfigError(f'no plug-in "{name}" of {group} is installed; there: {installed}')
    if len({each.value for each in found}) > 1:
        raise ConfigError(f'two packages offer "{name}" of {group}: remove one of them')
    try:
        return found[0].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f'the plug-in "{name}" of {group} cannot be loaded: {redacted(str(error))}'
        ) from error
