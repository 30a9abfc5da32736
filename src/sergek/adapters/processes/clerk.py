"""A process that answers calls one at a time: heavy libraries stay out of the caller."""

import logging
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sergek.adapters.processes.studies import end_with_parent
from sergek.core.errors import ConfigError, SergekError, Unavailable

__all__ = ["Clerk"]

_LOG = logging.getLogger(__name__)


class Clerk:
    """Calls methods of an object that `make` builds in another process; started when first asked.

    Arguments and answers are pickled. A `SergekError` comes back as its own kind. A process that
    ended is started again at the next call.
    """

    def __init__(self, make: Callable[[], Any], name: str) -> None:
        self._make = make
        self._name = name
        self._lock = threading.Lock()
        self._process: Any = None
        self._line: Connection | None = None

    def call(self, method: str, *arguments: Any, timeout_s: float = 60.0) -> Any:
        """The method's answer; `Unavailable` if the process ends or takes too long."""
        with self._lock:
            line = self._open()
            try:
                line.send((method, arguments))
                if not line.poll(timeout_s):
                    self._end()
                    raise Unavailable("The planning desk takes too long: ask again.")
                kind, answer = line.recv()
            except (EOFError, OSError):
                self._end()
                raise Unavailable("The planning desk ended: ask again.") from None
        if kind == "error":
            raise answer
        return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _open(self) -> Connection:
        if self._line is None:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(self._make, theirs), name=self._name, daemon=True
            )
            self._process.start()
            theirs.close()
            self._line = ours
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._process.terminate()
            self._process.join(2)
            self._line = None


def _serve(make: Callable[[], Any], line: Connection) -> None:
    end_with_parent()
    thing: Any = None
    while True:
        try:
            method, arguments = line.recv()
        except EOFError:
            return
        try:
            thing = make() if thing is None else thing
            line.send(("answer", getattr(thing, method)(*arguments)))
        except SergekError as error:
            line.send(("error", _plain(error)))
        except Exception:  # noqa: BLE001 – a process's edge: the caller hears one sentence
            _LOG.exception("%s failed at the desk", method)
            line.send(("error", SergekError("The planning desk failed: tell an engineer.")))


def _plain(error: SergekError) -> SergekError:
    """The error without its chain; problems are told in the sentence, as pickling drops them."""
    if isinstance(error, ConfigError) and error.problems:
        return ConfigError(f"{error.message} {'; '.join(error.problems)}")
    return type(error)(error.message)
