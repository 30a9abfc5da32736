"""Do quoted figures follow from each other? Load on every basis, and what would have to be true.

The case it was made for: "30 stations, 138 inspectors, 29 assistants; by the norm an inspector
has at most 3,200 residents, in fact about twice as many" (Taraz, early 2022). 138 × 3,200 =
441,600 exceeds the city's 418,368 residents, so by headcount the norm is kept.
"""

import math

from sergek.core.errors import ConfigError
from sergek.core.workload import (
    AtWork,
    Basis,
    Finding,
    Norm,
    People,
    Quoted,
    Reading,
    Verdict,
)

__all__ = ["check_statements"]

NOBODY_KNOWS = AtWork()


def check_statements(
    quoted: Quoted,
    people: People,
    at_work: AtWork = NOBODY_KNOWS,
    norm: Norm | None = None,
) -> Verdict:
    """Compare what was said with the residents; `ConfigError` for a norm or headcount of zero.

    `norm` is the one in force, if it is known: the quoted norm is compared with it.
    """
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
        ("filled", at_work.filled),
        ("present", at_work.present),
        ("effective", at_work.effective),
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
        findings=(
            capacity_finding(quoted, people),
            load_finding(quoted, people, bases),
            shortage_finding(quoted, people, bases),
            station_finding(quoted, people),
            norm_finding(quoted, norm),
        ),
    )


def capacity_finding(quoted: Quoted, people: People) -> Finding:
    """Is there more city than the inspectors may have by the norm?"""
    product = quoted.inspectors * quoted.norm
    total, city = spaced(product), spaced(people.residents)
    count, norm = quoted.inspectors, spaced(quoted.norm)
    over = people.residents > product
    left = spaced(abs(product - people.residents))
    return Finding(
        "over_norm",
        over,
        {
            "en": f"{count} × {norm} = {total}; the city has {city}: "
            + (f"{left} residents too many." if over else f"room for {left} more residents."),
            "ru": f"{count} × {norm} = {total}, в городе {city} жителей: "
            + (f"на {left} больше нормы." if over else f"до нормы остаётся {left}."),
            "kk": f"{count} × {norm} = {total}, қалада {city} тұрғын: "
            + (f"нормадан {left} артық." if over else f"нормаға дейін {left} қалды."),
        },
    )


def load_finding(quoted: Quoted, people: People, bases: tuple[Basis, ...]) -> Finding:
    """Is the load the quoted multiple of the norm, and on which basis?"""
    head = bases[0]
    agree = [one for one in bases if one.follows]
    text = sentence(quoted, people, head)
    if agree and not head.follows:
        one = agree[0]
        load, (en, ru, kk) = spaced(one.load), WORDS[one.name]
        text = {
            "en": f"{text['en']} It follows for those {en} ({one.persons:g}): {load} each.",
            "ru": f"{text['ru']} Следует, если считать {ru} ({one.persons:g}): {load} на каждого.",
            "kk": f"{text['kk']} Тек {kk} ({one.persons:g}) есептелсе шығады: әрқайсысына {load}.",
        }
    return Finding("load", head.follows, text)


WORDS = {
    "establishment": ("posts by establishment", "по штату", "штат бойынша"),
    "with_assistants": ("with assistants", "с помощниками", "көмекшілермен"),
    "filled": ("posts filled", "занятых должностей", "толтырылған лауазым"),
    "present": ("on duty today", "сегодня на службе", "бүгін қызметте"),
    "effective": ("effectively on precincts", "на участках", "учаскеде"),
}


def shortage_finding(quoted: Quoted, people: People, bases: tuple[Basis, ...]) -> Finding:
    """Are inspectors short of what the norm asks for, by headcount and by who is at work?"""
    needed = math.ceil(people.residents / quoted.norm)
    spare = quoted.inspectors - needed
    known = {one.name: one.persons for one in bases}
    at_work = known.get("effective") or known.get("present") or known.get("filled")
    text = {
        "en": f"The norm asks for {needed} inspectors; {quoted.inspectors} posts were named: "
        + (f"{spare} more than needed." if spare >= 0 else f"{-spare} are missing."),
        "ru": f"По норме нужно {needed} инспекторов, названо {quoted.inspectors}: "
        + (f"на {spare} больше нужного." if spare >= 0 else f"не хватает {-spare}."),
        "kk": f"Норма бойынша {needed} инспектор керек, аталғаны {quoted.inspectors}: "
        + (f"қажеттен {spare} артық." if spare >= 0 else f"{-spare} жетіспейді."),
    }
    follows = spare < 0
    if at_work is not None and at_work < needed:
        lack = f"{needed - at_work:.0f}"
        follows = True
        text = {
            "en": f"{text['en']} But {at_work:g} are at work: {lack} short.",
            "ru": f"{text['ru']} Но работают {at_work:g}: не хватает {lack}.",
            "kk": f"{text['kk']} Бірақ жұмыста {at_work:g}: {lack} жетіспейді.",
        }
    return Finding("shortage", follows, text)


def station_finding(quoted: Quoted, people: People) -> Finding:
    """What a station has on average; nothing was claimed about it, so nothing can be wrong."""
    each = f"{quoted.inspectors / quoted.stations:.1f}"
    city = spaced(people.residents / quoted.stations)
    return Finding(
        "stations",
        None,
        {
            "en": f"A station has {each} inspectors and {city} residents on average.",
            "ru": f"На пункт в среднем {each} инспектора и {city} жителей.",
            "kk": f"Бір пунктке орта есеппен {each} инспектор мен {city} тұрғын келеді.",
        },
    )


def norm_finding(quoted: Quoted, norm: Norm | None) -> Finding:
    """Is the quoted norm the one in force?"""
    said = spaced(quoted.norm)
    if norm is None:
        return Finding(
            "norm",
            None,
            {
                "en": f"No norm is on record for that day to compare {said} with.",
                "ru": f"На этот день норма не внесена: {said} сравнить не с чем.",
                "kk": f"Бұл күнге норма енгізілмеген: {said} санын салыстыратын ештеңе жоқ.",
            },
        )
    known = spaced(norm.residents)
    return Finding(
        "norm",
        quoted.norm == norm.residents,
        {
            "en": f"Quoted {said}; on record since {norm.since:%d.%m.%Y}: {known}.",
            "ru": f"Названо {said}; в реестре с {norm.since:%d.%m.%Y}: {known}.",
            "kk": f"Аталғаны {said}; тізілімде {norm.since:%d.%m.%Y} бастап: {known}.",
        },
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
