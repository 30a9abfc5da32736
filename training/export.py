"""From a checkpoint to the product's weights: `python -m training.export reader runs/reader`.

Writes ONNX and `weights.toml` with its SHA-256. The reader's temperature (Guo et al. 2017) is
fitted here, on drawn plates of a seed of their own.
"""

import argparse
import hashlib
from pathlib import Path

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
_FILES = {
    "plate_reader": "plate_reader.onnx",
    "plate_locator": "plate_locator.onnx",
    "plate_corners": "plate_corners.onnx",
}


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


def averaged(run: Path, net: nn.Module) -> nn.Module:
    """The run's averaged weights."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    net.load_state_dict(state["averaged"])
    return net.eval()


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
    for name, file in _FILES.items():
        if (folder / file).exists():
            digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
            parts.append(f'[{name}]\nfile = "{file}"\nsha256 = "{digest}"\n')
    (folder / "weights.toml").write_text("\n".join(parts), encoding="utf-8")


def export_reader(run: Path, folder: Path) -> float:
    """Write `plate_reader.onnx`; the temperature that went into it."""
    net = averaged(run, PlateReaderNet())
    temperature = fitted_temperature(net)
    assert isinstance(net, PlateReaderNet)
    torch.onnx.export(
        ReaderForUse(net, temperature), (torch.zeros(1, 1, 32, 160, dtype=torch.uint8),),
        str(folder / _FILES["plate_reader"]), input_names=["strip"], output_names=["columns"],
        dynamic_axes={"strip": {0: "n"}, "columns": {0: "n"}}, opset_version=_OPSET, dynamo=False,
    )  # fmt: skip
    write_list(folder)
    return temperature


def export_locator(run: Path, folder: Path) -> None:
    """Write `plate_locator.onnx`; pictures of any size whose sides divide by 16."""
    net = averaged(run, PlateLocatorNet())
    assert isinstance(net, PlateLocatorNet)
    free = {0: "n", 1: "h", 2: "w"}
    torch.onnx.export(
        LocatorForUse(net), (torch.zeros(1, 192, 256, 3, dtype=torch.uint8),),
        str(folder / _FILES["plate_locator"]), input_names=["picture"],
        output_names=["score", "offsets"],
        dynamic_axes={"picture": free, "score": {0: "n", 2: "y", 3: "x"},
                      "offsets": {0: "n", 2: "y", 3: "x"}},
        opset_version=_OPSET, dynamo=False,
    )  # fmt: skip
    write_list(folder)


def export_corners(run: Path, folder: Path) -> None:
    """Write `plate_corners.onnx`."""
    net = averaged(run, PlateCornersNet())
    assert isinstance(net, PlateCornersNet)
    torch.onnx.export(
        CornersForUse(net), (torch.zeros(1, 1, 48, 128, dtype=torch.uint8),),
        str(folder / _FILES["plate_corners"]), input_names=["window"], output_names=["plate"],
        dynamic_axes={"window": {0: "n"}, "plate": {0: "n"}}, opset_version=_OPSET, dynamo=False,
    )  # fmt: skip
    write_list(folder)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=("reader", "locator", "corners"))
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    if given.network == "reader":
        temperature = export_reader(given.run, given.out)
        note = f" Temperature {temperature:.2f}, fitted on drawn plates of a seed of their own."
        write_card("plate_reader", given.run, given.out, note)
    elif given.network == "locator":
        export_locator(given.run, given.out)
        write_card("plate_locator", given.run, given.out)
    else:
        export_corners(given.run, given.out)
        write_card("plate_corners", given.run, given.out)


if __name__ == "__main__":
    main()
