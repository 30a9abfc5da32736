"""Turns that signs forbid, from an OpenStreetMap extract to the segments of a street graph.

https://wiki.openstreetmap.org/wiki/Relation:restriction: `no_…` bans one turn at a point, `only_…`
bans all others. Restrictions over a way (`via` a way) and those for some vehicles only are left
out, each with its reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sergek.planning.arrays import IntArray
from sergek.planning.city.rejects import Rejects

__all__ = ["NO_TURNS", "Restriction", "banned_turns", "read_restriction"]

NO_TURNS: IntArray = np.zeros((0, 3), dtype=np.int64)
_CARS = ("motorcar", "motor_vehicle")


@dataclass(frozen=True, slots=True)
class Restriction:
    """From one way over a point to another: forbidden, or (`only`) the one that is allowed."""

    id: int
    from_way: int
    via_node: int
    to_way: int
    only: bool


def read_restriction(
    number: int,
    tags: Mapping[str, str],
    members: Sequence[tuple[str, str, int]],
    rejects: Rejects,
) -> Restriction | None:
    """A relation's restriction; None (and a row among the rejects) where it cannot be used.

    `members` are (role, type `n`/`w`/`r`, id).
    """
    kind = tags.get("restriction") or tags.get("restriction:motorcar") or ""
    name = f"relation/{number}"
    if not kind.startswith(("no_", "only_")):
        rejects.add("osm", name, f"restriction={kind or 'none'} is not one for cars")
        return None
    if any(word in _CARS for word in tags.get("except", "").replace(";", " ").split()):
        rejects.add("osm", name, "cars are excepted from it")
        return None
    roles = {
        role: [(form, ref) for known, form, ref in members if known == role]
        for role in ("from", "via", "to")
    }
    if any(len(found) != 1 for found in roles.values()) or roles["via"][0][0] != "n":
        rejects.add("osm", name, "not one way over one point to one way")
        return None
    return Restriction(
        number, roles["from"][0][1], roles["via"][0][1], roles["to"][0][1], kind.startswith("only_")
    )


def banned_turns(
    restrictions: Sequence[Restriction],
    ways: Sequence[int],
    tail: IntArray,
    head: IntArray,
    junction: Mapping[int, int],
    rejects: Rejects,
) -> IntArray:
    """k × 3: arriving by a segment at a junction, the segment that may not follow.

    `ways` is the way of each segment, `junction` the graph's number of an OSM point.
    """
    by_way: dict[int, list[int]] = {}
    for e, way in enumerate(ways):
        by_way.setdefault(way, []).append(e)
    at: dict[int, list[int]] = {}
    for e in range(len(tail)):
        at.setdefault(int(tail[e]), []).append(e)
        at.setdefault(int(head[e]), []).append(e)
    banned: set[tuple[int, int, int]] = set()
    for one in restrictions:
        via = junction.get(one.via_node)
        near = at.get(via, []) if via is not None else []
        came = [e for e in by_way.get(one.from_way, ()) if e in near]
        goes = [e for e in by_way.get(one.to_way, ()) if e in near]
        if via is None or len(came) != 1 or len(goes) != 1:
            rejects.add("osm", f"relation/{one.id}", "its ways do not meet once at its point")
            continue
        forbidden = [e for e in near if e != goes[0]] if one.only else goes
        banned |= {(came[0], via, e) for e in forbidden}
    if not banned:
        return NO_TURNS
    rows: IntArray = np.array(sorted(banned), dtype=np.int64)
    return rows
