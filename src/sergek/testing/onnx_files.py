"""Tiny ONNX files for tests: networks that always give the same answer.

Writes the protocol buffer by hand (https://onnx.ai/onnx/repo-docs/IR.html, field numbers of
`onnx.proto3`), so that no test needs the `onnx` package.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["constant_network"]

_FLOAT, _INT64 = 1, 7


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _block(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _kind(array: NDArray[np.generic]) -> int:
    return _INT64 if array.dtype == np.int64 else _FLOAT


def _value(name: str, kind: int, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_block(1, _number(1, side)) for side in shape)
    tensor = _number(1, kind) + _block(2, dims)
    return _block(1, name.encode()) + _block(2, _block(1, tensor))


def _initializer(name: str, array: NDArray[np.generic]) -> bytes:
    dims = b"".join(_number(1, side) for side in array.shape)
    return dims + _number(2, _kind(array)) + _block(8, name.encode()) + _block(9, array.tobytes())


def constant_network(
    inputs: Mapping[str, tuple[int, tuple[int, ...]]], outputs: Mapping[str, NDArray[np.generic]]
) -> bytes:
    """A model whose outputs are the given arrays (float32 or int64) whatever it is asked.

    `inputs` gives (element type, shape) per name: 1 is float32, 7 is int64.
    """
    graph = _block(2, b"constant")
    for name, array in outputs.items():
        node = _block(1, f"{name}_kept".encode()) + _block(2, name.encode())
        graph += _block(1, node + _block(4, b"Identity"))
        graph += _block(5, _initializer(f"{name}_kept", array))
        graph += _block(12, _value(name, _kind(array), array.shape))
    for name, (kind, shape) in inputs.items():
        graph += _block(11, _value(name, kind, shape))
    return _number(1, 8) + _block(7, graph) + _block(8, _number(2, 17))
