"""A made-up site that tests, benches and the reference pages share."""

from functools import cache
from importlib import resources
from typing import Any

from sergek.core.passage import PassagePlate
from sergek.core.plate import PlateStatus
from sergek.core.site import Site
from sergek.traffic.sitefile import load_sites

__all__ = ["example_site", "read_plate", "with_changes"]


@cache
def example_site() -> Site:
    """The section of `abay_section.toml`: limit 60, in trial, certificate for 2022."""
    with resources.as_file(resources.files("sergek.testing").joinpath("abay_section.toml")) as path:
        return load_sites(path)[0]


def with_changes(site: Site, **changes: Any) -> Site:
    """The site as if its file said otherwise; validated anew."""
    return Site.model_validate(site.model_dump() | changes)


def read_plate(text: str) -> PassagePlate:
    """A plate that was surely read."""
    return PassagePlate(
        text=text, raw=(text,), layout="car", confidence=0.999, status=PlateStatus.READ
    )
