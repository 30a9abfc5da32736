"""What signals do, without a lock in their handlers."""

import _thread
import signal
from collections.abc import Callable, Iterable

__all__ = ["on_signals"]


def on_signals(numbers: Iterable[signal.Signals], do: Callable[[], None]) -> None:
    """Call `do` on a thread of its own whenever one of these signals comes; main thread only.

    A handler runs in the midst of whatever the main thread does. If that is `Event.wait`, or the
    handler of a signal just before, an `Event.set` in it would wait for ever for the lock that its
    own thread holds.
    """
    for number in numbers:
        signal.signal(number, lambda *_: _thread.start_new_thread(do, ()))
