"""Transactions that only read."""

from sqlalchemy import Engine

__all__ = ["reading"]


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they wait for no writer.

    The option is the one that `adapters.sql.engine` goes by.
    """
    return engine.execution_options(sergek_readonly=True)
