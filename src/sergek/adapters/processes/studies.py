"""Studies in processes of their own: one at a time, told of as they go, ended or kept.

What goes in is the key: the same inputs over the same data are never computed twice. A study's
folder holds `study.json` (what was asked), `result.json` once it is done, and its files.
"""

import json
import logging
import multiprocessing
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sergek.adapters.disk.durable import write_durably
from sergek.core.errors import Conflict, NotFound, SergekError, Unavailable
from sergek.core.event import canonical_json, derive_id
from sergek.core.plans import StudyKind, StudyState, StudyStatus

__all__ = ["StudyWork", "SubprocessStudies", "end_with_parent"]

_LOG = logging.getLogger(__name__)
_NICE = 15
_STOP_S = 5.0

Tell = Callable[[float, float | None, float | None], None]
# (kind, inputs, folder for files, tell) → result as JSON; importable, as it runs in a new process.
StudyWork = Callable[[StudyKind, Mapping[str, Any], Path, Tell], dict[str, Any]]


@dataclass(slots=True)
class _Running:
    key: str
    process: Any
    heard: Connection


class SubprocessStudies:
    """`core.plans.Studies`: `work` runs in a fresh process, `digest` names the data it works on."""

    def __init__(self, folder: Path, work: StudyWork, digest: str) -> None:
        self._folder = folder
        self._work = work
        self._digest = digest
        self._lock = threading.Condition()
        self._states: dict[str, StudyState] = {}
        self._queue: list[str] = []
        self._running: _Running | None = None
        self._closed = False
        folder.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._run, name="studies", daemon=True)
        self._thread.start()

    def ask(self, kind: StudyKind, inputs: BaseModel) -> StudyState:
        """The study with these inputs: kept, under way, or put into the queue now."""
        asked = inputs.model_dump(mode="json")
        key = derive_id(kind, canonical_json(asked).decode(), self._digest)
        with self._lock:
            known = self._known(key)
            if known is None or known.status in (StudyStatus.FAILED, StudyStatus.CANCELLED):
                if self._closed:
                    raise Unavailable("The centre is stopping: ask again when it runs.")
                self._begin(key, kind, asked)
            (self._folder / f"latest-{kind}").write_text(key)
            return self._states[key]

    def state(self, key: str) -> StudyState:
        """How it stands; `NotFound`."""
        with self._lock:
            known = self._known(key)
        if known is None:
            raise NotFound("There is no such study: ask for it on its page.")
        return known

    def latest(self, kind: StudyKind) -> StudyState | None:
        """The one asked for last, unless it was lost when the centre stopped."""
        path = self._folder / f"latest-{kind}"
        if not path.is_file():
            return None
        with self._lock:
            return self._known(path.read_text().strip())

    def result(self, key: str) -> Mapping[str, Any]:
        """What a finished study found; `NotFound` before that."""
        if self.state(key).status is not StudyStatus.DONE:
            raise NotFound("This study is not finished: look again later.")
        found: dict[str, Any] = json.loads(self._path(key, "result.json").read_text("utf-8"))
        return found

    def file(self, key: str, name: str) -> bytes:
        """A file that it wrote; `NotFound`."""
        self.state(key)
        folder = self._path(key, "files").resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise NotFound("This study wrote no such file.")
        return path.read_bytes()

    def cancel(self, key: str) -> None:
        """End it now; a finished one stays."""
        with self._lock:
            state = self._known(key)
            if state is None or not state.moving:
                return
            self._states[key] = replace(state, status=StudyStatus.CANCELLED)
            if key in self._queue:
                self._queue.remove(key)
            if self._running is not None and self._running.key == key:
                self._running.process.terminate()

    def close(self) -> None:
        """End what runs and stop; unfinished studies are begun anew when asked for again."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            if self._running is not None:
                self._running.process.terminate()
            self._lock.notify_all()
        self._thread.join(_STOP_S)

    def _path(self, key: str, name: str) -> Path:
        return self._folder / key / name

    def _known(self, key: str) -> StudyState | None:
        """From memory, else from the disk (finished ones only). Call with the lock."""
        if key in self._states:
            return self._states[key]
        if not re.fullmatch(r"[0-9a-f]{32}", key):
            return None
        about = self._path(key, "study.json")
        if not self._path(key, "result.json").is_file() or not about.is_file():
            return None
        asked = json.loads(about.read_text("utf-8"))
        state = StudyState(key, asked["kind"], asked["inputs"], StudyStatus.DONE, asked["seconds"])
        self._states[key] = state
        return state

    def _begin(self, key: str, kind: StudyKind, asked: dict[str, Any]) -> None:
        shutil.rmtree(self._folder / key, ignore_errors=True)
        self._path(key, "files").mkdir(parents=True)
        self._states[key] = StudyState(key, kind, asked, StudyStatus.QUEUED)
        self._queue.append(key)
        self._lock.notify_all()

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
                key = self._queue.pop(0)
                running = self._start(key)
            began = time.monotonic()
            outcome = self._hear(running, began)
            running.process.join()
            running.heard.close()
            self._finish(key, outcome, time.monotonic() - began)

    def _start(self, key: str) -> _Running:
        state = self._states[key]
        context = multiprocessing.get_context("spawn")
        heard, told = context.Pipe(duplex=False)
        arguments = (self._work, state.kind, dict(state.inputs), self._path(key, "files"), told)
        process = context.Process(target=_study, args=arguments, name=f"study-{state.kind}")
        process.daemon = True
        process.start()
        told.close()
        self._running = _Running(key, process, heard)
        self._states[key] = replace(state, status=StudyStatus.RUNNING)
        return self._running

    def _hear(self, running: _Running, began: float) -> tuple[str, Any]:
        """Until the process ends: ("done", result), ("failed", sentence) or ("ended", None)."""
        try:
            while True:
                if not running.heard.poll(0.5):
                    self._note(running.key, time.monotonic() - began)
                    continue
                kind, *rest = running.heard.recv()
                if kind in ("done", "failed"):
                    return kind, rest[0]
                self._note(running.key, time.monotonic() - began, *rest)
        except (EOFError, OSError):
            return "ended", None

    def _note(
        self, key: str, seconds: float, value: float | None = None, bound: float | None = None
    ) -> None:
        with self._lock:
            state = self._states[key]
            told = state if value is None else replace(state, value=value)
            told = told if bound is None else replace(told, bound=bound)
            self._states[key] = replace(told, seconds=seconds)

    def _finish(self, key: str, outcome: tuple[str, Any], seconds: float) -> None:
        kind, what = outcome
        with self._lock:
            self._running = None
            state = replace(self._states[key], seconds=round(seconds, 1))
            if kind == "done":
                about = {"kind": state.kind, "inputs": dict(state.inputs), "seconds": state.seconds}
                try:
                    _write(self._path(key, "study.json"), about)
                    _write(self._path(key, "result.json"), what)
                    state = replace(state, status=StudyStatus.DONE)
                except Unavailable as error:
                    state = replace(state, status=StudyStatus.FAILED, sentence=error.message)
            elif state.status is not StudyStatus.CANCELLED:
                sentence = what or "The study's process was ended from outside: begin it again."
                state = replace(state, status=StudyStatus.FAILED, sentence=sentence)
            self._states[key] = state


def _write(path: Path, content: Any) -> None:
    write_durably(path, json.dumps(content, ensure_ascii=False).encode())


def _study(
    work: StudyWork, kind: StudyKind, inputs: dict[str, Any], folder: Path, told: Connection
) -> None:
    """The process: compute, tell, end. Its parent's end is its own."""
    end_with_parent()
    os.nice(_NICE)
    told_s = [0.0]

    def tell(_seconds: float, value: float | None, bound: float | None) -> None:
        if time.monotonic() - told_s[0] >= 0.3:
            told_s[0] = time.monotonic()
            told.send(("now", value, bound))

    try:
        told.send(("done", work(kind, inputs, folder, tell)))
    except SergekError as error:
        told.send(("failed", error.message))
    except Exception:  # noqa: BLE001 – a process's edge: the page says it, the log says why
        _LOG.exception("the study %s failed", kind)
        told.send(("failed", Conflict("The study failed: tell an engineer its inputs.").message))


def end_with_parent() -> None:
    """End this process when its parent does, however that happens."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "only for a process that multiprocessing started"

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
