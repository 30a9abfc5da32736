"""`sergek trust`: the keys of the centre's published list, and revoking one of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from sergek.adapters.evidence.trust import TrustedKey
from sergek.config.load import load
from sergek.core.errors import ConfigError
from sergek.wiring.trust import revoke_key, trust_file

__all__ = ["trust"]

_NEXT = {
    "device": "make it a new key: stop its edge, move edge/device.pem away, start the edge; then "
    "open /quarantines/new with “The device was faulty” for its complex and the days since then",
    "centre": "the centre signs no copies from then on: stop it, move centre/centre.pem away, "
    "start it; links on papers printed before then open nothing, the office hands the files out",
}


def trust(
    city: Annotated[Path, typer.Argument(help="The city's file; its centre may be running.")],
    revoke: Annotated[
        str | None, typer.Option(help="Fingerprint of a key, or its first 8 or more digits.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="… is bad from 2026-11-01T08:00 on (city's time).")
    ] = None,
    because: Annotated[str | None, typer.Option(help="… and why, for everybody to read.")] = None,
) -> None:
    """List the keys by which packages are checked, or revoke one for packages made from then on."""
    settings = load(city)
    zone = ZoneInfo(settings.centre.timezone)
    if revoke is None and since is None and because is None:
        listed, fingerprint = trust_file(settings).current()
        typer.echo("\n".join(_line(key, zone) for key in listed.keys))
        typer.echo(f"trust list {fingerprint}")
        return
    if not revoke or not since or not (because or "").strip():
        raise ConfigError("Revoking takes --revoke FINGERPRINT, --since MOMENT and --because WHY.")
    key = revoke_key(settings, revoke, _moment(since, zone), str(because).strip(), "command line")
    typer.echo(_line(key, zone))
    typer.echo(f"trust list {trust_file(settings).current()[1]}")
    typer.echo("next: publish the list anew where it lies as a file; /check/trust.json has it now")
    typer.echo(f"next: {_NEXT[key.role]}")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--since {text} is no moment: write it as 2026-11-01T08:00.") from None
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)


def _line(key: TrustedKey, zone: ZoneInfo) -> str:
    def at(moment: datetime) -> str:
        return moment.astimezone(zone).isoformat(timespec="minutes")

    line = f"{key.fingerprint}  {key.role}  {key.owner}  from {at(key.valid_from)}"
    if key.valid_until is not None:
        line += f" until {at(key.valid_until)}"
    if key.revoked_from is not None:
        line += f"  revoked from {at(key.revoked_from)}: {key.revoked_because}"
    return line
