"""Networks: inputs of any shape, answers in order, from any number of threads."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import openvino as ov
import pytest
from numpy.typing import NDArray
from openvino import opset13 as ops

from sergek.vision.networks import Network, ShapedNetwork

CORE = ov.Core()
Made = Callable[[int], Network | ShapedNetwork]


def _sums(shape: list[int]) -> ov.Model:
    """The sum of a picture's samples; −1 leaves a side open."""
    picture = ops.parameter(shape, np.float32)
    axes = ops.constant(np.array([2, 3]))
    return ov.Model([ops.reduce_sum(picture, axes)], [picture])


def _open(threads: int) -> Network:
    return Network(CORE, _sums([1, 1, -1, -1]), threads)


def _shaped(threads: int) -> ShapedNetwork:
    return ShapedNetwork(CORE, lambda shape: _sums(list(shape)), threads)


def _pictures(seed: int) -> list[NDArray[np.float32]]:
    """Eleven pictures of three shapes, mixed."""
    sides = [(4, 6), (5, 5), (8, 2)]
    return [np.full((1, 1, *sides[i % 3]), seed * 100 + i, np.float32) for i in range(11)]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("made", [_open, _shaped])
def test_answers_come_in_the_order_of_the_inputs(made: Made, threads: int) -> None:
    """Whatever the shapes and however few the requests, the n-th answer is the n-th input's."""
    pictures = _pictures(1)
    answers = made(threads).infer(pictures)
    assert [float(a[0][0, 0]) for a in answers] == [float(p.sum()) for p in pictures]


def test_threads_share_the_requests() -> None:
    """Four threads on two requests end, and each gets its own answers."""
    network = _open(2)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda seed: (seed, network.infer(_pictures(seed))), range(24)))
    for seed, answers in told:
        assert [float(a[0][0, 0]) for a in answers] == [float(p.sum()) for p in _pictures(seed)]


_FIRST_USE = """
import faulthandler, sys, threading
faulthandler.dump_traceback_later(30, exit=True)
import numpy as np, openvino as ov
import sergek.vision.networks
together = threading.Barrier(8)
def first():
    together.wait()
    ov.Type.u8.to_dtype()
    ov.Tensor(np.zeros(4, np.uint8), shared_memory=True).data
threads = [threading.Thread(target=first) for _ in range(8)]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_threads_that_come_first_together_do_not_wait_for_ever() -> None:
    """Eight threads that touch OpenVINO at one moment of a fresh process all end, four times."""
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
