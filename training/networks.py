"""The three plate networks as PyTorch modules."""

import torch
from torch import Tensor, nn

from sergek.vision.plate_window import WINDOW

__all__ = ["PlateCornersNet", "PlateLocatorNet", "PlateReaderNet"]


# Where in its window a rough place's corners are put, as shares of the window.
_HOME = (WINDOW.corners / WINDOW.size).tolist()


def _block(
    inputs: int, outputs: int, stride: int | tuple[int, int] = 1, dilation: int = 1
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(True),
    )


class _Context(nn.Module):
    """A residual one-dimensional convolution: lets a column see its neighbours."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 5, 1, 2 * dilation, dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return x + torch.relu(self.norm(self.conv(x)))


class PlateReaderNet(nn.Module):
    """Strip (n × 1 × 32 × 160, 0–255) to logits (n × 40 × 37): per column no character or one.

    Seven convolutions bring the height to one; three dilated ones along the text give every
    column the whole line as context, so that position tells 0 from O. 0.5 M parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _block(1, 16, 2),
            _block(16, 32),
            _block(32, 48, 2),
            _block(48, 64),
            _block(64, 96, (2, 1)),
            _block(96, 128, (2, 1)),
        )
        self.fold = nn.Sequential(
            nn.Conv2d(128, 128, (2, 1), bias=False), nn.BatchNorm2d(128), nn.ReLU(True)
        )
        self.context = nn.Sequential(_Context(128, 1), _Context(128, 2), _Context(128, 3))
        self.drop = nn.Dropout(0.1)
        self.classes = nn.Linear(128, 37)

    def forward(self, strip: Tensor) -> Tensor:
        """Logits per column."""
        mean = strip.mean((1, 2, 3), keepdim=True)
        spread = (strip - mean).pow(2).mean((1, 2, 3), keepdim=True).sqrt()
        x = self.fold(self.features((strip - mean) / (spread + 4.0))).squeeze(2)
        logits: Tensor = self.classes(self.drop(self.context(x)).transpose(1, 2))
        return logits


class PlateLocatorNet(nn.Module):
    """Picture (n × 3 × h × w, BGR 0–255) to score (n × 1) and corner offsets (n × 8), h/4 × w/4.

    A U of strides 2 to 16 and back to 4. Offsets are in units of 16 pixels from a cell's centre:
    x and y of the four corners, clockwise from the plate's own top left. 0.6 M parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _block(3, 16, 2)
        self.quarter = _block(16, 32, 2)
        self.eighth = nn.Sequential(_block(32, 56, 2), _block(56, 56))
        self.sixteenth = nn.Sequential(_block(56, 96, 2), _block(96, 96), _block(96, 96))
        self.up_eighth = nn.Conv2d(96, 56, 1)
        self.join_eighth = _block(56, 56)
        self.up_quarter = nn.Conv2d(56, 32, 1)
        self.join_quarter = _block(32, 32)
        self.score = nn.Conv2d(32, 1, 1)
        self.offsets = nn.Conv2d(32, 8, 1)
        nn.init.constant_(self.score.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the score, and the offsets."""
        quarter = self.quarter(self.stem((picture - 127.0) / 64.0))
        eighth = self.eighth(quarter)
        deep = self.up_eighth(self.sixteenth(eighth))
        eighth = self.join_eighth(eighth + nn.functional.interpolate(deep, scale_factor=2.0))
        wide = nn.functional.interpolate(self.up_quarter(eighth), scale_factor=2.0)
        quarter = self.join_quarter(quarter + wide)
        return self.score(quarter), self.offsets(quarter)


class PlateCornersNet(nn.Module):
    """Window (n × 1 × 48 × 128, 0–255) to nine numbers: the logit of being a plate, then how far
    each corner is from the window's (shares of its size). 0.2 M parameters.

    A U of strides 2 to 8 and back to 2 ends in one map per corner; a corner is where its map's
    mass lies (integral regression, Sun et al. 2018), so a corner moves when its edge moves, and
    what it says of one place it says of all. `maps` gives the maps' logits (n × 4 × 24 × 64).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _block(1, 16, 2)
        self.quarter = nn.Sequential(_block(16, 32, 2), _block(32, 48))
        self.eighth = nn.Sequential(
            _block(48, 64, 2), _block(64, 64), _block(64, 64, dilation=2), _block(64, 64)
        )
        self.up_quarter = nn.Conv2d(64, 48, 1)
        self.join_quarter = _block(48, 48)
        self.up_half = nn.Conv2d(48, 16, 1)
        self.join_half = _block(16, 16)
        self.heat = nn.Conv2d(16, 4, 1)
        self.plate = nn.Sequential(nn.Linear(64, 32), nn.ReLU(True), nn.Linear(32, 1))
        rows, columns = torch.meshgrid(
            (torch.arange(24) + 0.5) / 24, (torch.arange(64) + 0.5) / 64, indexing="ij"
        )
        self.register_buffer("cells", torch.stack([columns, rows]).reshape(1, 1, 2, -1))
        self.register_buffer("home", torch.tensor(_HOME))

    def maps(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """The logit of being a plate (n × 1), and the maps' logits."""
        mean = window.mean((1, 2, 3), keepdim=True)
        spread = (window - mean).pow(2).mean((1, 2, 3), keepdim=True).sqrt()
        half = self.stem((window - mean) / (spread + 4.0))
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        wide = nn.functional.interpolate(self.up_quarter(eighth), scale_factor=2.0)
        quarter = self.join_quarter(quarter + wide)
        wide = nn.functional.interpolate(self.up_half(quarter), scale_factor=2.0)
        heat: Tensor = self.heat(self.join_half(half + wide))
        plate: Tensor = self.plate(eighth.mean((2, 3)))
        return plate, heat

    def corners(self, heat: Tensor) -> Tensor:
        """Corners' offsets (n × 8, shares of the window) of the maps' logits."""
        mass = heat.flatten(2).softmax(-1)
        offsets: Tensor = ((mass[:, :, None] * self.cells).sum(-1) - self.home).flatten(1)
        return offsets

    def forward(self, window: Tensor) -> Tensor:
        """Nine numbers."""
        plate, heat = self.maps(window)
        return torch.cat([plate, self.corners(heat)], 1)
