"""Costs and demands from CSV, one line a pair, in the layout of spopt's San Francisco stores.

Costs: site (`name`), client (`DestinationName`), cost (`distance`).
Demand: client (`NAME`), weight (`POP2000`, `demand`, `population` or `weight`).
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.given import given_text
from sergek.planning.arrays import FloatArray

__all__ = ["CostTable", "read_costs"]

SITE = ("name", "site", "facility")
CLIENT = ("destinationname", "client", "destination")
COST = ("distance", "cost", "time", "time_s", "distance_m")
CLIENT_KEY = ("name", "destinationname", "client", "id")
DEMAND = ("demand", "pop2000", "population", "weight")


@dataclass(frozen=True, slots=True)
class CostTable:
    """Names of sites (rows) and clients (columns), costs (∞ where no line says), demands."""

    sites: tuple[str, ...]
    clients: tuple[str, ...]
    costs: FloatArray
    demand: FloatArray


def read_costs(cost_path: Path, demand_path: Path | None) -> CostTable:
    """Read both files; `ConfigError` lists every faulty line. No demand file: weight 1 each."""
    pairs = read_pairs(cost_path)
    sites = tuple(dict.fromkeys(site for site, _ in pairs))
    clients = tuple(dict.fromkeys(client for _, client in pairs))
    site_at = {name: i for i, name in enumerate(sites)}
    client_at = {name: i for i, name in enumerate(clients)}
    costs = np.full((len(sites), len(clients)), np.inf)
    for (site, client), cost in pairs.items():
        costs[site_at[site], client_at[client]] = cost
    demand = np.ones(len(clients))
    if demand_path is not None:
        weights = read_demand(demand_path)
        unknown = [name for name in clients if name not in weights]
        if unknown:
            raise ConfigError(
                f"{demand_path} has no demand for {len(unknown)} clients of {cost_path}",
                tuple(unknown[:20]),
            )
        unreachable = [name for name in weights if name not in client_at]
        costs = np.hstack([costs, np.full((len(sites), len(unreachable)), np.inf)])
        clients += tuple(unreachable)
        demand = np.array([weights[name] for name in clients])
    return CostTable(sites, clients, costs, demand)


def read_pairs(path: Path) -> dict[tuple[str, str], float]:
    """(site, client) → cost."""
    pairs: dict[tuple[str, str], float] = {}
    problems: list[str] = []
    rows, columns = open_table(path, (SITE, CLIENT, COST))
    for line, row in enumerate(rows, 2):
        try:
            cost = float(row[columns[2]])
            if not cost >= 0:
                raise ValueError
            pairs[row[columns[0]].strip(), row[columns[1]].strip()] = cost
        except (ValueError, IndexError):
            problems.append(f"line {line}: {','.join(row)}")
    if problems or not pairs:
        raise ConfigError(f"{path}: {len(problems)} faulty lines", tuple(problems[:50]))
    return pairs


def read_demand(path: Path) -> dict[str, float]:
    """Client → demand."""
    weights: dict[str, float] = {}
    problems: list[str] = []
    rows, columns = open_table(path, (CLIENT_KEY, DEMAND))
    for line, row in enumerate(rows, 2):
        try:
            weight = float(row[columns[1]])
            if not weight >= 0:
                raise ValueError
            weights[row[columns[0]].strip()] = weight
        except (ValueError, IndexError):
            problems.append(f"line {line}: {','.join(row)}")
    if problems or not weights:
        raise ConfigError(f"{path}: {len(problems)} faulty lines", tuple(problems[:50]))
    return weights


def open_table(
    path: Path, wanted: tuple[tuple[str, ...], ...]
) -> tuple[list[list[str]], list[int]]:
    """The rows after the heading, and the column of each wanted name."""
    try:
        rows = list(csv.reader(io.StringIO(given_text(path))))
    except csv.Error as error:
        raise ConfigError(f"{path} cannot be read as CSV: {error}") from None
    heading = [name.strip().lower() for name in rows[0]] if rows else []
    columns: list[int] = []
    for names in wanted:
        found = [heading.index(name) for name in names if name in heading]
        if not found:
            raise ConfigError(f"{path}: no column is called {' or '.join(names)}")
        columns.append(found[0])
    return rows[1:], columns
