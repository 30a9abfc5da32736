"""Streets as arrays: junctions, the segments between them, and shortest paths over them."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.turns import NO_TURNS

__all__ = ["RoadGraph"]


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """n junctions and m street segments; a one-way segment runs from tail to head.

    `shape_start[e]:shape_start[e + 1]` cuts the segment's line (m, from tail to head) out of
    `shape_x_m`, `shape_y_m`. `flow_per_day` is vehicles a day, 0 where nobody counted. `banned`
    are k × 3 turns that signs forbid: arriving by a segment at a junction, the one that may not
    follow; ways and times obey them, a survey's order as far as it can, connectivity does not.
    """

    x_m: FloatArray
    y_m: FloatArray
    tail: IntArray
    head: IntArray
    length_m: FloatArray
    speed_kmh: FloatArray
    one_way: BoolArray
    kind: tuple[str, ...]
    name: tuple[str, ...]
    flow_per_day: FloatArray
    shape_start: IntArray
    shape_x_m: FloatArray
    shape_y_m: FloatArray
    banned: IntArray = field(default_factory=lambda: NO_TURNS)
    _cache: dict[str, csr_matrix] = field(default_factory=dict, compare=False, repr=False)

    @property
    def nodes(self) -> int:
        """Number of junctions."""
        return len(self.x_m)

    @property
    def segments(self) -> int:
        """Number of street segments."""
        return len(self.tail)

    @property
    def travel_s(self) -> FloatArray:
        """Seconds to drive each segment at its speed."""
        seconds: FloatArray = self.length_m / self.speed_kmh * 3.6
        return seconds

    def matrix(self, weight: str = "time") -> csr_matrix:
        """n × n sparse matrix of the directed graph, by `time` (s) or `length` (m)."""
        if weight not in self._cache:
            cost = self.travel_s if weight == "time" else self.length_m
            cost = np.maximum(cost, 1e-6)
            both = ~self.one_way
            rows = np.concatenate([self.tail, self.head[both]])
            columns = np.concatenate([self.head, self.tail[both]])
            values = np.concatenate([cost, cost[both]])
            self._cache[weight] = cheapest(rows, columns, values, self.nodes)
        return self._cache[weight]

    def from_node(self, node: int, weight: str = "time") -> FloatArray:
        """Seconds (or metres) from a junction to every other; ∞ where no way leads."""
        result: FloatArray = self.between(np.array([node]), weight)[0]
        return result

    def between(self, sources: IntArray, weight: str = "time") -> FloatArray:
        """Seconds (or metres) from each source (rows) to every junction.

        A junction that only a forbidden turn reaches (at the cut edge of an extract) is reached
        by it: a place without any way would be worse than one with a wrong turn.
        """
        if not len(self.banned):
            result: FloatArray = dijkstra(self.matrix(weight), indices=sources)
            return result
        far: FloatArray = dijkstra(self.turning(weight), indices=sources)
        result = far[:, : self.nodes].copy()
        states = np.unique(self.banned[:, :2], axis=0)
        for k, (_, via) in enumerate(states):
            result[:, via] = np.minimum(result[:, via], far[:, self.nodes + k])
        if np.isinf(result).any():
            free: FloatArray = dijkstra(self.matrix(weight), indices=sources)
            result = np.where(np.isinf(result), free, result)
        return result

    def turning(self, weight: str = "time") -> csr_matrix:
        """The graph with a second junction for each arrival after which a turn is forbidden.

        Whoever arrives that way stands on the copy, which has every way out but the banned ones.
        """
        name = f"turning-{weight}"
        if name in self._cache:
            return self._cache[name]
        cost = np.maximum(self.travel_s if weight == "time" else self.length_m, 1e-6)
        both = np.flatnonzero(~self.one_way)
        segment = np.concatenate([np.arange(self.segments), both])
        rows = np.concatenate([self.tail, self.head[both]])
        ends = np.concatenate([self.head, self.tail[both]])
        columns = ends.copy()
        states = np.unique(self.banned[:, :2], axis=0)
        for k, (came, via) in enumerate(states):
            columns[(segment == came) & (ends == via)] = self.nodes + k
        added: list[tuple[IntArray, IntArray, IntArray]] = []
        for k, (came, via) in enumerate(states):
            mine = (self.banned[:, 0] == came) & (self.banned[:, 1] == via)
            free = (rows == via) & ~np.isin(segment, self.banned[mine, 2])
            out = np.flatnonzero(free)
            added.append((np.full(len(out), self.nodes + k), columns[out], segment[out]))
        rows = np.concatenate([rows, *(part[0] for part in added)])
        columns = np.concatenate([columns, *(part[1] for part in added)])
        values = cost[np.concatenate([segment, *(part[2] for part in added)])]
        size = self.nodes + len(states)
        self._cache[name] = cheapest(rows, columns, values, size)
        return self._cache[name]

    def nearest_node(self, x_m: FloatArray, y_m: FloatArray) -> tuple[IntArray, FloatArray]:
        """The nearest junction of each point, and how far it is (m)."""
        if not self.nodes:
            raise ConfigError("the city has no streets")
        tree = cKDTree(np.column_stack([self.x_m, self.y_m]))
        distance, index = tree.query(np.column_stack([x_m, y_m]))
        return np.asarray(index, dtype=np.int64), np.asarray(distance, dtype=float)

    def pieces(self, strong: bool) -> tuple[int, IntArray]:
        """How many pieces the network falls into, and the piece of each junction."""
        kind = "strong" if strong else "weak"
        count, label = connected_components(self.matrix("length"), directed=True, connection=kind)
        return int(count), np.asarray(label, dtype=np.int64)

    def shape_of(self, segment: int) -> FloatArray:
        """The segment's line, k × 2 metres."""
        cut = slice(self.shape_start[segment], self.shape_start[segment + 1])
        return np.column_stack([self.shape_x_m[cut], self.shape_y_m[cut]])

    def only(self, segments: BoolArray) -> "RoadGraph":
        """The graph of these segments and of the junctions they touch."""
        chosen = np.flatnonzero(segments)
        used = np.unique(np.concatenate([self.tail[chosen], self.head[chosen]]))
        number = np.full(self.nodes, -1, dtype=np.int64)
        number[used] = np.arange(len(used))
        sizes = np.diff(self.shape_start)[chosen]
        points = np.concatenate(
            [np.arange(self.shape_start[e], self.shape_start[e + 1]) for e in chosen]
            or [np.empty(0, dtype=np.int64)]
        )
        return RoadGraph(
            x_m=self.x_m[used],
            y_m=self.y_m[used],
            tail=number[self.tail[chosen]],
            head=number[self.head[chosen]],
            length_m=self.length_m[chosen],
            speed_kmh=self.speed_kmh[chosen],
            one_way=self.one_way[chosen],
            kind=tuple(self.kind[e] for e in chosen),
            name=tuple(self.name[e] for e in chosen),
            flow_per_day=self.flow_per_day[chosen],
            shape_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            shape_x_m=self.shape_x_m[points],
            shape_y_m=self.shape_y_m[points],
            banned=self._kept_turns(chosen, number),
        )

    def _kept_turns(self, chosen: IntArray, number: IntArray) -> IntArray:
        """The forbidden turns between segments that stay, by their new numbers."""
        place = np.full(self.segments, -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        rows = np.column_stack(
            [place[self.banned[:, 0]], number[self.banned[:, 1]], place[self.banned[:, 2]]]
        )
        kept: IntArray = rows[(rows >= 0).all(axis=1)]
        return kept

    def largest_piece(self, strong: bool) -> "RoadGraph":
        """The piece with the most street length, without the rest."""
        _, label = self.pieces(strong)
        inside = label[self.tail] == label[self.head]
        length = np.bincount(
            label[self.tail][inside], weights=self.length_m[inside], minlength=label.max() + 1
        )
        return self.only(inside & (label[self.tail] == int(length.argmax())))

    def without_directions(self) -> "RoadGraph":
        """The same streets, all open both ways (a survey on foot or under escort)."""
        return replace(self, one_way=np.zeros(self.segments, bool), _cache={})


def cheapest(rows: IntArray, columns: IntArray, values: FloatArray, size: int) -> csr_matrix:
    """A square sparse matrix; of repeated entries the least counts (csr_matrix adds them)."""
    order = np.lexsort((values, columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    keep = np.ones(len(rows), bool)
    keep[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    keep &= rows != columns
    return csr_matrix((values[keep], (rows[keep], columns[keep])), shape=(size, size))
