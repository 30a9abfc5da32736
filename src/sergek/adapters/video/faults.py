"""FFmpeg's errors as the product's: one sentence each, never a credential.

FFmpeg puts the whole address, password included, into its messages, so none is passed on and
the original is not chained: a traceback would show it.
"""

import av
from av import error as fault

from sergek.core.camera import redacted
from sergek.core.errors import ConfigError, Forbidden, SergekError, Unavailable

__all__ = ["opening_fault", "reading_fault"]

# Nothing of FFmpeg's own log: it prints addresses with their passwords.
av.logging.set_level(None)
av.logging.set_libav_level(av.logging.PANIC)

# Not EPERM: it is FFmpeg's plain −1, for a connection that broke in the middle of an answer.
_REFUSED = (fault.HTTPUnauthorizedError, fault.HTTPForbiddenError)
_UNREADABLE = (fault.InvalidDataError, fault.EOFError, fault.DecoderNotFoundError)


def opening_fault(url: str, error: Exception, *, live: bool) -> SergekError:
    """What a person should know when an address cannot be opened."""
    shown = redacted(url)
    if live:
        return _stream_fault(shown, error)
    if isinstance(error, FileNotFoundError):
        return ConfigError(f"there is no file {shown}")
    if isinstance(error, PermissionError):
        return ConfigError(f"the file {shown} may not be read by this user")
    if isinstance(error, _UNREADABLE):
        return ConfigError(f"{shown} is not a video that can be read (empty, cut short or damaged)")
    return Unavailable(f"{shown} cannot be opened now")


def _stream_fault(shown: str, error: Exception) -> SergekError:
    if isinstance(error, _REFUSED):
        return Forbidden(f"the camera at {shown} refuses the user name or password")
    if isinstance(error, fault.HTTPNotFoundError):
        return Unavailable(f"the camera at {shown} has no stream of this name")
    if isinstance(error, ConnectionRefusedError):
        return Unavailable(f"the camera at {shown} refuses the connection")
    if isinstance(error, (fault.ExitError, TimeoutError)):
        return Unavailable(f"the camera at {shown} does not answer")
    if isinstance(error, fault.InvalidDataError):
        return Unavailable(f"the camera at {shown} does not send a video stream")
    return Unavailable(f"the camera at {shown} cannot be reached")


def reading_fault(url: str, error: Exception, *, live: bool) -> SergekError:
    """What a person should know when a stream that was open breaks."""
    shown = redacted(url)
    if isinstance(error, (fault.ExitError, TimeoutError)):
        return Unavailable(f"the camera at {shown} sends nothing any more")
    if live:
        return Unavailable(f"the connection to the camera at {shown} broke")
    return Unavailable(f"{shown} is damaged: the rest of it cannot be read")
