"""From a checkpoint to the product's weights: `python -m training.export reader runs/reader`.

Writes ONNX and `weights.toml` with its SHA-256. The reader's temperature (Guo et al. 2017) is
fitted here, on drawn plates of a seed of their own.
"""

import argparse
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sergek.simulation.plates.typefaces import installed
from sergek.vision.plate_weights import WEIGHTS
from training.card import write_card
from training.networks import PlateCornersNet, PlateLocatorNet, PlateReaderNet
from training.reader import strips_at, tensor_of

SEED_TEMPERATURE = 79
_OPSET = 17


class ReaderForUse(nn.Module):
    """Strips of bytes (n × 1 × 32 × 160) to calibrated probabilities (n × 40 × 37)."""

    def __init__(self, net: PlateReaderNet, temperature: float) -> None:
        super().__init__()
        self.net, self.temperature = net, temperature

    def forward(self, strip: Tensor) -> Tensor:
        """Probabilities per column."""
        probabilities: Tensor = (self.net(strip.float()) / self.temperature).softmax(-1)
        return probabilities


class LocatorForUse(nn.Module):
    """Pictures of bytes (n × h × w × 3, BGR) to score (0–1) and corner offsets."""

    def __init__(self, net: PlateLocatorNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Score and offsets."""
        score, offsets = self.net(picture.permute(0, 3, 1, 2).float())
        return score.sigmoid(), offsets


# Sharper maps than in training: where one has two hills, the corner is on the higher one and not
# between them. Chosen on five plain drawn plates and 186 of the street's looks, of 1, 1.4, 2 and 4.
_SHARPER = 1.5


class CornersForUse(nn.Module):
    """Windows of bytes (n × 1 × 48 × 128) to the chance of a plate and eight corner offsets."""

    def __init__(self, net: PlateCornersNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, window: Tensor) -> Tensor:
        """Nine numbers."""
        plate, heat = self.net.maps(window.float())
        return torch.cat([plate.sigmoid(), self.net.corners(_SHARPER * heat)], 1)


@dataclass(frozen=True, slots=True)
class _File:
    """How a network becomes a file: itself, as it is used, an example, and what the file calls its
    input and outputs, with the axes that may be of any length."""

    network: type[nn.Module]
    used: Callable[[Any], tuple[nn.Module, str]]
    example: tuple[int, ...]
    axes: dict[str, dict[int, str]]


def _calibrated(net: PlateReaderNet) -> tuple[nn.Module, str]:
    temperature = fitted_temperature(net)
    note = f" Temperature {temperature:.2f}, fitted on drawn plates of a seed of their own."
    return ReaderForUse(net, temperature), note


# The first name of the axes is the input's, the others are the outputs'.
NETWORKS = {
    "corners": _File(
        PlateCornersNet, lambda net: (CornersForUse(net), ""), (1, 1, 48, 128),
        {"window": {0: "n"}, "plate": {0: "n"}},
    ),
    "locator": _File(  # pictures of any size whose sides divide by 16
        PlateLocatorNet, lambda net: (LocatorForUse(net), ""), (1, 192, 256, 3),
        {"picture": {0: "n", 1: "h", 2: "w"}, "score": {0: "n", 2: "y", 3: "x"},
         "offsets": {0: "n", 2: "y", 3: "x"}},
    ),
    "reader": _File(
        PlateReaderNet, _calibrated, (1, 1, 32, 160), {"strip": {0: "n"}, "columns": {0: "n"}}
    ),
}  # fmt: skip


@torch.no_grad()
def fitted_temperature(net: nn.Module, strips: int = 3000) -> float:
    """The temperature of least cross entropy on columns that hold a character."""
    samples = strips_at(np.random.default_rng(SEED_TEMPERATURE), installed(), strips, 0.0)
    logits = torch.cat([net(tensor_of(samples[i : i + 250], torch.device("cpu")))
                        for i in range(0, len(samples), 250)])  # fmt: skip
    columns = torch.from_numpy(np.stack([s.columns for s in samples])).long()
    inked = columns > 0
    chosen, truth = logits[inked], columns[inked]
    grid = np.geomspace(0.5, 3.0, 60)
    costs = [float(functional.cross_entropy(chosen / t, truth)) for t in grid]
    return float(grid[int(np.argmin(costs))])


def write_list(folder: Path) -> None:
    """`weights.toml`: name, file and SHA-256 of each network that is there."""
    parts = ["# Written by training.export; the product refuses a file with another digest.\n"]
    for file in sorted(folder.glob("plate_*.onnx")):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        parts.append(f'[{file.stem}]\nfile = "{file.name}"\nsha256 = "{digest}"\n')
    (folder / "weights.toml").write_text("\n".join(parts), encoding="utf-8")


def export(name: str, run: Path, folder: Path) -> None:
    """Write `plate_NAME.onnx` from a run's averaged weights, its card, and `weights.toml`."""
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    how = NETWORKS[name]
    net = how.network()
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    net.load_state_dict(state["averaged"])
    used, note = how.used(net.eval())
    given, *answers = how.axes
    torch.onnx.export(
        used, (torch.zeros(*how.example, dtype=torch.uint8),),
        str(folder / f"plate_{name}.onnx"), input_names=[given], output_names=answers,
        dynamic_axes=how.axes, opset_version=_OPSET, dynamo=False,
    )  # fmt: skip
    write_list(folder)
    write_card(f"plate_{name}", run, folder, note)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=tuple(NETWORKS))
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    export(given.network, given.run, given.out)


if __name__ == "__main__":
    main()
