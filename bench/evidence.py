"""Packaging and verifying one case, CPU time: media encoded and copied, then 12 MB sealed; and the
whole command `sergek verify`, from the start of Python to its exit."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench._results import note
from sergek.adapters.evidence.casefile import picture_media
from sergek.adapters.evidence.package import Media, seal
from sergek.adapters.evidence.trust import SigningKey, TrustList
from sergek.adapters.evidence.verify import verify
from sergek.adapters.video import open_source
from sergek.adapters.video.clip import copied_clip
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Violation
from sergek.testing.facts import WHEN, facts_along
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site
from sergek.traffic.calibration import calibrate
from sergek.traffic.law.book import law_book
from sergek.traffic.measure import measure, plate_size
from sergek.traffic.rules import speeding
from sergek.traffic.rules.record import FactsRecord

__all__ = ["run"]

_PACK_LIMIT_MS, _VERIFY_LIMIT_MS = 150.0, 1000.0
_CLIP = Path(__file__).parent.parent / "demo" / "junction.mp4"


def run() -> None:
    """Print CPU milliseconds and their ratio to the limits, median of nine."""
    mount, rng = Mount(), np.random.default_rng(6)
    channel, survey = survey_of(mount, rng)
    pose = calibrate(channel, survey).pose
    track = track_of(drive(mount, rng, np.array([97.0])), 0)
    media = [
        Media("overview_before", "image/jpeg", rng.bytes(800_000)),
        Media("overview_after", "image/jpeg", rng.bytes(800_000)),
        Media("plate", "image/jpeg", rng.bytes(40_000)),
        Media("clip", "video/mp4", rng.bytes(10_000_000)),
    ]
    site = example_site()
    with TemporaryDirectory() as folder:
        key = SigningKey.open(Path(folder) / "device.pem")
    entry = key.trusted("device", "device", WHEN - timedelta(days=1))
    trust = TrustList(published_at=WHEN, keys=(entry,))
    packing, checking = [], []
    for _ in range(9):
        begun = time.process_time()
        result, inputs = measure(track, pose, channel, plate_size(VehicleClass.CAR, 1), 180.0)
        facts = facts_along([(0, -1.7, 34), (0.7, -1.7, 15)], speed=result)
        violation = speeding.judge(facts, site, law_book())
        assert isinstance(violation, Violation)
        sealed = seal(
            site=site,
            violation=violation,
            record=FactsRecord.of(facts),
            measurement=result,
            inputs=inputs,
            media=media,
            models=(),
            log=None,
            created_at=WHEN,
            key=key,
        )
        packing.append((time.process_time() - begun) * 1e3)
        begun = time.process_time()
        assert verify(sealed.data, trust, "0" * 64).ok
        checking.append((time.process_time() - begun) * 1e3)
    media_ms = _media_ms()
    total = float(np.median(packing)) + media_ms
    command_ms = _command_ms(sealed.data, trust)
    note("evidence.packaging_cpu_ms", total, limit=_PACK_LIMIT_MS)
    note("evidence.verify_command_cpu_ms", command_ms, limit=_VERIFY_LIMIT_MS)
    for name, found, limit in (
        ("encode two 1600 × 900 pictures and copy a 6 s clip", media_ms, _PACK_LIMIT_MS),
        ("all of packaging", total, _PACK_LIMIT_MS),
        ("measure, judge and seal", np.median(packing), _PACK_LIMIT_MS),
        ("verify", np.median(checking), _VERIFY_LIMIT_MS),
        ("the whole command `sergek verify`", command_ms, _VERIFY_LIMIT_MS),
    ):
        print(f"{name}: {found:.0f} ms CPU, limit {limit:.0f}, ratio {found / limit:.2f}")


def _command_ms(package: bytes, trust: TrustList) -> float:
    """CPU milliseconds (user and system) of the whole command."""
    taken = []
    with TemporaryDirectory() as folder:
        case, keys = Path(folder) / "case.zip", Path(folder) / "trust.json"
        case.write_bytes(package)
        keys.write_text(trust.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-m", "sergek", "verify", str(case), "--trust", str(keys)]
        for _ in range(9):
            begun = os.times()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            ended = os.times()
            user, system = ended[2] - begun[2], ended[3] - begun[3]
            taken.append((user + system) * 1e3)
    return float(np.median(taken))


def _media_ms() -> float:
    """CPU milliseconds for a case's media: the demo junction's picture twice, six seconds of it."""
    source = open_source(str(_CLIP), realtime=False)
    packets = [packet for packet in source.packets() if (packet.media_s or 0.0) < 6.0]
    decoder, frames = source.decoder(), []
    for packet in packets[:5]:
        frames += decoder.decode(packet)
    taken = []
    for _ in range(9):
        begun = time.process_time()
        picture_media(
            [("overview_before", frames[0].image()), ("overview_after", frames[1].image())]
        )
        copied_clip(source.info, packets)
        taken.append((time.process_time() - begun) * 1e3)
    return float(np.median(taken))
