"""The centre's own key and the trust list that it publishes."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sergek.adapters.evidence.container import MANIFEST, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.trust import SigningKey, TrustedKey
from sergek.adapters.evidence.trust_file import TrustFile, revocation_event
from sergek.adapters.sql.intake import Intake
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.core.errors import Corrupt, Unavailable
from sergek.core.event import Event
from sergek.wiring.stores import centre_folder, centre_stores

__all__ = ["centre_key", "open_trust", "refuse_revoked", "revoke_key", "take_in", "trust_file"]

_LOG = logging.getLogger(__name__)
_END = "\n-----END CERTIFICATE-----"


def centre_key(settings: Settings) -> SigningKey:
    """The key with which the centre signs public copies; made on its first start."""
    return SigningKey.open(centre_folder(settings) / "centre.pem")


def trust_file(settings: Settings) -> TrustFile:
    """The published list, `trust.json` in the centre's folder."""
    return TrustFile(centre_folder(settings) / "trust.json")


def open_trust(settings: Settings) -> TrustFile:
    """The list with the centre's own key on it, and the roots of time stamp authorities that an
    administrator put into `stamp-roots.pem` in the centre's folder."""
    trust, now = trust_file(settings), SystemClock().now()
    roots = centre_folder(settings) / "stamp-roots.pem"
    if roots.exists():
        for part in roots.read_text().split(_END)[:-1]:
            trust.trust_stamps(part.strip() + _END + "\n", now)
    trust.add(centre_key(settings).trusted(settings.city, "centre", now))
    return trust


def refuse_revoked(original: bytes, key: SigningKey, trust: TrustFile, when: datetime) -> None:
    """Whether the centre may sign a copy of that package now, by the list as it stands now.

    `Unavailable` once its own key is revoked: the copy would fail its check. `Corrupt` if the
    device's key was revoked for that package since it was taken in.
    """
    listed = trust.current()[0]
    own = listed.find(key.fingerprint)
    if own is not None and own.revoked_from is not None and (why := own.refusal("centre", when)):
        raise Unavailable(
            f"The centre signs no copies, {why}: stop it, move centre.pem out of its folder, and "
            "start it again with a new key."
        )
    manifest = Manifest.from_bytes(unpack(original)[MANIFEST])
    device = listed.find(manifest.signer)
    if device is not None and (why := device.refusal("device", manifest.created_at)):
        raise Corrupt(f"the package is believed no more: {why}")


def revoke_key(
    settings: Settings, beginning: str, since: datetime, because: str, actor: str
) -> TrustedKey:
    """Revoke a key of the list and record `key.revoked`; the centre may run meanwhile.

    The list comes first: if the log does not answer, the same call again tells it.
    """
    trust, now = trust_file(settings), SystemClock().now()
    fingerprint = trust.current()[0].meant(beginning).fingerprint
    stores = centre_stores(settings)
    try:
        key = trust.revoke(fingerprint, since, because, now)
        stores.log.append([revocation_event(key, now, actor)])
    finally:
        stores.engine.dispose()
    return key


def take_in(intake: Intake, trust: TrustFile, events: Sequence[Event]) -> None:
    """Store facts; devices' keys among them go onto the trust list, also when told again."""
    intake.append(events)
    for event in events:
        if event.kind != "key.published":
            continue
        key = TrustedKey.model_validate(event.body)
        if key.role != "device" or not key.consistent:
            _LOG.error("a key that says it is %s's was not put on the list", key.owner)
        elif trust.add(key):
            _LOG.info("the key of %s is on the trust list", key.owner)
