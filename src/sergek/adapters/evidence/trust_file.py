"""The published trust list as a file that only grows: keys are added and revoked, never removed."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sergek.adapters.disk.durable import refusal, write_durably
from sergek.adapters.evidence.trust import TrustedKey, TrustList, load_trust
from sergek.core.errors import Conflict, NotFound, Unavailable
from sergek.core.event import Event, canonical_json, derive_id

__all__ = ["TrustFile", "key_event", "revocation_event"]


def key_event(key: TrustedKey) -> Event:
    """The fact `key.published`: a device's public key on its way to the centre's list."""
    return Event(
        event_id=derive_id(key.fingerprint, "key.published"),
        kind="key.published",
        subject=key.fingerprint,
        happened_at=key.valid_from,
        body=key.model_dump(mode="json"),
    )


def revocation_event(key: TrustedKey, now: datetime, actor: str) -> Event:
    """The fact `key.revoked`; the same revocation told again is the same fact."""
    if key.revoked_from is None:
        raise ValueError(f"the key of {key.owner} is not revoked")
    since = key.revoked_from.astimezone(UTC).isoformat()
    return Event(
        event_id=derive_id(key.fingerprint, "key.revoked", since),
        kind="key.revoked",
        subject=key.fingerprint,
        happened_at=now,
        actor=actor,
        body={"owner": key.owner, "since": since, "because": key.revoked_because},
    )


class TrustFile:
    """The list at the centre; written whole or not at all, by one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> tuple[TrustList, str] | None:
        """The list and its fingerprint; None before the first key."""
        return load_trust(self.path) if self.path.exists() else None

    def current(self) -> tuple[TrustList, str]:
        """The list and its fingerprint; `Unavailable` before the first key."""
        found = self.load()
        if found is None:
            raise Unavailable("No key was published yet: no package can be checked.")
        return found

    def published(self) -> bytes:
        """The file as it is published; `Unavailable` before the first key."""
        self.current()
        return self.path.read_bytes()

    def add(self, key: TrustedKey) -> bool:
        """Publish a key; whether it was new. A known key is never changed by this."""
        with self._alone():
            keys = self._keys()
            if any(known.fingerprint == key.fingerprint for known in keys):
                return False
            if not key.consistent:
                raise Conflict(f"the key of {key.owner} is not the one that its fingerprint names")
            self._write((*keys, key), key.valid_from)
        return True

    def trust_stamps(self, root_pem: str, now: datetime) -> None:
        """Time stamps under that root certificate count from now on."""
        with self._alone():
            roots = self._roots()
            if root_pem not in roots:
                self._write(self._keys(), now, (*roots, root_pem))

    def revoke(self, fingerprint: str, since: datetime, because: str, now: datetime) -> TrustedKey:
        """A key is no longer good for packages made from `since` on; the key as it stands now.

        Again with an earlier `since` moves it there, with the same one changes nothing; a later
        one is a `Conflict`, for a key never becomes good again.
        """
        with self._alone():
            keys = self._keys()
            key = next((each for each in keys if each.fingerprint == fingerprint), None)
            if key is None:
                raise NotFound("There is no such key on the trust list.")
            if key.revoked_from is not None and since >= key.revoked_from:
                if since == key.revoked_from:
                    return key
                raise Conflict(
                    f"The key of {key.owner} is revoked from {key.revoked_from.isoformat()} "
                    "already: give an earlier moment, a key never becomes good again."
                )
            change = {"revoked_from": since, "revoked_because": because}
            revoked = key.model_copy(update=change)
            self._write(tuple(revoked if each is key else each for each in keys), now)
        return revoked

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes the list meanwhile; a file beside it, for the list's is replaced."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = self.path.with_suffix(".lock").open("w")
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            raise refusal(self.path.parent, error) from error
        with handle:
            yield

    def _keys(self) -> tuple[TrustedKey, ...]:
        found = self.load()
        return () if found is None else found[0].keys

    def _roots(self) -> tuple[str, ...]:
        found = self.load()
        return () if found is None else found[0].stamp_roots

    def _write(
        self,
        keys: tuple[TrustedKey, ...],
        now: datetime,
        roots: tuple[str, ...] | None = None,
    ) -> None:
        before = self.load()
        at = now if before is None else max(now, before[0].published_at)
        kept = self._roots() if roots is None else roots
        made = TrustList(published_at=at, keys=keys, stamp_roots=kept)
        write_durably(self.path, canonical_json(made.model_dump(mode="json")))
