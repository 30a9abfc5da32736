"""A pilot's figures: what two people read against what the machine read, with intervals.

Every share comes with its exact 95 % interval (Clopper and Pearson, Biometrika 26, 1934, 404-413),
from quantiles of the beta distribution. Exact intervals are never too short, which is what a
figure needs on which somebody may be fined.
"""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from scipy.special import betaincinv

from sergek.core.period import Period

__all__ = [
    "Demands",
    "Label",
    "Lack",
    "PilotFigures",
    "PilotSample",
    "Share",
    "demands",
    "figures_of",
    "shortfalls",
    "truth_of",
]

T = TypeVar("T")
_FROZEN = ConfigDict(frozen=True, extra="forbid")
Seen = Literal["plate", "illegible", "no_plate", "no_vehicle"]


class Share(BaseModel):
    """`hits` of `of`, with the ends of the exact interval (None where there is nothing)."""

    model_config = _FROZEN

    hits: int = Field(ge=0)
    of: int = Field(ge=0)
    share: float | None
    low: float | None
    high: float | None

    @classmethod
    def of_counts(cls, hits: int, of: int) -> "Share":
        """The share and its 95 % Clopper-Pearson interval."""
        if of == 0:
            return cls(hits=0, of=0, share=None, low=None, high=None)
        tail = 0.025
        low = 0.0 if hits == 0 else float(betaincinv(hits, of - hits + 1, tail))
        high = 1.0 if hits == of else float(betaincinv(hits + 1, of - hits, 1 - tail))
        return cls(hits=hits, of=of, share=hits / of, low=low, high=high)


class Label(BaseModel):
    """What one person saw: the plate's text (empty unless `seen` is `plate`) and the vehicle."""

    model_config = _FROZEN

    person: str
    seen: Seen
    text: str = ""
    vehicle_class: str = ""

    @property
    def answer(self) -> tuple[str, str]:
        """What two people must agree on."""
        return self.seen, self.text


class PilotSample(BaseModel):
    """One passage of the sample: what the machine said when it was drawn, and the labels.

    `labels` are the two independent ones, `settled` the third person's where they differ;
    `reference_kmh` is a speed measured by another instrument.
    """

    model_config = _FROZEN

    passage_id: str
    night: bool
    machine_text: str | None
    machine_status: str
    machine_class: str
    speed_kmh: float | None = None
    speed_u_kmh: float | None = None
    reference_kmh: float | None = None
    labels: tuple[Label, ...] = ()
    settled: Label | None = None

    @property
    def agreed(self) -> bool | None:
        """Whether the first two people saw the same; None before both have looked."""
        if len(self.labels) < 2:
            return None
        return self.labels[0].answer == self.labels[1].answer


def truth_of(sample: PilotSample) -> Label | None:
    """What the plate was: what both saw, else what the third person settled, else not known yet."""
    if sample.settled is not None:
        return sample.settled
    return sample.labels[0] if sample.agreed else None


class PilotFigures(BaseModel):
    """What the pilot found.

    `people_agree`: of doubly labelled passages. `coverage`: legible plates that the machine called
    surely read. `wrong`: of the surely read ones whose plate people could read, those read
    otherwise. `exact`: legible plates whose text is right, sure or not. `read_blindly`: passages
    on which people could not read a plate but the machine claims to. `captured`: vehicles counted
    by hand that became a passage. Speeds are km/h against the reference.
    """

    model_config = _FROZEN

    drawn: int
    labelled: int
    night: int
    people_agree: Share
    coverage: Share
    coverage_night: Share
    wrong: Share
    wrong_night: Share
    exact: Share
    read_blindly: Share
    false_passages: Share
    right_class: Share
    captured: Share
    speed_references: int
    speed_measured: Share
    speed_mean_abs_kmh: float | None
    speed_worst_kmh: float | None
    speed_out_of_bounds: int
    speed_covered: Share


class Demands(Period):
    """What the figures must show; see `law/pilot.toml`."""

    labelled: int
    night_share: float
    people_agree: float
    read: int
    wrong_at_most: float
    coverage_at_least: float
    captured_at_least: float
    speed_references: int
    speed_within_kmh: float
    speed_within_share: float
    speed_mean_kmh: float
    speed_covered: float
    source: str


@cache
def demands() -> Demands:
    """The demands that ship with the product; the last of the file that is dated."""
    source = resources.files("sergek.traffic.law").joinpath("pilot.toml")
    entries = [Demands.model_validate(e) for e in tomllib.loads(source.read_text())["demands"]]
    return max(entries, key=lambda entry: entry.valid_from)


def figures_of(
    samples: Sequence[PilotSample], counted: Iterable[tuple[int, int]], wanted: Demands
) -> PilotFigures:
    """The figures; `counted` pairs vehicles counted by hand with passages of the same minutes."""
    known = [(s, truth) for s in samples if (truth := truth_of(s)) is not None]
    doubly = [s for s in samples if s.agreed is not None]
    legible = [(s, truth) for s, truth in known if truth.seen == "plate"]
    unread = [s for s, truth in known if truth.seen in ("illegible", "no_plate")]
    classed = [(s, truth) for s, truth in known if truth.vehicle_class]
    hand = list(counted)
    night = [(s, truth) for s, truth in legible if s.night]
    return PilotFigures(
        drawn=len(samples),
        labelled=len(known),
        night=sum(s.night for s, _ in known),
        people_agree=_share(doubly, lambda s: bool(s.agreed)),
        coverage=_share(legible, _sure),
        coverage_night=_share(night, _sure),
        wrong=_share([pair for pair in legible if _sure(pair)], _otherwise),
        wrong_night=_share([pair for pair in night if _sure(pair)], _otherwise),
        exact=_share(legible, lambda pair: pair[0].machine_text == pair[1].text),
        read_blindly=_share(unread, lambda s: s.machine_status == "read"),
        false_passages=_share(known, lambda pair: pair[1].seen == "no_vehicle"),
        right_class=_share(classed, lambda p: p[0].machine_class == p[1].vehicle_class),
        captured=Share.of_counts(sum(min(a, b) for a, b in hand), sum(a for a, _ in hand)),
        **_speeds(samples, wanted),
    )


Pair = tuple[PilotSample, Label]


def _sure(pair: Pair) -> bool:
    return pair[0].machine_status == "read"


def _otherwise(pair: Pair) -> bool:
    return pair[0].machine_text != pair[1].text


def _share(things: Sequence[T], hit: Callable[[T], bool]) -> Share:
    return Share.of_counts(sum(hit(thing) for thing in things), len(things))


def _speeds(samples: Sequence[PilotSample], wanted: Demands) -> dict[str, Any]:
    referred = [s for s in samples if s.reference_kmh is not None]
    pairs = [
        (s.speed_kmh - s.reference_kmh, s.speed_u_kmh, s.reference_kmh)
        for s in referred
        if s.speed_kmh is not None and s.speed_u_kmh is not None and s.reference_kmh is not None
    ]
    errors = [abs(error) for error, _, _ in pairs]
    within = [
        error <= max(wanted.speed_within_kmh, wanted.speed_within_share * true)
        for error, (_, _, true) in zip(errors, pairs, strict=True)
    ]
    covered = sum(error <= u for error, (_, u, _) in zip(errors, pairs, strict=True))
    return {
        "speed_references": len(referred),
        "speed_measured": Share.of_counts(len(pairs), len(referred)),
        "speed_mean_abs_kmh": sum(errors) / len(errors) if errors else None,
        "speed_worst_kmh": max(errors, default=None),
        "speed_out_of_bounds": within.count(False),
        "speed_covered": Share.of_counts(covered, len(pairs)),
    }


class Lack(BaseModel):
    """One demand that is not met: its name (a text of the pages), what was found and needed."""

    model_config = _FROZEN

    name: str
    found: str
    needed: str

    @property
    def sentence(self) -> str:
        """The same for a terminal."""
        return f"{_LACKS[self.name]}: {self.found}; {self.needed} needed"


_LACKS = {
    "labelled": "passages labelled by two",
    "night": "of them at night",
    "people_agree": "the two people agree",
    "read": "surely read plates checked",
    "wrong": "wrong among surely read, upper end",
    "coverage": "legible plates surely read, lower end",
    "captured": "vehicles counted by hand that were captured, lower end",
    "speed_references": "measured speeds with a reference",
    "speed_out": "speeds out of bounds",
    "speed_mean": "mean error of speed, km/h",
    "speed_covered": "speeds within their stated U, lower end",
}


def shortfalls(figures: PilotFigures, wanted: Demands, *, speeds: bool) -> list[Lack]:
    """What is still missing before the record can be signed.

    `speeds`: whether the site fines for speed and so owes references of speed.
    """
    f, w = figures, wanted
    night = f.night / f.labelled if f.labelled else None
    checks = [
        _count("labelled", f.labelled, w.labelled),
        _least("night", night, w.night_share),
        _least("people_agree", f.people_agree.share, w.people_agree),
        _count("read", f.wrong.of, w.read),
        _most("wrong", f.wrong.high, w.wrong_at_most),
        _least("coverage", f.coverage.low, w.coverage_at_least),
        _least("captured", f.captured.low, w.captured_at_least),
    ]
    if speeds:
        mean = f.speed_mean_abs_kmh
        found = "–" if mean is None else f"{mean:.2f}"
        close = mean is not None and mean <= w.speed_mean_kmh
        checks += [
            _count("speed_references", f.speed_measured.hits, w.speed_references),
            (f.speed_out_of_bounds == 0, "speed_out", str(f.speed_out_of_bounds), "0"),
            (close, "speed_mean", found, f"≤ {w.speed_mean_kmh}"),
            _least("speed_covered", f.speed_covered.low, w.speed_covered),
        ]
    return [Lack(name=n, found=was, needed=must) for holds, n, was, must in checks if not holds]


Check = tuple[bool, str, str, str]


def _count(name: str, found: int, least: int) -> Check:
    return found >= least, name, str(found), str(least)


def _least(name: str, found: float | None, least: float) -> Check:
    return found is not None and found >= least, name, _percent(found), f"≥ {_percent(least)}"


def _most(name: str, found: float | None, most: float) -> Check:
    return found is not None and found <= most, name, _percent(found), f"≤ {_percent(most)}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"
