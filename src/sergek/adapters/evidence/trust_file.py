"""The published trust list as a file that only grows: keys are added and revoked, never removed."""

from datetime import datetime
from pathlib import Path

from sergek.adapters.disk.durable import write_durably
from sergek.adapters.evidence.trust import TrustedKey, TrustList, load_trust
from sergek.core.errors import Conflict, NotFound, Unavailable
from sergek.core.event import Event, canonical_json, derive_id

__all__ = ["TrustFile", "key_event"]


def key_event(key: TrustedKey) -> Event:
    """The fact `key.published`: a device's public key on its way to the centre's list."""
    return Event(
        event_id=derive_id(key.fingerprint, "key.published"),
        kind="key.published",
        subject=key.fingerprint,
        happened_at=key.valid_from,
        body=key.model_dump(mode="json"),
    )


class TrustFile:
    """The list at the centre; written whole or not at all."""

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
        keys = self._keys()
        if any(known.fingerprint == key.fingerprint for known in keys):
            return False
        if not key.consistent:
            raise Conflict(f"the key of {key.owner} is not the one that its fingerprint names")
        self._write((*keys, key), key.valid_from)
        return True

    def trust_stamps(self, root_pem: str, now: datetime) -> None:
        """Time stamps under that root certificate count from now on."""
        roots = self._roots()
        if root_pem not in roots:
            self._write(self._keys(), now, (*roots, root_pem))

    def revoke(self, fingerprint: str, since: datetime, because: str, now: datetime) -> None:
        """A key is no longer good for packages made from `since` on."""
        keys = self._keys()
        if all(key.fingerprint != fingerprint for key in keys):
            raise NotFound("There is no such key on the trust list.")
        change = {"revoked_from": since, "revoked_because": because}
        changed = tuple(
            key.model_copy(update=change) if key.fingerprint == fingerprint else key for key in keys
        )
        self._write(changed, now)

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
