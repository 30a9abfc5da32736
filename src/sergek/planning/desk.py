"""The desk: a division measured and balanced at once, by the names of blocks and precincts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.studies import Measures, Precinct, Proved
from sergek.planning.arrays import IntArray
from sergek.planning.city.model import City
from sergek.planning.precincts.bound import load_bound
from sergek.planning.precincts.problem import Districting
from sergek.planning.precincts.solve import rebalance
from sergek.planning.proof import Proof, Watch

__all__ = ["CityDesk", "proved"]


def proved(proof: Proof) -> Proved:
    """A proof as it crosses a process."""
    return Proved.model_validate(proof.as_dict())


class CityDesk:
    """`core.plans.Desk` over one city and its districting problem."""

    def __init__(self, city: City, problem: Districting) -> None:
        self._city = city
        self._problem = problem
        self._place = {block.id: i for i, block in enumerate(city.blocks)}
        today = sorted({block.precinct for block in city.blocks if block.precinct})
        self._names = [
            today[k] if k < len(today) else f"N{k + 1:03d}"
            for k in range(max(problem.count, len(today)))
        ]
        self._number = {name: k for k, name in enumerate(self._names)}
        self._bound = load_bound(problem)

    def names_of(self, owner: IntArray) -> dict[str, str]:
        """Precinct by block of an owner array."""
        pairs = zip(self._city.blocks, owner, strict=True)
        return {block.id: self._names[int(k)] for block, k in pairs}

    def owner_of(self, owner: Mapping[str, str]) -> IntArray:
        """The owner array; `ConfigError` where blocks lack or a precinct is unknown."""
        missing = [block for block in self._place if block not in owner]
        unknown = sorted({name for name in owner.values() if name not in self._number})
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
        return np.array([self._number[owner[block]] for block in self._place], dtype=np.int64)

    def measure(self, owner: Mapping[str, str]) -> Measures:
        """Loads, the bound and the faults of a division."""
        who = self.owner_of(owner)
        problem = self._problem
        loads = problem.loads(who)
        people = np.bincount(who, weights=problem.residents, minlength=len(loads))
        blocks = np.bincount(who, minlength=len(loads))
        stations = problem.stations_of(who)
        largest = float(loads.max())
        return Measures(
            precincts=tuple(
                Precinct(
                    name=self._names[k],
                    residents=int(people[k]),
                    load=round(float(loads[k]), 1),
                    blocks=int(blocks[k]),
                    station=self._station(stations, k),
                )
                for k in range(len(loads))
                if blocks[k]
            ),
            largest=proved(Proof(largest, min(self._bound, largest), 0.0)),
            mean=float(problem.load.sum() / problem.count),
            moved=int(problem.moved(who)),
            border_km=round(problem.cut_m(who) / 1000, 1),
            problems=tuple(self._named(problem.problems(who))),
        )

    def balance(
        self, owner: Mapping[str, str], pinned: Sequence[str], seconds: float
    ) -> dict[str, str]:
        """The division after an edit; stops at its goal or after the seconds."""
        who = self.owner_of(owner)
        pins = [self._place[block] for block in pinned if block in self._place]
        if not all(self._problem.contiguous(who, k) for k in np.unique(who)):
            raise ConfigError(
                "A precinct is not in one piece: give its blocks back, or move those between too."
            )
        watch = Watch(seconds)
        made = rebalance(self._problem, who, np.array(pins, dtype=np.int64), watch)
        return self.names_of(made)

    def _station(self, stations: Any, k: int) -> str:
        at = int(stations[k]) if k < len(stations) else -1
        return self._city.stations[at].id if at >= 0 else ""

    def _named(self, problems: list[str]) -> list[str]:
        """The engine's sentences with precincts by name instead of number."""
        named = []
        for sentence in problems:
            words = sentence.split(" ")
            for at, word in enumerate(words[:-1]):
                following = words[at + 1]
                if word == "precinct" and following.isdigit():
                    words[at + 1] = self._names[int(following) - 1]
            named.append(" ".join(words))
        return named
