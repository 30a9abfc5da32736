"""Do quoted figures follow from each other? Load on every basis, and what would have to be true.

The case it was made for: "30 stations, 138 inspectors, 29 assistants; by the norm an inspector
has at most 3,200 residents, in fact about twice as many" (Taraz, early 2022). 138 × 3,200 =
441,600 exceeds the city's 418,368 residents, so by headcount the norm is kept.
"""

import math
from dataclasses import dataclass

from sergek.core.errors import ConfigError

__all__ = ["Basis", "People", "Quoted", "Reading", "Verdict", "check_statements"]


@dataclass(frozen=True, slots=True)
class People:
    """A number of residents, with the day and the source that it comes from."""

    residents: int
    on: str
    source: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was said. `load_ratio` is actual load / norm as quoted (2.0 for "twice")."""

    stations: int
    inspectors: int
    assistants: int
    norm: int
    load_ratio: float
    tolerance: float = 0.15


@dataclass(frozen=True, slots=True)
class Basis:
    """Residents per person on one way to count persons, and its ratio to the norm."""

    name: str
    persons: float
    load: float
    ratio: float
    follows: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that would have to be true for the quoted load, in three languages."""

    name: str
    number: float
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`follows` is whether the quoted load follows by headcount; the rest says why."""

    people: People
    capacity: int
    needed: int
    per_station: float
    bases: tuple[Basis, ...]
    follows: bool
    sentence: dict[str, str]
    readings: tuple[Reading, ...]


def check_statements(
    quoted: Quoted,
    people: People,
    filled: int | None = None,
    present: int | None = None,
    effective: float | None = None,
) -> Verdict:
    """Compare what was said with the residents; `ConfigError` for a norm or headcount of zero."""
    for name, number in (
        ("the norm", quoted.norm),
        ("the number of inspectors", quoted.inspectors),
        ("the number of residents", people.residents),
        ("the number of stations", quoted.stations),
        ("the quoted load", quoted.load_ratio),
    ):
        if number <= 0:
            raise ConfigError(f"{name} is {number}; a load can only be computed above zero")
    counts: list[tuple[str, float | None]] = [
        ("establishment", quoted.inspectors),
        ("with_assistants", quoted.inspectors + quoted.assistants),
        ("filled", filled),
        ("present", present),
        ("effective", effective),
    ]
    bases = tuple(
        basis(name, persons, people.residents, quoted)
        for name, persons in counts
        if persons is not None and persons > 0
    )
    return Verdict(
        people=people,
        capacity=quoted.inspectors * quoted.norm,
        needed=math.ceil(people.residents / quoted.norm),
        per_station=people.residents / quoted.stations,
        bases=bases,
        follows=bases[0].follows,
        sentence=sentence(quoted, people, bases[0]),
        readings=readings(quoted, people),
    )


def basis(name: str, persons: float, residents: int, quoted: Quoted) -> Basis:
    """Load per person and whether it is the quoted one within the tolerance."""
    load = residents / persons
    ratio = load / quoted.norm
    follows = abs(ratio - quoted.load_ratio) <= quoted.tolerance * quoted.load_ratio
    return Basis(name, persons, load, ratio, follows)


def spaced(number: float) -> str:
    """Thousands apart by a thin space, as read in all three languages."""
    return f"{round(number):,}".replace(",", "\u202f")


def sentence(quoted: Quoted, people: People, head: Basis) -> dict[str, str]:
    """The verdict by headcount."""
    product, load = spaced(quoted.inspectors * quoted.norm), spaced(head.load)
    city, norm, ratio = spaced(people.residents), spaced(quoted.norm), quoted.load_ratio
    count, share = quoted.inspectors, f"{head.ratio:.0%}"
    if head.follows:
        return {
            "en": f"The quoted load of {ratio:g} × the norm follows: {load} residents each.",
            "ru": f"Названная нагрузка ({ratio:g} нормы) следует из данных: {load} на инспектора.",
            "kk": f"Аталған жүктеме ({ratio:g} норма) деректерден шығады: бір инспекторға {load}.",
        }
    return {
        "en": (
            f"The quoted load of {ratio:g} × the norm does not follow: {count} × {norm} = "
            f"{product} against {city} residents; by headcount it is {load} each, {share} of "
            "the norm."
        ),
        "ru": (
            f"Названная нагрузка ({ratio:g} нормы) из данных не следует: {count} × {norm} = "
            f"{product} при {city} жителях; по численности – {load} на инспектора, {share} нормы."
        ),
        "kk": (
            f"Аталған жүктеме ({ratio:g} норма) деректерден шықпайды: {count} × {norm} = "
            f"{product}, ал тұрғындар саны {city}; штат бойынша бір инспекторға {load}, "
            f"норманың {share}."
        ),
    }


def readings(quoted: Quoted, people: People) -> tuple[Reading, ...]:
    """What would make the quoted load true, changing one figure at a time."""
    load = quoted.norm * quoted.load_ratio
    effective = people.residents / load
    residents = quoted.inspectors * load
    norm = people.residents / quoted.inspectors / quoted.load_ratio
    return (
        Reading(
            "effective_inspectors",
            effective,
            {
                "en": f"only {effective:.0f} of {quoted.inspectors} inspectors work a district",
                "ru": f"на участках работают лишь {effective:.0f} из {quoted.inspectors}",
                "kk": f"учаскеде {quoted.inspectors} инспектордың {effective:.0f}-і ғана істейді",
            },
        ),
        Reading(
            "residents",
            residents,
            {
                "en": f"the city has {spaced(residents)} residents",
                "ru": f"в городе {spaced(residents)} жителей",
                "kk": f"қалада {spaced(residents)} тұрғын бар",
            },
        ),
        Reading(
            "norm",
            norm,
            {
                "en": f"the norm meant is {spaced(norm)} residents per inspector",
                "ru": f"имеется в виду норма {spaced(norm)} жителей на инспектора",
                "kk": f"норма деп бір инспекторға {spaced(norm)} тұрғын айтылған",
            },
        ),
    )
