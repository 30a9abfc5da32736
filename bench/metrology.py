"""The metrology table: Monte Carlo of the speed measurement against geometry with exact truth.

Not footage: plate corners come from plain geometry with the stated noise, cameras are surveyed
anew with errors. `python -m bench metrology` prints the table and draws `docs/ref/metrology.png`.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from bench._metrology_table import head, row
from bench._results import note
from sergek.core.speed import Rejection
from sergek.testing.passages import Mount, batch_of, drive, survey_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import Demands, verdicts
from sergek.traffic.speed import KMH, evaluate

__all__ = ["run"]

Array = NDArray[np.float64]
CAMERAS, EACH = 60, 100
PICTURE = Path(__file__).parent.parent / "docs" / "ref" / "metrology.png"


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: corner noise, which way, how many survey points, and what the cars do."""

    name: str
    noise_px: float = 0.4
    approaching: bool = True
    points: int = 12
    acceleration_ms2: float = 0.0


CONDITIONS = (
    Condition("corners 0.3 px", 0.3),
    Condition("corners 0.4 px", 0.4),
    Condition("corners 0.5 px", 0.5),
    Condition("receding", approaching=False),
    Condition("4 points, f known", points=4),
    Condition("braking 4 m/s²", acceleration_ms2=-4.0),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Errors and U of the accepted, true speeds, reasons of the rest, seconds of computing."""

    error_kmh: Array
    u_kmh: Array
    true_kmh: Array
    reasons: Counter[str]
    passages: int
    seconds: float


def run() -> None:
    """Print the table, the false violations at the threshold, and draw the histogram."""
    results = {}
    head()
    for condition in CONDITIONS:
        result = results[condition.name] = simulate(condition, seed=20220113)
        key = f"metrology.{condition.name.replace(' ', '_')}"
        row(key, result.error_kmh, result.u_kmh, result.true_kmh, result.reasons)
    rate = sum(r.passages for r in results.values()) / sum(r.seconds for r in results.values())
    print(f"evaluate: {rate:.0f} passages/s, ratio to 1,000: {rate / 1e3:.2f}")
    note("metrology.evaluated_per_s", rate, least=1000)
    accused, passages = at_threshold(seed=20240412)
    print(f"false violations exactly at the threshold: {accused} of {passages}")
    note(f"metrology.false_violations_of_{passages}_at_threshold", accused, limit=0)
    _draw(results["corners 0.5 px"])
    print(f"histogram: {PICTURE.name}")


def simulate(condition: Condition, seed: int) -> Result:
    """Passages at 20 to 140 km/h before cameras mounted and surveyed at random."""
    rng = np.random.default_rng(seed)
    parts = list(_cameras(condition, rng))
    found = [part[0] for part in parts]
    reasons = [reason for part in parts for reason in part[3]]
    good = np.array([reason is None for reason in reasons])
    return Result(
        error_kmh=np.concatenate(found)[good],
        u_kmh=np.concatenate([part[1] for part in parts])[good],
        true_kmh=np.concatenate([part[2] for part in parts])[good],
        reasons=Counter(str(reason) for reason in reasons if reason is not None),
        passages=len(reasons),
        seconds=sum(part[4] for part in parts),
    )


def _cameras(
    condition: Condition, rng: np.random.Generator
) -> Iterator[tuple[Array, Array, Array, list[Rejection | None], float]]:
    for _ in range(CAMERAS):
        mount = Mount(
            height_m=rng.uniform(5.5, 7.0), tilt_deg=rng.uniform(14, 17), k1=rng.normal(0, 0.05)
        )
        pose = calibrate(
            *survey_of(mount, rng, count=condition.points, known_focal=condition.points == 4)
        ).pose
        passages = drive(
            mount,
            rng,
            rng.uniform(40 if condition.acceleration_ms2 else 20, 140, EACH),
            noise_px=condition.noise_px,
            bias_px=0.1,
            approaching=condition.approaching,
            acceleration_ms2=condition.acceleration_ms2,
        )
        batch = batch_of(passages, pose, heading_deg=180.0 if condition.approaching else 0.0)
        begun = time.process_time()
        found = evaluate(batch)
        reasons = verdicts(batch, found, Demands())
        seconds = time.process_time() - begun
        true = passages.speed_at(found.at_s)
        yield found.speed_ms * KMH - true, 2 * found.u_ms * KMH, true, reasons, seconds


def at_threshold(seed: int) -> tuple[int, int]:
    """How many of 10,000 passages at exactly limit + 10 would be violations at v − G."""
    rng = np.random.default_rng(seed)
    accused = 0
    for limit in (40, 60, 80, 100):
        for _ in range(25):
            mount = Mount(height_m=rng.uniform(5.5, 7.0), tilt_deg=rng.uniform(14, 17))
            pose = calibrate(*survey_of(mount, rng)).pose
            noise = rng.uniform(0.3, 0.5)
            speeds = np.full(100, limit + 10.0)
            found = evaluate(batch_of(drive(mount, rng, speeds, noise_px=noise, bias_px=0.1), pose))
            speed = found.speed_ms * KMH
            guard = np.maximum(5 * found.u_ms * KMH, np.maximum(2.0, 0.02 * speed))
            accused += int((speed - guard > limit + 10).sum())
    return accused, 4 * 25 * 100


def _draw(result: Result) -> None:
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    left.hist(result.error_kmh, bins=60, color="#2a6f97")
    left.set(xlabel="error, km/h", ylabel="passages", title="error against geometric truth")
    right.scatter(result.true_kmh, result.error_kmh, s=3, alpha=0.4, color="#2a6f97")
    order = np.argsort(result.true_kmh)
    window = np.ones(200) / 200
    u = np.convolve(result.u_kmh[order], window, "valid")
    at = np.convolve(result.true_kmh[order], window, "valid")
    for sign in (1, -1):
        right.plot(
            at, sign * u, color="#c1121f", lw=1.5, label="stated U (k = 2)" if sign > 0 else ""
        )
    right.set(xlabel="true speed, km/h", ylabel="error, km/h", title="stated interval")
    right.legend(loc="upper left")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=100)
    plt.close(figure)
