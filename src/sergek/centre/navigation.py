"""The places of the control room: what stands in the rail and which keys lead there."""

from typing import NamedTuple

from sergek.centre.rights import Person, Right

__all__ = ["PLACES", "Place", "places_of"]


class Place(NamedTuple):
    """A page of the rail: `/name`, its text `nav.name`, its icon `name`.

    `g` and then `key` leads there; without the right, if one is named, it is not shown. Places of
    one `group` stand together.
    """

    name: str
    key: str
    group: int = 0
    right: Right | None = None


PLACES = (
    Place("wall", "w"),
    Place("map", "m"),
    Place("passages", "p"),
    Place("cameras", "c"),
    Place("cases", "v", 1, Right.CASES),
    Place("signing", "s", 1, Right.SIGN),
    Place("prescriptions", "d", 1, Right.PAPERS),
    Place("sites", "k", 1),
    Place("assignments", "a", 1),
    Place("precincts", "i", 1),
    Place("roads", "r", 1),
    Place("plans", "n", 1),
    Place("people", "u", 2, Right.ADMINISTER),
    Place("log", "l", 2, Right.ADMINISTER),
)


def places_of(person: Person) -> list[Place]:
    """The places that a person sees, in the rail's order."""
    shown = [place for place in PLACES if place.right is None or person.may(place.right)]
    return sorted(shown, key=lambda place: place.group)
