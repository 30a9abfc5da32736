"""Makes facts durable: pictures and packages first, then the passage with its violations in one
step, in the order they came.

While the disk is full, the log away or either of them damaged, drafts wait in memory and are tried
again; nothing that was accepted is dropped. When the waiting drafts pass their bound, `full` asks
the cameras to stop analysing (the ledger then says why) instead of losing passages.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from sergek.core.clock import Clock
from sergek.core.coverage import Coverage, coverage_event
from sergek.core.errors import SergekError
from sergek.core.event import Event
from sergek.core.passage import Passage, Picture, passage_event
from sergek.core.ports import EventLog, EvidenceStore
from sergek.core.violation import violation_event
from sergek.edge.reading import Draft
from sergek.edge.settings import EdgeSettings

__all__ = ["Recorder"]

_log = logging.getLogger(__name__)


class Recorder:
    """One worker's way to its log; `put` and `cover` from any thread, one thread writes.

    `recorded(passage)` is called when a passage is durable.
    """

    def __init__(
        self,
        log: EventLog,
        evidence: EvidenceStore,
        settings: EdgeSettings,
        clock: Clock,
        recorded: Callable[[Passage], None] | None = None,
    ) -> None:
        self._log, self._evidence = log, evidence
        self._settings, self._clock = settings, clock
        self._recorded = recorded
        self._waiting: deque[tuple[float, Draft] | Coverage | Event] = deque()
        self._held_bytes = 0
        self._condition = threading.Condition()
        self._stopping = False
        self._fault = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing more should be produced."""
        return self._held_bytes > self._settings.pending_max_bytes

    @property
    def fault(self) -> str:
        """Why nothing can be recorded now, or nothing."""
        return self._fault

    @property
    def waiting(self) -> int:
        """How many facts are not durable yet."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin writing."""
        self._thread.start()

    def put(self, draft: Draft) -> None:
        """Take over a passage."""
        with self._condition:
            self._waiting.append((self._clock.monotonic_s(), draft))
            self._held_bytes += draft.held_bytes
            self._condition.notify()

    def cover(self, spans: Sequence[Coverage]) -> None:
        """Take over spans of the gap ledger."""
        if not spans:
            return
        with self._condition:
            self._waiting.extend(spans)
            self._condition.notify()

    def note(self, event: Event) -> None:
        """Take over any other fact."""
        with self._condition:
            self._waiting.append(event)
            self._condition.notify()

    def stop(self, timeout_s: float = 10.0) -> int:
        """Write what waits, as far as the time goes; how many facts could not be written."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        self._thread.join(timeout_s)
        return len(self._waiting)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting and not self._stopping:
                    self._condition.wait()
                if not self._waiting:
                    return
                first = self._waiting[0]
            try:
                self._write(first)
            # Corrupt storage too is an engineer's to mend: until then nothing is dropped.
            except SergekError as error:
                if self._fault != error.message:
                    _log.warning("facts wait in memory: %s", error.message)
                self._fault = error.message
                if self._stopping:
                    return
                time.sleep(self._settings.record_retry_s)
                continue
            self._fault = ""
            with self._condition:
                self._waiting.popleft()
                if isinstance(first, tuple):
                    self._held_bytes -= first[1].held_bytes

    def _write(self, item: tuple[float, Draft] | Coverage | Event) -> None:
        if not isinstance(item, tuple):
            self._log.append([coverage_event(item) if isinstance(item, Coverage) else item])
            return
        since_s, draft = item
        # Bytes first: a passage in the log never names a picture that is not there.
        pictures = tuple(
            Picture(
                key=self._evidence.put(each.data),
                kind=each.kind,
                media_s=each.media_s,
                box=(each.box.x1, each.box.y1, each.box.x2, each.box.y2),
            )
            for each in draft.pictures
        )
        passage = draft.passage.model_copy(update={"pictures": pictures})
        if passage.timing is not None:
            after_s = passage.timing.recorded_after_s + self._clock.monotonic_s() - since_s
            timing = passage.timing.model_copy(update={"recorded_after_s": round(after_s, 3)})
            passage = passage.model_copy(update={"timing": timing})
        self._log.append([passage_event(passage), *self._violations(draft)])
        if self._recorded is not None:
            self._recorded(passage)

    def _violations(self, draft: Draft) -> list[Event]:
        """One fact per case, its package stored before."""
        events = []
        for case in draft.cases:
            key = None if case.package is None else self._evidence.put(case.package)
            violation = case.violation.model_copy(update={"package": key})
            passage = draft.passage
            events.append(
                violation_event(passage.passage_id, passage.camera_id, draft.site_id, violation)
            )
        return events
