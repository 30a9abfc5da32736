"""Red light on rendered junctions against their truth: who is found, who is accused falsely.

`python -m bench red_light` plays the demo's junction and every kept reel
(`python -m bench._junction_reels` renders them) through the whole analysis, nothing shortened.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench._junction_reels import kept_junctions
from bench._results import note
from sergek.core.camera import Camera
from sergek.core.violation import Offence
from sergek.edge.reading import Draft
from sergek.simulation.truth import TruthEvent, TruthFrame, read_truth
from sergek.traffic.rules.verdict import Cleared
from sergek.traffic.sitefile import load_sites
from sergek.wiring.watching import watch_source

__all__ = ["run"]

_ROOT = Path(__file__).parent.parent
# So far beyond the line on red nobody has merely stopped over it.
_DRIVEN_ON_M = 8.0


@dataclass(frozen=True, slots=True)
class _Clip:
    group: str
    video: Path
    truth: Path
    sites: Path
    channel: str


def run() -> None:
    """Print and note, per light, the share of true crossings on red found and the false ones."""
    demo = _ROOT / "demo" / "junction"
    clips = [
        _Clip("junction", demo.with_suffix(".mp4"), demo.with_suffix(".truth.jsonl.gz"),
              _ROOT / "cities" / "taraz-demo.toml", "abay-1"),
        *(
            _Clip(reel.light if reel.head == "lit" else reel.head, reel.video, reel.truth,
                  reel.site, reel.name)
            for reel in kept_junctions()
        ),
    ]  # fmt: skip
    for group in dict.fromkeys(clip.group for clip in clips):
        _judge(group, [clip for clip in clips if clip.group == group])


def _judge(group: str, clips: list[_Clip]) -> None:
    true = found = others = false = 0
    for clip in clips:
        runners, crossed = _crossed(clip.truth)
        if group in ("covered", "flashing"):  # nobody may be accused where no lamp can be read
            crossed, runners = crossed | set(runners), {}
        said = _said(clip)
        accused = {plate for plate, reason in said.items() if reason is None}
        true, found = true + len(runners), found + len(runners.keys() & accused)
        others, false = others + len(crossed), false + len(accused - runners.keys())
        for plate in sorted(accused ^ runners.keys()):
            red_s = runners.get(plate)
            how = "falsely accused" if red_s is None else f"missed, {red_s:.2f} s after the change"
            print(f"  {clip.video.stem}: {plate} {how}: {said.get(plate, 'plate not read')}")
    share = found / true if true else 1.0
    print(f"{group}: {found} of {true} found; {false} false among {others} who obeyed", flush=True)
    if true:
        note(f"red_light.{group}.share_found", share, least=1.0)
    note(f"red_light.{group}.false_cases", false, limit=0)


def _crossed(truth: Path) -> tuple[dict[str, float], set[str]]:
    """Plates that drove over a stop line on red and for how long the lamp had been red (s), and
    the plates of all others that crossed it: on green, on amber, or to stop just over it."""
    runners: dict[str, float] = {}
    others: set[str] = set()
    header, lines = read_truth(truth)
    furthest: dict[int, float] = {}
    events: list[TruthEvent] = []
    for line in lines:
        if isinstance(line, TruthFrame) and line.lamps.get("main") in ("red", "red_yellow"):
            for vehicle in line.vehicles:
                y = vehicle.position_m[1]
                furthest[vehicle.vehicle_id] = max(y, furthest.get(vehicle.vehicle_id, y))
        elif isinstance(line, TruthEvent) and line.name == "stop_line_crossed":
            events.append(line)
    for event in events:
        beyond = furthest.get(event.vehicle_id or 0, 0.0) - (header.stop_line_y_m or 0.0)
        if event.facts["on_red"] and beyond > _DRIVEN_ON_M:
            runners[str(event.facts["plate"])] = float(event.facts["lamp_for_s"])
        else:
            others.add(str(event.facts["plate"]))
    return runners, others


def _said(clip: _Clip) -> dict[str, str | None]:
    """Per plate why it was not accused of running the red, None if it was."""
    site = next(
        s for s in load_sites(clip.sites) if any(c.camera_id == clip.channel for c in s.channels)
    )
    said: dict[str, str | None] = {}

    def passed(draft: Draft) -> None:
        plate = draft.passage.plate
        text = "?" if plate is None or plate.text is None else plate.text
        for verdict in () if draft.assessment is None else draft.assessment.verdicts:
            if verdict.offence is Offence.RED_LIGHT:
                said[text] = verdict.reason if isinstance(verdict, Cleared) else None

    watch_source(
        Camera(id=clip.channel, name=clip.channel, main=str(clip.video)),
        analysed_fps=15,
        passed=passed,
        site=site,
        started_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    )
    return said
