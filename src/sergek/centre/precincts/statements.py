"""The statement checker's inputs and answers: the article's case from data, others as typed."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sergek.centre.forms import checked
from sergek.core.errors import NotFound
from sergek.core.workload import AtWork, CheckStatements, NormOn, People, Quoted, Verdict

__all__ = ["Case", "Checked", "Inputs", "article", "check", "typed"]


class Inputs(BaseModel):
    """What a person may change on the page; empty fields of the register stay unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stations: int = Field(gt=0, le=10_000)
    inspectors: int = Field(gt=0, le=100_000)
    assistants: int = Field(ge=0, le=100_000)
    norm: int = Field(gt=0, le=1_000_000)
    load_ratio: float = Field(gt=0, le=100)
    on: dt.date
    residents: int = Field(gt=0, le=100_000_000)
    filled: int | None = Field(default=None, ge=0, le=100_000)
    present: int | None = Field(default=None, ge=0, le=100_000)
    effective: float | None = Field(default=None, ge=0, le=100_000)


class _Figure(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    residents: int
    on: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class Case:
    """What was said, by whom (by language), and the residents that sources give."""

    inputs: Inputs
    source: dict[str, str]
    populations: tuple[People, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on the residents typed, and the load for each source of residents."""

    verdict: Verdict
    by_source: tuple[Verdict, ...]


@cache
def article() -> Case:
    """The case that ships: the article's figures and the residents of Taraz by source."""
    text = (files("sergek.centre.precincts") / "case.toml").read_text("utf-8")
    table = tomllib.loads(text)
    figures = [_Figure.model_validate(row) for row in table["population"]]
    quoted = dict(table["quoted"])
    source = quoted.pop("source")
    inputs = Inputs.model_validate(quoted | {"residents": figures[0].residents})
    people = tuple(People(one.residents, one.on.isoformat(), one.source) for one in figures)
    return Case(inputs, source, people)


def typed(values: dict[str, str], case: Case) -> Inputs:
    """The page's fields over the case's; `ConfigError` names each field that is not usable."""
    merged: dict[str, Any] = case.inputs.model_dump()
    for name, text in values.items():
        if name not in Inputs.model_fields:
            continue
        plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        if plain or name in ("filled", "present", "effective"):
            merged[name] = plain or None
    return checked(Inputs, merged)


def check(inputs: Inputs, case: Case, checker: CheckStatements, norm_on: NormOn) -> Checked:
    """Check the statements on the typed residents and on every source of the case."""
    try:
        norm = norm_on("city", inputs.on)
    except NotFound:
        norm = None
    quoted = Quoted(
        inputs.stations, inputs.inspectors, inputs.assistants, inputs.norm, inputs.load_ratio
    )
    at_work = AtWork(inputs.filled, inputs.present, inputs.effective)
    known = next((one for one in case.populations if one.residents == inputs.residents), None)
    people = known or People(inputs.residents, inputs.on.isoformat(), "")
    every = (people, *(one for one in case.populations if one is not known))
    verdicts = tuple(checker(quoted, one, at_work, norm) for one in every)
    return Checked(verdicts[0], verdicts)
