"""What the planning room does in processes of its own; importing this loads no engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sergek.core.plans import CityAbout, StudyKind
from sergek.planning.proof import Progress

if TYPE_CHECKING:
    from sergek.planning.desk import CityDesk

__all__ = ["CityMaker", "OpenDesk", "RunStudy"]


@dataclass(frozen=True, slots=True)
class CityMaker:
    """Prepares the model: called once to be made, then asked to `prepare`."""

    def __call__(self) -> "CityMaker":
        """Itself: it holds nothing."""
        return self

    def prepare(self, source: str, folder: Path) -> CityAbout:
        """See `planning.preparing.prepare_city`."""
        from sergek.planning.preparing import prepare_city

        return prepare_city(source, folder)


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Makes the desk over the city in a folder."""

    folder: Path

    def __call__(self) -> "CityDesk":
        """The city read, its districting problem built."""
        from sergek.planning.city.store import load_city
        from sergek.planning.desk import CityDesk
        from sergek.planning.precincts.problem import from_city

        city = load_city(self.folder)
        return CityDesk(city, from_city(city))


@dataclass(frozen=True, slots=True)
class RunStudy:
    """Runs one study over the city in a folder."""

    folder: Path

    def __call__(
        self, kind: StudyKind, inputs: Mapping[str, Any], out: Path, tell: Progress
    ) -> dict[str, Any]:
        """The result as JSON; files go to `out`."""
        from sergek.planning.city.store import load_city
        from sergek.planning.studies import run_study

        return run_study(kind, inputs, load_city(self.folder), out, tell)
