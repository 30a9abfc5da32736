"""`sergek verify`: check an evidence package without trusting who made it."""

from pathlib import Path
from typing import Annotated

import typer

from sergek.adapters.evidence.page import verification_page
from sergek.adapters.evidence.trust import load_trust
from sergek.adapters.evidence.verify import verify as check
from sergek.core.errors import ConfigError, Corrupt
from sergek.core.given import given_bytes

__all__ = ["verify"]


def verify(
    package: Annotated[Path | None, typer.Argument(help="The evidence package (ZIP).")] = None,
    trust: Annotated[
        Path | None, typer.Option("--trust", help="The published list of trusted keys.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the static verification page there.")
    ] = None,
) -> None:
    """Check hashes, signature and trust of an evidence package, and compute its speed anew."""
    if page is not None:
        page.write_text(verification_page(), encoding="utf-8")
        typer.echo(f"{page}: open it in a browser, no server is needed")
        if package is None:
            return
    if package is None or trust is None:
        raise ConfigError("name a package and, with --trust, the published list of trusted keys")
    report = check(given_bytes(package), *load_trust(trust))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        for line in report.checks:
            typer.echo(f"{'ok  ' if line.ok else 'BAD '} {line.name:<20} {line.detail}")
        typer.echo(f"trust list {report.trust_fingerprint}")
    if not report.ok:
        faults = "; ".join(f"{x.name}: {x.detail}" for x in report.checks if not x.ok)
        raise Corrupt(f"{package.name} cannot be trusted: {faults}")
