"""Passwords: argon2id with the library's defaults (RFC 9106, second recommended option)."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sergek.core.errors import ConfigError

__all__ = ["MINIMUM_LENGTH", "hashed", "matches", "outdated"]

# NIST SP 800-63B-4 §3.1.1.2: length, not composition.
MINIMUM_LENGTH = 12

_HASHER = PasswordHasher()

# Each comparison takes 64 MiB: a flood of sign-ins waits in line instead of filling the memory.
_ROOM = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """The stored form; `ConfigError` if the password is too short to be one."""
    if len(password) < MINIMUM_LENGTH:
        raise ConfigError(f"A password has at least {MINIMUM_LENGTH} characters.")
    with _ROOM:
        return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return _HASHER.hash("a hash to compare with where there is no such person")


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password; without a stored hash it takes as long and says no."""
    try:
        with _ROOM:
            return _HASHER.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
