"""`sergek publish`: the masked copy of an evidence package, signed by the centre."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from sergek.adapters.evidence.masking import public_package
from sergek.config.load import load
from sergek.core.clock import SystemClock
from sergek.core.given import given_bytes
from sergek.wiring.trust import centre_key

__all__ = ["publish"]


def publish(
    package: Annotated[Path, typer.Argument(help="The sealed original (ZIP).")],
    city: Annotated[Path, typer.Option("--city", help="The city's file: whose key signs.")],
    out: Annotated[Path, typer.Option("--out", help="Where the public copy is written.")],
) -> None:
    """Write the copy that may leave: others' faces, plates and cabins hidden. Look at it first."""
    data = given_bytes(package)
    sha256 = hashlib.sha256(data).hexdigest()
    made = public_package(data, sha256, centre_key(load(city)), SystemClock().now())
    out.write_bytes(made.data)
    typer.echo(f"{out}: copy {made.sha256} of the original {sha256}; look at it before it leaves")
