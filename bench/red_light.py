"""Red light on rendered junctions against their truth: who is found, who is accused falsely."""

import time
from datetime import UTC, datetime
from pathlib import Path

from bench._results import note
from sergek.core.camera import Camera
from sergek.core.passage import Passage
from sergek.core.violation import Offence
from sergek.edge.reading import Draft
from sergek.simulation.truth import TruthEvent, read_truth
from sergek.traffic.sitefile import load_sites
from sergek.wiring.watching import watch_source

__all__ = ["run"]

_ROOT = Path(__file__).parent.parent
# Clip, the site file and the channel that it is; the truth lies beside the clip.
_CLIPS = [("junction", "cities/taraz-demo.toml", "abay-1")]


def run() -> None:
    """Print and note, per clip, the share of true crossings on red found and the false ones."""
    for name, sites, channel in _CLIPS:
        clip = _ROOT / "demo" / f"{name}.mp4"
        true = _runners(clip.with_suffix(".truth.jsonl.gz"))
        begun = time.process_time()
        accused = _accused(clip, _ROOT / sites, channel)
        spent_s = time.process_time() - begun
        found = true & accused
        share = len(found) / len(true) if true else 1.0
        print(
            f"{name}: {len(found)} of {len(true)} found, {len(accused - true)} false, "
            f"ratio to 100 % {share:.2f}; {spent_s:.0f} s CPU"
        )
        note(f"red_light.{name}.share_found", share, least=1.0)
        note(f"red_light.{name}.false_cases", len(accused - true), limit=0)


def _runners(truth: Path) -> set[str]:
    """Plates that crossed a stop line on red in a lane that obeys the signal."""
    return {
        str(event.facts["plate"])
        for event in read_truth(truth)[1]
        if isinstance(event, TruthEvent)
        and event.name == "stop_line_crossed"
        and event.facts["on_red"]
    }


def _accused(clip: Path, sites: Path, channel: str) -> set[str]:
    site = next(s for s in load_sites(sites) if any(c.camera_id == channel for c in s.channels))
    plates: set[str] = set()

    def passed(draft: Draft) -> None:
        passage: Passage = draft.passage
        for violation in () if draft.assessment is None else draft.assessment.violations:
            if violation.offence is Offence.RED_LIGHT and passage.plate is not None:
                plates.add(passage.plate.text or "?")

    watch_source(
        Camera(id=channel, name=channel, main=str(clip)),
        analysed_fps=15,
        passed=passed,
        site=site,
        started_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    )
    return plates
