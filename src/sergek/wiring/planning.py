"""The planning room behind the centre's port: engines at once, studies in the background."""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from sergek.adapters.processes.clerk import Clerk
from sergek.adapters.processes.studies import SubprocessStudies
from sergek.core.addresses import AddressBook
from sergek.core.errors import NotFound, SergekError, Unavailable
from sergek.core.plans import CityAbout, Desk, Studies, StudyKind
from sergek.core.precinct_start import RegisterStart
from sergek.core.studies import (
    DivisionInputs,
    HotSpotInputs,
    Measures,
    SitingInputs,
    StaffingInputs,
)
from sergek.core.workload import CheckStatements, Norm, NormOn
from sergek.planning.city.addressbook import load_addresses
from sergek.planning.office import CityMaker, OpenDesk, RunStudy
from sergek.planning.service.norms import norm_on, read_norms
from sergek.planning.service.statements import check_statements

__all__ = ["PlanningRoom"]

_LOG = logging.getLogger(__name__)
_LAYERS = frozenset({"blocks", "roads", "barriers", "stations", "complexes", "accidents"})


@dataclass(slots=True)
class _Ready:
    """What there is once the city model is prepared."""

    about: CityAbout
    studies: SubprocessStudies
    clerk: Clerk
    book: AddressBook | None = None


class _ClerkDesk:
    """The desk in its process."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    def measure(self, owner: Mapping[str, str]) -> Measures:
        answer: Measures = self._clerk.call("measure", dict(owner))
        return answer

    def balance(
        self, owner: Mapping[str, str], pinned: Sequence[str], seconds: float
    ) -> Mapping[str, str]:
        answer: dict[str, str] = self._clerk.call("balance", dict(owner), tuple(pinned), seconds)
        return answer


@dataclass(slots=True)
class PlanningRoom:
    """`core.plans.Planning`: statements at once; the city model prepared in a process.

    `source` is "taraz", a city folder, an extract, or None for no model at all.
    """

    norms: tuple[Norm, ...]
    source: str | Path | None = None
    folder: Path = Path()
    _ready: _Ready | None = None
    _failure: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, source: str | Path | None = None, folder: Path = Path()) -> "PlanningRoom":
        """With the norms that the package carries; `prepare` makes the model."""
        return cls(read_norms(), source, folder)

    @property
    def check_statements(self) -> CheckStatements:
        """The checker itself: arithmetic, no process needed."""
        return check_statements

    @property
    def norm_on(self) -> NormOn:
        """The norm in force on a day."""

        def look_up(kind: str, day: dt.date) -> Norm:
            return norm_on(self.norms, kind, day)

        return look_up

    def prepare(self, then: Callable[[CityAbout], None] | None = None) -> None:
        """Make or read the city model (seconds); then call `then`. What fails, pages say."""
        if self.source is None:
            return
        city = self.folder / "city"
        try:
            about = _prepared(self.source, city)
            studies = SubprocessStudies(self.folder / "studies", RunStudy(city), about.digest)
            ready = _Ready(about, studies, Clerk(OpenDesk(city), "desk"))
            with self._lock:
                self._ready = ready
            if then is not None:
                then(about)
        except SergekError as error:
            self._failure = error.message
            _LOG.error("the city model: %s", error.message)

    def ask_first(self) -> None:
        """Begin the studies that a first visitor wants to see, unless they were asked for."""
        first: tuple[tuple[StudyKind, BaseModel], ...] = (
            ("siting", SitingInputs()),
            ("hotspots", HotSpotInputs()),
            ("staffing", StaffingInputs()),
            ("precincts", DivisionInputs()),
        )
        for kind, inputs in first:
            if self.studies.latest(kind) is None:
                self.studies.ask(kind, inputs)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            ready, self._ready = self._ready, None
        if ready is not None:
            ready.studies.close()
            ready.clerk.close()

    @property
    def studies(self) -> Studies:
        """The background studies."""
        return self._now().studies

    @property
    def desk(self) -> Desk:
        """The desk."""
        return _ClerkDesk(self._now().clerk)

    @property
    def addresses(self) -> AddressBook:
        """Every address of the model, read when first asked for."""
        ready = self._now()
        if ready.book is None:
            ready.book = load_addresses(self.folder / "city")
        return ready.book

    def city(self) -> CityAbout:
        """What the model is."""
        return self._now().about

    def start(self) -> RegisterStart:
        """What empty registers begin with."""
        self._now()
        text = (self.folder / "city" / "start.json").read_text("utf-8")
        return RegisterStart.model_validate_json(text)

    def layer(self, name: str) -> bytes:
        """A GeoJSON layer of the model."""
        self._now()
        if name not in _LAYERS:
            raise NotFound(f"The city model has no layer “{name}”.")
        return (self.folder / "city" / f"{name}.geojson").read_bytes()

    def _now(self) -> _Ready:
        if self.source is None:
            raise NotFound("No city model: name one as [planning] city in the city's file.")
        if self._ready is None:
            if self._failure:
                raise Unavailable(f"The city model could not be made: {self._failure}")
            raise Unavailable("The city model is being prepared: look again in a few seconds.")
        return self._ready


def _prepared(source: str | Path, folder: Path) -> CityAbout:
    """The model made in a process that ends afterwards: the centre keeps none of its memory."""
    clerk = Clerk(CityMaker(), "city")
    try:
        about: CityAbout = clerk.call("prepare", str(source), folder, timeout_s=600.0)
        return about
    finally:
        clerk.close()
