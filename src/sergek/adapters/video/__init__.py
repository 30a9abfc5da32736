"""Streams and files through PyAV, folders of stills through OpenCV."""

from sergek.adapters.video.opening import open_source

__all__ = ["open_source"]
