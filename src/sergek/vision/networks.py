"""One network on OpenVINO: compiled per input shape, one thread per request, several requests.

Two threads on one request cost 6–40 % more CPU than two requests on one thread each, so a
request never gets more than one.
"""

import queue
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import openvino as ov
from numpy.typing import NDArray

__all__ = ["Network"]

Answer = tuple[NDArray[Any], ...]


class _Requests:
    """Requests of one compiled network, shared by the threads that ask.

    A thread that finds none free finishes its own oldest one first, so no two threads can wait
    for each other.
    """

    def __init__(self, compiled: Any, count: int) -> None:
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(compiled.create_infer_request())

    def infer(self, inputs: Sequence[NDArray[Any]]) -> list[Answer]:
        answers: list[Answer] = []
        running: deque[Any] = deque()

        def finish() -> None:
            request = running.popleft()
            try:
                request.wait()
                answers.append(tuple(each.data.copy() for each in request.output_tensors))
            finally:
                self._free.put(request)

        for each in inputs:
            try:
                request = self._free.get(block=not running)
            except queue.Empty:
                finish()
                request = self._free.get()
            request.start_async({0: each}, share_inputs=True)
            running.append(request)
        while running:
            finish()
        return answers


class Network:
    """A network whose input may have several shapes; safe to call from several threads.

    `shaped(model, shape)` gives the model for one input shape; the last `shapes` are kept.
    """

    def __init__(
        self,
        core: ov.Core,
        shaped: Callable[[tuple[int, ...]], Any],
        threads: int,
        shapes: int = 8,
    ) -> None:
        self._core = core
        self._model_of = shaped
        self._threads = threads
        self._compiled = lru_cache(maxsize=shapes)(self._compile)

    def infer(self, inputs: Sequence[NDArray[Any]]) -> list[Answer]:
        """The outputs for each input, in order; inputs may differ in shape."""
        by_shape: dict[tuple[int, ...], list[int]] = {}
        for i, each in enumerate(inputs):
            by_shape.setdefault(each.shape, []).append(i)
        answers: dict[int, Answer] = {}
        for shape, wanted in by_shape.items():
            found = self._compiled(shape).infer([inputs[i] for i in wanted])
            answers.update(zip(wanted, found, strict=True))
        return [answers[i] for i in range(len(inputs))]

    def _compile(self, shape: tuple[int, ...]) -> _Requests:
        # Pinned threads of several workers would all sit on the first core.
        compiled = self._core.compile_model(
            self._model_of(shape),
            "CPU",
            {
                "INFERENCE_NUM_THREADS": self._threads,
                "NUM_STREAMS": self._threads,
                "ENABLE_CPU_PINNING": False,
            },
        )
        return _Requests(compiled, self._threads)
