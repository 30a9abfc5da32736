"""From an exported ONNX file back to a network that can be trained on.

Export folds each batch normalisation into the convolution before it. Here the convolution gets
the folded weights, and its normalisation the statistics of examples with the scale and shift that
undo it: the network answers exactly as the file does, and can learn.
"""

from pathlib import Path

import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

__all__ = ["load_onnx", "settle"]

_Norm = nn.BatchNorm1d | nn.BatchNorm2d
_WEIGHTED = {"Conv", "Gemm", "MatMul"}


def _weighted_nodes(path: Path) -> list[tuple[NDArray, NDArray | None]]:  # type: ignore[type-arg]
    """Weights and bias of each convolution and linear layer, in the order they are used."""
    graph = onnx.load(str(path)).graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = []
    for i, node in enumerate(graph.node):
        if node.op_type not in _WEIGHTED or node.input[1] not in values:
            continue
        weight = values[node.input[1]]
        if node.op_type == "MatMul":  # its bias is added by the next node
            bias = next(values[name] for name in graph.node[i + 1].input if name in values)
            weight = weight.T
        else:
            bias = values[node.input[2]] if len(node.input) > 2 else None
        found.append((weight, bias))
    return found


def load_onnx(net: nn.Module, path: Path) -> None:
    """Give `net` the file's weights; normalisations only add the bias until `settle`."""
    layers = [m for m in net.modules() if isinstance(m, nn.Conv1d | nn.Conv2d | nn.Linear | _Norm)]
    stored = iter(_weighted_nodes(path))
    with torch.no_grad():
        for i, layer in enumerate(layers):
            if isinstance(layer, _Norm):
                continue
            weight, bias = next(stored)
            layer.weight.copy_(torch.from_numpy(weight.copy()))
            after = layers[i + 1] if i + 1 < len(layers) else None
            if isinstance(after, _Norm):
                after.running_mean.zero_()  # type: ignore[union-attr]
                after.running_var.fill_(1 - after.eps)  # type: ignore[union-attr]
                after.weight.fill_(1.0)
                after.bias.copy_(torch.from_numpy(bias.copy()) if bias is not None else 0.0)
            elif bias is not None and layer.bias is not None:
                layer.bias.copy_(torch.from_numpy(bias.copy()))


@torch.no_grad()
def settle(net: nn.Module, examples: Tensor) -> None:
    """Statistics of `examples` for every normalisation, undone by its scale and shift."""
    seen: dict[_Norm, tuple[Tensor, Tensor]] = {}

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        axes = [axis for axis in range(inputs[0].ndim) if axis != 1]
        assert isinstance(layer, _Norm)
        seen[layer] = inputs[0].mean(axes), inputs[0].var(axes, correction=0)

    norms = [m for m in net.modules() if isinstance(m, _Norm)]
    hooks = [m.register_forward_hook(note) for m in norms]
    net.eval()
    net(examples)
    for hook in hooks:
        hook.remove()
    for layer in norms:
        mean, spread = seen[layer]
        layer.running_mean.copy_(mean)  # type: ignore[union-attr]
        layer.running_var.copy_(spread)  # type: ignore[union-attr]
        layer.weight.copy_((spread + layer.eps).sqrt())
        layer.bias.add_(mean)
