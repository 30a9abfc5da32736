"""OR-Library's p-median files (J. E. Beasley): `n m p`, then m lines `i j cost`."""

from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from sergek.core.errors import ConfigError
from sergek.core.given import given_text
from sergek.planning.arrays import FloatArray

__all__ = ["all_pairs", "read_orlib", "read_orlib_text"]


def read_orlib(path: Path) -> tuple[FloatArray, int]:
    """Costs between all nodes (n × n, shortest paths) and p; `ConfigError` names a bad line."""
    return read_orlib_text(given_text(path), str(path))


def read_orlib_text(text: str, name: str = "input") -> tuple[FloatArray, int]:
    """As `read_orlib`, from text. An edge given twice keeps its last cost (Beasley's rule)."""
    numbers = text.split()
    try:
        n, m, p = (int(word) for word in numbers[:3])
        body = np.array([float(word) for word in numbers[3:]], dtype=float)
    except ValueError:
        raise ConfigError(f"{name}: wanted 'n m p' and lines 'i j cost', all numbers") from None
    if len(body) != 3 * m:
        raise ConfigError(f"{name}: {m} edges are announced, {len(body) / 3:g} given")
    if not 1 <= p <= n:
        raise ConfigError(f"{name}: p = {p} is not between 1 and n = {n}")
    edges: dict[tuple[int, int], float] = {}
    for i, j, cost in body.reshape(-1, 3):
        if not (1 <= i <= n and 1 <= j <= n) or cost < 0:
            raise ConfigError(f"{name}: edge {i:g}–{j:g} with cost {cost:g} is out of range")
        if i != j:
            edges[int(min(i, j)) - 1, int(max(i, j)) - 1] = cost
    return all_pairs(n, edges, p, name), p


def all_pairs(n: int, edges: dict[tuple[int, int], float], p: int, name: str) -> FloatArray:
    """Shortest paths between all nodes; `ConfigError` if p medians cannot reach every piece."""
    if not edges:
        raise ConfigError(f"{name}: there is no edge")
    ends = np.array(list(edges), dtype=int)
    costs = np.array(list(edges.values()), dtype=float)
    graph = coo_matrix((np.maximum(costs, 1e-300), (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    pieces, _ = connected_components(graph, directed=False)
    if pieces > p:
        raise ConfigError(
            f"{name}: the network falls into {pieces} pieces, and {p} medians cannot reach them all"
        )
    distances: FloatArray = dijkstra(graph, directed=False)
    distances[distances < 1e-200] = 0.0
    return distances
