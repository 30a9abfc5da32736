"""Log lines on stderr: when, who, what; never a credential."""

import logging
import sys

from sergek.core.camera import redacted

__all__ = ["start_logging"]


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def start_logging(process: str) -> None:
    """Write warnings of libraries and our own notes to stderr, credentials cut out."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacted(f"%(asctime)s {process} %(levelname)s %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sergek").setLevel(logging.INFO)
