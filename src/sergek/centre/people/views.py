"""What is read of people: who holds a session, and the administrator's list."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select, update

from sergek.centre.people.actions import Account, digest_of
from sergek.centre.people.tables import at_of, people, sessions, us_of
from sergek.centre.reading import reading
from sergek.centre.rights import Person, Role
from sergek.centre.settings import CentreSettings
from sergek.core.clock import Clock
from sergek.core.errors import NotFound

__all__ = ["Listed", "PeopleViews", "full_names"]

_HOUR_US = 3_600_000_000
# A session's last use is written down at most so often: a write per request would be waste.
_SEEN_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the administrator's list."""

    account: Account
    added_at: datetime
    sessions: int
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class PeopleViews:
    """The readings over one database."""

    engine: Engine
    clock: Clock
    settings: CentreSettings

    def of_session(self, token: str) -> Person | None:
        """Who holds the token; None if it is unknown, too old, unused too long or closed."""
        now = us_of(self.clock.now())
        wanted = (
            select(people, sessions.c.csrf, sessions.c.began_us, sessions.c.seen_us)
            .join(sessions, sessions.c.name == people.c.name)
            .where(sessions.c.token_digest == digest_of(token), people.c.active)
        )
        with reading(self.engine).connect() as connection:
            row = connection.execute(wanted).first()
        if row is None or now - row.began_us > self.settings.session_h * _HOUR_US:
            return None
        if now - row.seen_us > self.settings.idle_min * _HOUR_US / 60:
            return None
        if now - row.seen_us > _SEEN_US:
            with self.engine.begin() as connection:
                connection.execute(
                    update(sessions)
                    .where(sessions.c.token_digest == digest_of(token))
                    .values(seen_us=now)
                )
        account = _account(row)
        return Person(
            name=account.name,
            full_name=account.full_name,
            role=account.role,
            areas=account.areas,
            csrf=row.csrf,
        )

    def listed(self) -> list[Listed]:
        """Everybody, by name, with their open sessions."""
        wanted = (
            select(
                people,
                func.count(sessions.c.token_digest).label("open"),
                func.max(sessions.c.seen_us).label("last_us"),
            )
            .outerjoin(sessions, sessions.c.name == people.c.name)
            .group_by(*people.c)
            .order_by(people.c.name)
        )
        with reading(self.engine).connect() as connection:
            return [
                Listed(
                    account=_account(row),
                    added_at=at_of(row.added_us),
                    sessions=row.open,
                    last_seen_at=None if row.last_us is None else at_of(row.last_us),
                )
                for row in connection.execute(wanted)
            ]

    def account(self, name: str) -> Account:
        """One account, or `NotFound`."""
        with reading(self.engine).connect() as connection:
            row = connection.execute(select(people).where(people.c.name == name)).first()
        if row is None:
            raise NotFound(f"There is nobody called “{name}”.")
        return _account(row)

    def any_administrator(self) -> bool:
        """Whether the centre has somebody who can let others in."""
        wanted = select(func.count()).where(people.c.role == Role.ADMINISTRATOR, people.c.active)
        with reading(self.engine).connect() as connection:
            return bool(connection.scalar(wanted))


def full_names(engine: Engine) -> dict[str, str]:
    """Sign-in name → full name of everybody who ever had an account."""
    with reading(engine).connect() as connection:
        return {row.name: row.full_name for row in connection.execute(select(people))}


def _account(row: Any) -> Account:
    return Account(
        name=row.name,
        full_name=row.full_name,
        role=Role(row.role),
        areas=None if row.areas is None else tuple(json.loads(row.areas)),
        active=row.active,
    )
