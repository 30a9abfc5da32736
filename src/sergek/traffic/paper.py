"""What stands on a prescription's paper, whoever prints it."""

from dataclasses import dataclass
from datetime import datetime

from sergek.core.site import Site
from sergek.core.violation import Violation
from sergek.traffic.law.book import Terms
from sergek.traffic.prescription import Fine

__all__ = ["PrescriptionPaper"]


@dataclass(frozen=True, slots=True)
class PrescriptionPaper:
    """One prescription: everything that its two pages say.

    `check_address` is what the QR code opens, `check_code` the secret typed where none is read;
    `pictures` are JPEG or PNG with bystanders masked;
    `repeat_of` numbers the earlier prescription that makes this offence a repeated one.
    """

    number: str
    made_at: datetime
    plate: str
    violation: Violation
    fine: Fine
    terms: Terms
    site: Site
    package_sha256: str
    trust_sha256: str
    check_address: str
    check_code: str = ""
    pictures: tuple[bytes, ...] = ()
    issuer: str = ""
    signed_by: str = ""
    repeat_of: str | None = None

    @property
    def specimen(self) -> bool:
        """Whether the site was in trial at the event: then nothing can be owed."""
        return self.site.in_trial(self.violation.happened_at)
