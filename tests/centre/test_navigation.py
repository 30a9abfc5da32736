"""The rail."""

from sergek.centre.catalogue import catalogue
from sergek.centre.navigation import PLACES, places_of
from sergek.centre.rights import Person, Role


def person(role: Role) -> Person:
    return Person(name="a", full_name="A", role=role, areas=None, csrf="x")


def test_no_two_places_share_a_key_or_a_name() -> None:
    """`g` and a letter lead to one place."""
    assert len({place.key for place in PLACES}) == len(PLACES)
    assert len({place.name for place in PLACES}) == len(PLACES)


def test_every_place_has_a_text() -> None:
    """A place without a word in the catalogues would break every page."""
    assert {f"nav.{place.name}" for place in PLACES} <= catalogue("en").names()


def test_a_viewer_sees_no_place_of_the_administrator() -> None:
    """What somebody may not open does not stand in the rail, and groups stand together."""
    seen = places_of(person(Role.VIEWER))
    assert {"people", "log"}.isdisjoint(place.name for place in seen)
    everything = places_of(person(Role.ADMINISTRATOR))
    assert {"people", "log"} <= {place.name for place in everything}
    groups = [place.group for place in everything]
    assert groups == sorted(groups)
