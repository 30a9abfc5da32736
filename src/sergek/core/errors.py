"""The errors of the product, named by what the caller can do.

* SergekError
  - ConfigError   mend the file, the option or the input
  - NotFound      ask for something else
  - Conflict      somebody else was first: look again
  - Forbidden     get the right, the purpose or the case number
  - Unavailable   wait and retry
  - Corrupt       call an engineer: data is not what was written

Each carries an HTTP status and an exit code. They are rendered in one place for the web
(`centre.app`) and one for the command line (`cli.app`); the message is one clear sentence that
says what to mend and never holds a credential.
"""

from typing import ClassVar

__all__ = [
    "ConfigError",
    "Conflict",
    "Corrupt",
    "Forbidden",
    "NotFound",
    "SergekError",
    "Unavailable",
]


class SergekError(Exception):
    """Base of all errors that a person gets to read."""

    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(SergekError):
    """The file, option or input is wrong; `problems` lists every fault, each with its place."""

    http_status = 422
    exit_code = 2

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NotFound(SergekError):
    """What was asked for does not exist."""

    http_status = 404
    exit_code = 3


class Conflict(SergekError):
    """It exists already, or changed since it was read, or another instance holds it."""

    http_status = 409
    exit_code = 4


class Forbidden(SergekError):
    """The person, role, purpose or state of the site does not allow it."""

    http_status = 403
    exit_code = 5


class Unavailable(SergekError):
    """A camera, bus, store or disk does not answer now; the same call may succeed later."""

    http_status = 503
    exit_code = 6


class Corrupt(SergekError):
    """Stored data does not match its digest or schema."""

    http_status = 500
    exit_code = 7
