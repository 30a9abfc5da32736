"""What changes people: each action appends its event and updates its tables in one transaction."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from sergek.centre.people import events
from sergek.centre.people.passwords import hashed, matches, outdated
from sergek.centre.people.tables import people, refusals, sessions, us_of
from sergek.centre.reading import reading
from sergek.centre.rights import Role
from sergek.centre.settings import CentreSettings
from sergek.core.clock import Clock
from sergek.core.errors import Conflict, Forbidden, NotFound
from sergek.core.event import Event
from sergek.core.ports import EventLog

__all__ = ["Account", "PeopleActions", "Refused", "digest_of"]

_MINUTE_US = 60_000_000


class Account(BaseModel):
    """What an administrator decides about somebody; `areas` None is the whole city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,62}$")
    full_name: str = Field(min_length=1, max_length=200)
    role: Role
    areas: tuple[str, ...] | None = None
    active: bool = True

    def body(self) -> dict[str, Any]:
        """What the log keeps of it."""
        return self.model_dump(mode="json", exclude={"name"})

    def row(self) -> dict[str, Any]:
        """What the table keeps of it."""
        areas = None if self.areas is None else json.dumps(self.areas, ensure_ascii=False)
        return {
            "full_name": self.full_name,
            "role": self.role.value,
            "areas": areas,
            "active": self.active,
        }


class Refused(Exception):
    """A sign-in was refused; `wait` tells that it was for too many tries."""

    def __init__(self, *, wait: bool) -> None:
        super().__init__("too many tries" if wait else "name or password is wrong")
        self.wait = wait


def digest_of(secret: str) -> str:
    """SHA-256 of a token or name, as the tables keep it."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PeopleActions:
    """The actions over one database and log."""

    engine: Engine
    log: EventLog
    clock: Clock
    settings: CentreSettings

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Let somebody in and return the new session's token; raises `Refused`.

        The password is compared before any lock is taken: argon2 is slow on purpose.
        """
        name = name.strip().lower()
        over = self._over(name, address)
        if over >= 0:
            # Written down once, so that a flood of tries does not fill the log.
            if over == 0:
                self._refuse(name, address, "too_many_tries")
            raise Refused(wait=True)
        row = self._row(name)
        right = matches(password, row.password_hash if row else None)
        if row is None or not right or not row.active:
            reason = "closed" if row is not None and right else "wrong"
            self._refuse(name, address, reason)
            raise Refused(wait=False)
        now, token = self.clock.now(), secrets.token_urlsafe(32)
        with self.engine.begin() as connection:
            self._append(connection, events.signed_in(name, address, now))
            connection.execute(
                insert(sessions).values(
                    token_digest=digest_of(token),
                    name=name,
                    csrf=secrets.token_urlsafe(32),
                    began_us=us_of(now),
                    seen_us=us_of(now),
                    address=address[:64],
                )
            )
            if outdated(row.password_hash):
                self._set(connection, name, {"password_hash": hashed(password)})
        return token

    def change_own_password(self, name: str, now: str, new: str, address: str) -> str:
        """Check the old password as a sign-in does, store the new one; the new session's token."""
        hashed(new)  # a password that cannot be stored is said before anything changes
        self.sign_in(name, now, address)
        self.set_password(name, new, name)
        return self.sign_in(name, new, address)

    def sign_out(self, name: str, token: str) -> None:
        """End one session."""
        with self.engine.begin() as connection:
            self._append(connection, events.signed_out(name, self.clock.now()))
            connection.execute(delete(sessions).where(sessions.c.token_digest == digest_of(token)))

    def add(self, account: Account, password: str, actor: str) -> None:
        """Begin an account; `Conflict` if the name is taken."""
        stored, now = hashed(password), self.clock.now()
        with self.engine.begin() as connection:
            taken = connection.execute(select(people.c.name).where(people.c.name == account.name))
            if taken.first():
                raise Conflict(f"There is already somebody called “{account.name}”.")
            self._append(connection, events.person_added(account.name, actor, now, account.body()))
            connection.execute(
                insert(people).values(
                    name=account.name, password_hash=stored, added_us=us_of(now), **account.row()
                )
            )

    def change(self, account: Account, actor: str) -> None:
        """Give an account another role, areas, name or state; a closed one loses its sessions.

        Refuses to leave the centre without an active administrator.
        """
        with self.engine.begin() as connection:
            self._known(connection, account.name)
            self._append(
                connection,
                events.person_changed(account.name, actor, self.clock.now(), account.body()),
            )
            self._set(connection, account.name, account.row())
            if not account.active:
                connection.execute(delete(sessions).where(sessions.c.name == account.name))
            administrators = connection.scalar(
                select(func.count()).where(people.c.role == Role.ADMINISTRATOR, people.c.active)
            )
            if not administrators:
                raise Forbidden("The last active administrator must stay one: add another first.")

    def set_password(self, name: str, password: str, actor: str) -> None:
        """Give somebody a new password and end all their sessions."""
        stored = hashed(password)
        with self.engine.begin() as connection:
            self._known(connection, name)
            self._append(connection, events.password_changed(name, actor, self.clock.now()))
            self._set(connection, name, {"password_hash": stored})
            connection.execute(delete(sessions).where(sessions.c.name == name))

    def _over(self, name: str, address: str) -> int:
        """How far the refusals of the last minutes are over a limit; negative below both."""
        since = us_of(self.clock.now()) - round(self.settings.refusal_window_min * _MINUTE_US)
        recent = select(func.count()).where(
            refusals.c.at_us > since, refusals.c.address == address[:64]
        )
        with reading(self.engine).connect() as connection:
            of_address = connection.scalar(recent) or 0
            of_name = connection.scalar(recent.where(refusals.c.name_digest == digest_of(name)))
        return max(
            of_address - self.settings.refusals_per_address,
            (of_name or 0) - self.settings.refusals_per_name,
        )

    def _refuse(self, name: str, address: str, reason: str) -> None:
        now = self.clock.now()
        known = name if self._row(name) is not None else None
        event = events.sign_in_refused(known, address, reason, now)
        with self.engine.begin() as connection:
            self._append(connection, event)
            kept_since = us_of(now) - round(self.settings.refusal_window_min * _MINUTE_US)
            connection.execute(delete(refusals).where(refusals.c.at_us <= kept_since))
            connection.execute(
                insert(refusals).values(
                    refusal_id=event.event_id,
                    at_us=us_of(now),
                    name_digest=digest_of(name),
                    address=address[:64],
                )
            )

    def _row(self, name: str) -> Any:
        wanted = select(people).where(people.c.name == name)
        with reading(self.engine).connect() as connection:
            return connection.execute(wanted).first()

    def _append(self, connection: Connection, *facts: Event) -> None:
        appended: Sequence[Event] = facts
        self.log.append(appended, connection=connection)

    @staticmethod
    def _set(connection: Connection, name: str, values: dict[str, Any]) -> None:
        connection.execute(update(people).where(people.c.name == name).values(**values))

    @staticmethod
    def _known(connection: Connection, name: str) -> None:
        if not connection.execute(select(people.c.name).where(people.c.name == name)).first():
            raise NotFound(f"There is nobody called “{name}”.")
