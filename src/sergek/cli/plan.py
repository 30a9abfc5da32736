"""`sergek plan …`: studies that print their value, the best that was possible, and the gap."""

import json
import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from sergek.cli import studies
from sergek.planning.proof import Proof

__all__ = ["plan"]

plan = typer.Typer(help="Plans with proofs: value, bound and gap.", no_args_is_help=True)

TimeLimit = Annotated[
    float, typer.Option("--time-limit", min=0.0, help="Seconds; the bound holds when time is up.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON instead of a sentence.")]


def print_proof(proof: Proof, as_json: bool) -> None:
    """The proof as JSON or as a sentence."""
    if sys.stderr.isatty():
        print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
    record = proof.as_dict()
    if as_json:
        typer.echo(json.dumps(record))
        return
    verdict = "optimal" if proof.optimal else f"gap {proof.gap:.3%}"
    typer.echo(
        f"value {record['value']}  bound {record['bound']}  {verdict}  in {proof.seconds:.2f} s"
    )


@plan.command()
def pmedian(
    orlib: Annotated[Path, typer.Option("--orlib", help="An OR-Library p-median file.")],
    time_limit: TimeLimit = math.inf,
    as_json: AsJson = False,
) -> None:
    """Place p medians on a network with the least total distance, proved."""
    from sergek.planning.location.orlib import read_orlib
    from sergek.planning.location.pmedian import solve_pmedian
    from sergek.planning.proof import Watch

    watch = Watch(time_limit, studies.on_terminal())
    costs, p = read_orlib(orlib)
    print_proof(solve_pmedian(costs, p, watch).proof, as_json)


@plan.command()
def mclp(
    cost: Annotated[Path, typer.Option("--cost", help="CSV: name, DestinationName, distance.")],
    demand: Annotated[Path, typer.Option("--demand", help="CSV: NAME and POP2000 or demand.")],
    radius: Annotated[float, typer.Option("--radius", min=0.0, help="Covered within this cost.")],
    p: Annotated[int, typer.Option("--p", min=1, help="How many sites.")],
    time_limit: TimeLimit = math.inf,
    as_json: AsJson = False,
) -> None:
    """Place p sites that cover the most demand within a radius, proved."""
    from sergek.planning.location.coverage import solve_mclp
    from sergek.planning.location.tables import read_costs
    from sergek.planning.proof import Watch

    table = read_costs(cost, demand)
    watch = Watch(time_limit, studies.on_terminal())
    print_proof(solve_mclp(table.costs, table.demand, radius, p, watch).proof, as_json)


@plan.command()
def lscp(
    cost: Annotated[Path, typer.Option("--cost", help="CSV: name, DestinationName, distance.")],
    radius: Annotated[float, typer.Option("--radius", min=0.0, help="Covered within this cost.")],
    time_limit: TimeLimit = math.inf,
    as_json: AsJson = False,
) -> None:
    """The fewest sites that cover everybody within a radius, proved."""
    from sergek.planning.location.coverage import solve_lscp
    from sergek.planning.location.tables import read_costs
    from sergek.planning.proof import Watch

    table = read_costs(cost, None)
    watch = Watch(time_limit, studies.on_terminal())
    print_proof(solve_lscp(table.costs, radius, watch).proof, as_json)


plan.command()(studies.statements)
plan.command()(studies.precincts)
plan.command()(studies.staffing)
plan.command()(studies.siting)
plan.command("survey-route")(studies.survey_route)
plan.command()(studies.hotspots)
plan.command("before-after")(studies.before_after)
