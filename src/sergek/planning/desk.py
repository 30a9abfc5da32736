"""The desk: a division measured and balanced at once, by the names of blocks and precincts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sergek.core import studies as plans
from sergek.core.errors import ConfigError
from sergek.core.studies import Measures, Precinct, Proved
from sergek.planning.arrays import IntArray
from sergek.planning.city.model import City
from sergek.planning.precincts.bound import load_bound
from sergek.planning.precincts.problem import Districting
from sergek.planning.precincts.solve import rebalance
from sergek.planning.proof import Proof, Watch
from sergek.planning.service.playing import play_division
from sergek.planning.service.queueing import Service

__all__ = ["CityDesk", "proved", "shown"]

# A precinct that today's division does not have.
_NEW = re.compile(r"N\d{3,4}")


def proved(proof: Proof) -> Proved:
    """A proof as it crosses a process."""
    return Proved.model_validate(proof.as_dict())


def shown(service: Service) -> plans.Service:
    """What callers notice, as it crosses a process."""
    return plans.Service.model_validate(asdict(service))


class CityDesk:
    """`core.plans.Desk` over one city and its districting problem.

    A division may have more precincts than the problem asks for, never fewer names than today:
    it is then measured against the best that so many precincts could have.
    """

    def __init__(self, city: City, problem: Districting) -> None:
        self._city = city
        self._asked = problem
        self._place = {block.id: i for i, block in enumerate(city.blocks)}
        self._today = sorted({block.precinct for block in city.blocks if block.precinct})

    def names_of(self, owner: IntArray) -> dict[str, str]:
        """Precinct by block of an owner array."""
        names = self._names(max(self._asked.count, int(owner.max()) + 1))
        pairs = zip(self._city.blocks, owner, strict=True)
        return {block.id: names[int(k)] for block, k in pairs}

    def _names(self, count: int) -> list[str]:
        """Today's names, then N139, N140, …"""
        new = [f"N{k + 1:03d}" for k in range(len(self._today), count)]
        return [*self._today, *new]

    def owner_of(self, owner: Mapping[str, str]) -> tuple[Districting, IntArray]:
        """The problem with that many precincts, and the owner array.

        `ConfigError` where blocks lack or a precinct's name is none of this city's.
        """
        new = [name for name in owner.values() if _NEW.fullmatch(name)]
        count = max([self._asked.count, len(self._today), *(int(name[1:]) for name in new)])
        names = self._names(min(count, len(self._place)))
        number = {name: k for k, name in enumerate(names)}
        missing = [block for block in self._place if block not in owner]
        unknown = sorted({name for name in owner.values() if name not in number})
        strange = [block for block in owner if block not in self._place]
        problems = []
        if missing:
            problems.append(f"{len(missing)} blocks belong to no precinct (first: {missing[0]})")
        if unknown:
            problems.append(f"unknown precincts: {', '.join(unknown[:10])}")
        if strange:
            problems.append(f"{len(strange)} blocks are not of this city (first: {strange[0]})")
        if problems:
            raise ConfigError("This is no division of the city.", tuple(problems))
        who = np.array([number[owner[block]] for block in self._place], dtype=np.int64)
        used = max(self._asked.count, int(who.max()) + 1)
        return replace(self._asked, count=used), who

    def measure(self, owner: Mapping[str, str]) -> Measures:
        """Loads, the bound, the faults and the callers' waits of a division."""
        problem, who = self.owner_of(owner)
        names = self._names(problem.count)
        loads = problem.loads(who)
        people = np.bincount(who, weights=problem.residents, minlength=len(loads))
        blocks = np.bincount(who, minlength=len(loads))
        stations = problem.stations_of(who)
        largest = float(loads.max())
        service = play_division(self._city, problem, who)
        return Measures(
            precincts=tuple(
                Precinct(
                    name=names[k],
                    residents=int(people[k]),
                    load=round(float(loads[k]), 1),
                    blocks=int(blocks[k]),
                    station=self._station(stations, k),
                )
                for k in range(len(loads))
                if blocks[k]
            ),
            largest=proved(Proof(largest, min(self._bound(problem.count), largest), 0.0)),
            mean=float(problem.load.sum() / problem.count),
            moved=int(problem.moved(who)),
            border_km=round(problem.cut_m(who) / 1000, 1),
            problems=tuple(_named(problem.problems(who), names)),
            service=shown(service) if service else None,
        )

    @lru_cache(maxsize=16)  # noqa: B019 – the desk lives as long as its process
    def _bound(self, count: int) -> float:
        return load_bound(replace(self._asked, count=count))

    def balance(
        self, owner: Mapping[str, str], pinned: Sequence[str], seconds: float
    ) -> dict[str, str]:
        """The division after an edit; stops at its goal or after the seconds."""
        problem, who = self.owner_of(owner)
        pins = [self._place[block] for block in pinned if block in self._place]
        if not all(problem.contiguous(who, k) for k in np.unique(who)):
            raise ConfigError(
                "A precinct is not in one piece: give its blocks back, or move those between too."
            )
        watch = Watch(seconds)
        made = rebalance(problem, who, np.array(pins, dtype=np.int64), watch)
        return self.names_of(made)

    def _station(self, stations: Any, k: int) -> str:
        at = int(stations[k]) if k < len(stations) else -1
        return self._city.stations[at].id if at >= 0 else ""


def _named(problems: list[str], names: list[str]) -> list[str]:
    """The engine's sentences with precincts by name instead of number."""
    named = []
    for sentence in problems:
        words = sentence.split(" ")
        for at, word in enumerate(words[:-1]):
            following = words[at + 1]
            if word == "precinct" and following.isdigit():
                words[at + 1] = names[int(following) - 1]
        named.append(" ".join(words))
    return named
