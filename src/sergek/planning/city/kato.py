"""KATO, Kazakhstan's classifier of places: nine digits, each pair of them a level."""

from dataclasses import dataclass
from pathlib import Path

from sergek.core.errors import ConfigError, NotFound
from sergek.core.given import given_rows

__all__ = ["KatoPlace", "KatoRegister"]


@dataclass(frozen=True, slots=True)
class KatoPlace:
    """A place: its code, level (`oblast`, `district`, `sub_district`, `settlement`) and names."""

    code: str
    level: str
    name_ru: str
    name_kk: str


@dataclass(frozen=True, slots=True)
class KatoRegister:
    """The classifier as published by the Bureau of National Statistics (stat.gov.kz)."""

    places: dict[str, KatoPlace]
    version: str

    @classmethod
    def read(cls, path: Path) -> "KatoRegister":
        """From CSV with `kato,kato_version,level,name_ru,name_kk`; every fault is listed."""
        places: dict[str, KatoPlace] = {}
        problems: list[str] = []
        version = ""
        for line, row in given_rows(path):
            code = (row.get("kato") or "").strip()
            if len(code) != 9 or not code.isdigit() or code in places:
                problems.append(f"line {line}: '{code}' is not a new code of nine digits")
                continue
            version = version or row.get("kato_version", "")
            names = row.get("name_ru") or "", row.get("name_kk") or ""
            places[code] = KatoPlace(code, row.get("level") or "", *names)
        if problems or not places:
            what = f"{len(problems)} faulty lines" if problems else "no place in it"
            raise ConfigError(f"{path}: {what}", tuple(problems[:50]))
        return cls(places, version)

    def place(self, code: str) -> KatoPlace:
        """The place with this code; `NotFound` otherwise."""
        if code not in self.places:
            raise NotFound(f"KATO {self.version} has no code {code}")
        return self.places[code]

    def parents(self, code: str) -> list[KatoPlace]:
        """The places around this one, nearest first: zeros replace digits from the right."""
        self.place(code)
        found = []
        for cut in range(8, 1, -1):
            parent = code[:cut].ljust(9, "0")
            known = self.places.get(parent)
            if parent != code and known is not None and known not in found:
                found.append(known)
        return found

    def find(self, name: str) -> list[KatoPlace]:
        """Places whose Russian or Kazakh name contains the words, any case."""
        needle = name.casefold()
        return [
            place
            for place in self.places.values()
            if needle in place.name_ru.casefold() or needle in place.name_kk.casefold()
        ]
