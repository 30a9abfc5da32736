"""The command `sergek`: one verb per file, imported when it is asked for; errors become one
sentence and an exit code here."""

import errno
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from sergek import __version__
from sergek.core.errors import ConfigError, SergekError, Unavailable

__all__ = ["app", "main"]

# Each verb and its module here, which has a function, or a Typer of several, of the verb's name.
_VERBS = {
    "demo": "demo",
    "run": "run",
    "check": "check",
    "watch": "watch",
    "read": "read",
    "verify": "verify",
    "trust": "trust",
    "calibrate": "calibrate",
    "metrology": "metrology",
    "pilot": "pilot",
    "models": "models",
    "city": "city",
    "plan": "plan",
    "simulate": "simulate",
    "version": "app",
    "process": "run",
}
_HIDDEN = "process"


@cache
def _command(verb: str) -> object:
    """The verb's command; its module, and all that this imports, is loaded only now."""
    found = getattr(import_module(f"sergek.cli.{_VERBS[verb]}"), verb)
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=verb)
    else:
        alone.command(verb, hidden=verb == _HIDDEN)(found)
    return typer.main.get_group(alone).commands[verb]


class _Commands(Mapping[str, object]):
    """Every command by its verb, loaded when it is looked up."""

    def __getitem__(self, verb: str) -> object:
        return _command(verb)

    def __iter__(self) -> Iterator[str]:
        return iter(_VERBS)

    def __len__(self) -> int:
        return len(_VERBS)


class _Group(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes | {"commands": _Commands()})


app = typer.Typer(
    cls=_Group,
    name="sergek",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root() -> None:
    """Sergek: cameras become measurements, measurements become facts, people decide on facts."""


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
