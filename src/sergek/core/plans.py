"""Plans with proofs as the operations centre sees them: what it asks of the planning room.

A *study* runs for seconds or minutes in the background and is kept by what went into it; the
*desk* answers at once. Every result carries its value, its bound and its gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from sergek.core.addresses import AddressBook
from sergek.core.precinct_start import RegisterStart
from sergek.core.studies import Measures
from sergek.core.workload import CheckStatements, NormOn

__all__ = [
    "CityAbout",
    "Desk",
    "Planning",
    "Studies",
    "StudyKind",
    "StudyState",
    "StudyStatus",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
StudyKind = Literal["siting", "hotspots", "staffing", "precincts", "survey_route"]


class CityAbout(BaseModel):
    """The city model in force: its name, whether it is made up, its sources, its residents.

    `digest` changes whenever the model does; `view` is west, south, east, north (°).
    """

    model_config = _FROZEN

    name: str
    synthetic: bool
    sources: tuple[str, ...]
    residents: int
    blocks: int
    digest: str
    view: tuple[float, float, float, float]


class StudyStatus(StrEnum):
    """Where a study is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StudyState:
    """A study by its key: inputs, status, seconds so far, best value and bound told so far.

    `sentence` says why it failed.
    """

    key: str
    kind: StudyKind
    inputs: Mapping[str, Any]
    status: StudyStatus
    seconds: float = 0.0
    value: float | None = None
    bound: float | None = None
    sentence: str = ""

    @property
    def moving(self) -> bool:
        """Whether it is still under way."""
        return self.status in (StudyStatus.QUEUED, StudyStatus.RUNNING)


class Studies(Protocol):
    """Studies in the background, one at a time, each kept by its inputs and the city's digest."""

    def ask(self, kind: StudyKind, inputs: BaseModel) -> StudyState:
        """The study with these inputs: kept, under way, or begun now."""
        ...

    def state(self, key: str) -> StudyState:
        """How it stands; `NotFound` for a key that nobody asked for."""
        ...

    def latest(self, kind: StudyKind) -> StudyState | None:
        """The one asked for last, if any."""
        ...

    def result(self, key: str) -> Mapping[str, Any]:
        """What a finished study found; `NotFound` before that."""
        ...

    def file(self, key: str, name: str) -> bytes:
        """A file that it wrote, such as `ru/report.pdf`; `NotFound`."""
        ...

    def cancel(self, key: str) -> None:
        """End it now; what it found is lost. A finished one stays."""
        ...


class Desk(Protocol):
    """Questions about a division that are answered at once."""

    def measure(self, owner: Mapping[str, str]) -> Measures:
        """Loads, the bound and the faults of a division (precinct by block)."""
        ...

    def balance(
        self, owner: Mapping[str, str], pinned: Sequence[str], seconds: float
    ) -> Mapping[str, str]:
        """The division after an edit: pinned blocks stay, others near them give way."""
        ...


class Planning(Protocol):
    """The planning room as the centre sees it; filled in by wiring.

    Everything but the statement checker raises `Unavailable` until the city model is ready, and
    `NotFound` where the installation names none.
    """

    @property
    def check_statements(self) -> CheckStatements:
        """Compares quoted figures with the residents; at once."""
        ...

    @property
    def norm_on(self) -> NormOn:
        """The norm of load in force on a day."""
        ...

    @property
    def studies(self) -> Studies:
        """The background studies."""
        ...

    @property
    def desk(self) -> Desk:
        """The questions answered at once."""
        ...

    @property
    def addresses(self) -> AddressBook:
        """Every address of the city model."""
        ...

    def city(self) -> CityAbout:
        """What the model is."""
        ...

    def start(self) -> RegisterStart:
        """What the registers begin with while they are empty."""
        ...

    def layer(self, name: str) -> bytes:
        """A GeoJSON layer: `blocks`, `roads`, `barriers`, `stations`, `complexes`, `accidents`."""
        ...
