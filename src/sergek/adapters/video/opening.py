"""Which adapter an address needs."""

from pathlib import Path

from sergek.adapters.video.avsource import AvSource
from sergek.adapters.video.stills import StillsSource
from sergek.core.camera import SourceUrl, redacted
from sergek.core.errors import ConfigError
from sergek.core.ports import FrameSource

__all__ = ["open_source"]

_SCHEMES = ("rtsp://", "rtsps://")


def open_source(url: str, *, loop: bool = False, realtime: bool = True) -> FrameSource:
    """A stream (`rtsp://…`), a video file or a folder of photos; see `core.ports.OpenSource`."""
    address = url.secret() if isinstance(url, SourceUrl) else url
    if "://" in address:
        if not address.startswith(_SCHEMES):
            raise ConfigError(f"{redacted(address)}: only rtsp:// and rtsps:// streams are read")
        return AvSource(address)
    path = Path(address)
    if path.is_dir():
        return StillsSource(path, loop=loop, realtime=realtime)
    if not path.exists():
        raise ConfigError(f"there is no file {path}")
    if path.stat().st_size == 0:
        raise ConfigError(f"{path} is empty (0 bytes)")
    return AvSource(address, loop=loop, realtime=realtime)
