"""Networks on OpenVINO: one thread per request, several requests.

Two threads on one request cost 6–40 % more CPU than two requests on one thread each, so a
request never gets more than one.
"""

import queue
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray

__all__ = ["Network", "ShapedNetwork"]

Answer = tuple[NDArray[Any], ...]

# OpenVINO's Python part looks numpy up at its first use, and two threads that come first together
# wait for each other for ever (one holds the GIL, the other the guard). So the first use is here.
ov.Type.u8.to_dtype()
ov.Tensor(np.zeros(1, np.uint8), shared_memory=True)


class Network:
    """A compiled network, safe to call from several threads; `threads` requests run at once.

    The model may leave its input's height and width open: a shape seen for the first time then
    costs tens of milliseconds, where compiling it anew costs hundreds and some 20 MB.
    """

    def __init__(self, core: ov.Core, model: Any, threads: int) -> None:
        # Pinned threads of several workers would all sit on the first core.
        compiled = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": threads,
                "ENABLE_CPU_PINNING": False,
            },
        )
        # A thread that finds none free finishes its own oldest one first, so no two threads can
        # wait for each other.
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(threads):
            self._free.put(compiled.create_infer_request())

    def infer(self, inputs: Sequence[NDArray[Any]]) -> list[Answer]:
        """The outputs for each input, in order; inputs may differ in shape."""
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


class ShapedNetwork:
    """A network that is compiled for each shape of its input: fastest where shapes are few.

    `shaped(shape)` gives the model for one; the last eight are kept.
    """

    def __init__(
        self, core: ov.Core, shaped: Callable[[tuple[int, ...]], Any], threads: int
    ) -> None:
        def compiled(shape: tuple[int, ...]) -> Network:
            return Network(core, shaped(shape), threads)

        self._compiled = lru_cache(maxsize=8)(compiled)

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
