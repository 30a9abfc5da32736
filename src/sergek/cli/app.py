"""The command `sergek`: one verb per file; errors become one sentence and an exit code here."""

import errno
import sys
from typing import NoReturn

import typer

from sergek import __version__
from sergek.cli import check, city, demo, plan, run, simulate
from sergek.cli.calibrate import calibrate
from sergek.cli.metrology import metrology
from sergek.cli.models import models
from sergek.cli.pilot import pilot
from sergek.cli.read import read
from sergek.cli.verify import verify
from sergek.cli.watch import watch
from sergek.core.errors import ConfigError, SergekError, Unavailable

__all__ = ["app", "main"]

app = typer.Typer(
    name="sergek",
    help="Sergek: cameras become measurements, measurements become facts, people decide on facts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(city.app, name="city")
app.add_typer(plan.app, name="plan")
app.add_typer(simulate.app, name="simulate")
app.command()(verify)
app.command()(read)
app.command()(models)
app.command()(calibrate)
app.command()(metrology)
app.command()(pilot)
app.command()(run.run)
app.command()(watch)
app.command()(check.check)
app.command()(demo.demo)
app.command(hidden=True)(run.process)


@app.callback()
def root() -> None:
    """Sergek: cameras become measurements, measurements become facts, people decide on facts."""


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line; a `SergekError` is printed as one sentence, exit code its own."""
    try:
        app()
    except SergekError as error:
        _end(error)
    except OSError as error:
        if error.filename is None:
            raise
        kind = Unavailable if error.errno in (errno.ENOSPC, errno.EDQUOT) else ConfigError
        _end(kind(f"{error.filename} cannot be used: {error.strerror}."))


def _end(error: SergekError) -> NoReturn:
    print(f"sergek: {error.message}", file=sys.stderr)
    if isinstance(error, ConfigError):
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
    sys.exit(error.exit_code)
