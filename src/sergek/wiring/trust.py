"""The centre's own key and the trust list that it publishes."""

import logging
from collections.abc import Sequence

from sergek.adapters.evidence.trust import SigningKey, TrustedKey
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.sql.intake import Intake
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.core.event import Event
from sergek.wiring.stores import centre_folder

__all__ = ["centre_key", "open_trust", "take_in", "trust_file"]

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
