"""`sergek check CITY.toml`: will it run here, and what to mend if not."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sergek.config.load import load
from sergek.core.errors import SergekError, Unavailable
from sergek.wiring.node import Only
from sergek.wiring.probes import Finding, probe, worst

__all__ = ["check"]

_MARKS = {"good": "[green]✓[/]", "warning": "[yellow]![/]", "bad": "[red]✗[/]"}


def check(
    city: Annotated[Path, typer.Argument(help="The city's file.", show_default=False)],
    only: Annotated[Only | None, typer.Option(help="Look at one side alone.")] = None,
) -> None:
    """Probe config, clock, disk, database, ports, bus, models and cameras; say what to mend."""
    person = Console(stderr=True, highlight=False)
    findings: list[Finding] = []
    try:
        settings = load(city)
    except SergekError as error:
        problems = list(getattr(error, "problems", ()))
        _print([Finding("config", "bad", error.message, {"problems": problems})])
        raise
    findings.append(Finding("config", "good", f"{city} is sound.", {}))
    _tell(person, findings[0])
    for finding in probe(settings, only):
        findings.append(finding)
        _tell(person, finding)
    _print(findings)
    bad = [finding.what for finding in findings if finding.state == "bad"]
    if bad:
        raise Unavailable(f"{city} cannot run well here: mend {', '.join(bad)}.")


def _tell(person: Console, finding: Finding) -> None:
    person.print(_MARKS[finding.state], end=" ")
    person.print(f"{finding.what}: {finding.sentence}", markup=False, soft_wrap=True)


def _print(findings: list[Finding]) -> None:
    answer = {
        "state": worst(findings),
        "findings": [
            {"what": f.what, "state": f.state, "sentence": f.sentence, **f.figures}
            for f in findings
        ],
    }
    print(json.dumps(answer, ensure_ascii=False), flush=True)
