"""Addresses of a city: found by what people type, in any order of street and house."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sergek.core.geo import LngLat

__all__ = ["Address", "AddressBook"]

# Words that say what kind of street it is: people leave them out or write them otherwise.
_WORDS = (
    "көшесі көше даңғылы даңғыл шағынауданы шағын аудан тұйығы бульвары үй "
    "улица ул проспект пр пр-т просп переулок пер микрорайон мкр мкрн бульвар дом д г тараз "
    "street st avenue ave lane house"
)
_KINDS = frozenset(_WORDS.split(" "))
_HOUSE = re.compile(r"^\d+[a-zа-яәғқңөұүһі]?(?:/\d+[a-zа-я]?)?$")


@dataclass(frozen=True, slots=True)
class Address:
    """A house: its street, its number, where it stands, the block that it belongs to."""

    street: str
    house: str
    at: LngLat
    block: str

    @property
    def words(self) -> str:
        """As people write it: street, house."""
        return f"{self.street}, {self.house}"


def _words(text: str) -> list[str]:
    plain = text.casefold().replace("ё", "е").replace("№", " ")
    plain = re.sub(r"(?<=\d)\s+(?=[а-яa-zәғқңөұүһі]\b)", "", plain)
    return [word for word in re.split(r"[\s,.;]+", plain) if word]


@dataclass(slots=True)
class AddressBook:
    """Looks addresses up by street and house; made once, read by many threads."""

    _streets: dict[str, dict[str, Address]] = field(default_factory=dict)
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, addresses: Iterable[Address]) -> "AddressBook":
        """A book of these addresses; of two with the same words the first counts."""
        book = cls()
        for one in addresses:
            if one.street not in book._streets:
                book._streets[one.street] = {}
                words = _words(one.street)
                parts = [part for word in words for part in word.split("-")]
                book._keys[one.street] = tuple(dict.fromkeys(words + parts))
            book._streets[one.street].setdefault(one.house.casefold(), one)
        return book

    def __len__(self) -> int:
        return sum(len(houses) for houses in self._streets.values())

    def streets(self) -> Mapping[str, int]:
        """Street → its houses."""
        return {street: len(houses) for street, houses in self._streets.items()}

    def exact(self, street: str, house: str) -> Address | None:
        """The address with exactly this street and house."""
        return self._streets.get(street, {}).get(house.casefold())

    def find(self, text: str, limit: int = 12) -> list[Address]:
        """Addresses that fit what was typed, best first; nothing for less than two letters.

        Every word must be a word of the street (or begin one), but the last number may be the
        house, whole or begun. Words such as “улица” or “көшесі” may be left out.
        """
        words = _words(text)
        if sum(len(word) for word in words) < 2:
            return []
        found = [
            (rank, street, house)
            for street in self._streets
            for rank, house in self._readings(words, self._keys[street])
        ]
        found.sort(key=lambda row: (row[0], len(row[1]), row[1]))
        result: list[Address] = []
        for _, street, house in found:
            for one in self._houses(street, house):
                if one not in result:
                    result.append(one)
                if len(result) >= limit:
                    return result
        return result

    @staticmethod
    def _readings(words: list[str], street: tuple[str, ...]) -> list[tuple[int, str]]:
        """Ways to read the words as this street and a house: (rank, house or "").

        A rank is lower where words are whole, where the kind of street is the one typed, and
        where the house comes last.
        """
        readings = []
        for place in range(len(words) + 1):
            house = words[place] if place < len(words) else ""
            if house and not _HOUSE.match(house):
                continue
            rest = [word for k, word in enumerate(words) if k != place]
            named = [word for word in rest if word not in _KINDS] or rest
            if not named or not all(any(part.startswith(w) for part in street) for w in named):
                continue
            begun = sum(word not in street for word in named)
            other = sum(word in _KINDS and word not in street for word in rest)
            late = len(words) - 1 - place if house else 1
            readings.append((4 * begun + 2 * other + late, house))
        return readings

    def _houses(self, street: str, house: str) -> list[Address]:
        known = self._streets[street]
        if not house:
            return sorted(known.values(), key=_by_number)
        exact = known.get(house)
        begun = [one for key, one in known.items() if key.startswith(house) and one is not exact]
        return ([exact] if exact else []) + sorted(begun, key=_by_number)


def _by_number(one: Address) -> tuple[int, str]:
    digits = re.match(r"\d+", one.house)
    return (int(digits.group()) if digits else 0, one.house)
