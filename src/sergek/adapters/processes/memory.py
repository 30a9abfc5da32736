"""Free memory goes back to the system, so that what a process holds is what it uses."""

import ctypes
import threading

__all__ = ["give_back_memory", "keep_giving_back"]

_EVERY_S = 30.0


def give_back_memory() -> None:
    """Give the pages that glibc's malloc holds free, in the midst of its arenas too, to the system.

    `malloc_trim(3)`; nothing happens with another C library.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def keep_giving_back(stop: threading.Event) -> None:
    """Give free memory back twice a minute until `stop` is set.

    Packets of many sizes come and go out of order: without this an edge's memory creeps upwards by
    a tenth in its first minutes, all of it holes.
    """
    while not stop.wait(_EVERY_S):
        give_back_memory()
