"""One training run: clock, rate, averaged weights, curve and a checkpoint that it resumes from."""

import json
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Session", "best_device"]

_WARM_UP_STEPS = 200
_DECAY_FROM = 0.7  # of the samples: from here the rate falls to zero in a straight line
_SAVE_EVERY_S = 90.0


def best_device() -> torch.device:
    """The GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Session:
    """Trains `net` on `limit` samples over as many starts as it takes. It is told in samples and
    not in minutes, so that a busy machine makes it longer and not worse.

    `averaged` holds an exponential average of the weights, which is what gets evaluated and
    exported. `out` receives `checkpoint.pt` and `curve.json`.
    """

    def __init__(self, net: nn.Module, out: Path, limit: int, rate: float) -> None:
        self.device = best_device()
        self.net = net.to(self.device, memory_format=torch.channels_last)
        self.averaged = deepcopy(self.net).eval()
        self.out, self.limit, self.rate = out, limit, rate
        self.optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
        self.steps = self.samples = 0
        self.elapsed_s = 0.0
        self.curve: list[dict[str, float]] = []
        out.mkdir(parents=True, exist_ok=True)
        if (out / "checkpoint.pt").exists():
            self._resume(out / "checkpoint.pt")
        self._tick = self._saved = time.monotonic()

    @property
    def progress(self) -> float:
        """Share of the samples that is used up."""
        return min(1.0, self.samples / self.limit)

    @property
    def done(self) -> bool:
        """Whether all samples were seen."""
        return self.progress >= 1

    def step(self, loss: Tensor, samples: int) -> None:
        """One step of the optimiser; saves now and then."""
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5)
        decay = min(1.0, (1 - self.progress) / (1 - _DECAY_FROM))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1, (self.steps + 1) / _WARM_UP_STEPS) * decay + 1e-6
        self.optimiser.step()
        self.steps += 1
        self.samples += samples
        self._average()
        now = time.monotonic()
        self.elapsed_s += now - self._tick
        self._tick = now
        if now - self._saved > _SAVE_EVERY_S:
            self.save()

    def log(self, **figures: float) -> None:
        """A point of the curve; printed and kept."""
        point = {"minutes": self.elapsed_s / 60, "samples": float(self.samples), **figures}
        self.curve.append(point)
        said = " ".join(f"{key}={value:.4g}" for key, value in point.items())
        print(self.out.name, said, flush=True)

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        state = {
            "net": self.net.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "counts": (self.steps, self.samples, self.elapsed_s),
            "curve": self.curve,
        }
        part = self.out / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.out / "checkpoint.pt")
        (self.out / "curve.json").write_text(json.dumps(self.curve, indent=0), encoding="utf-8")
        self._saved = time.monotonic()

    def _resume(self, path: Path) -> None:
        state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps, self.samples, self.elapsed_s = state["counts"]
        self.curve = state["curve"]
        print(f"resumed at {self.elapsed_s / 60:.1f} min, {self.samples} samples", flush=True)

    def _average(self) -> None:
        keep = min(0.998, 1 - 1 / (1 + self.steps / 10))
        with torch.no_grad():
            for ours, theirs in zip(
                self.averaged.state_dict().values(), self.net.state_dict().values(), strict=True
            ):
                if ours.dtype.is_floating_point:
                    ours.lerp_(theirs, 1 - keep)
                else:
                    ours.copy_(theirs)
