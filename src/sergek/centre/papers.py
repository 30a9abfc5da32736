"""What the services of papers ask of the world; `wiring` fills it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.responses import Response

from sergek.core.errors import Unavailable
from sergek.core.masks import MoreMasks
from sergek.core.sheet import PrintSheets, Sheet
from sergek.traffic.paper import PrescriptionPaper

__all__ = ["NationalRegister", "Papers", "pdf"]


class NationalRegister(Protocol):
    """The state's register of administrative cases; `docs/ref/register.md` has the document."""

    def submit(self, document: Mapping[str, object]) -> str:
        """Hand over one document; the register's own receipt. Repeats give the same receipt.

        Raises `Unavailable` where a later try may succeed.
        """
        ...


def _no_printer(_paper: PrescriptionPaper) -> bytes:
    raise Unavailable("This centre has no printer of prescriptions: start it with `sergek run`.")


def _no_forms(_sheets: Sequence[Sheet], _name: str) -> bytes:
    raise Unavailable("This centre has no printer of forms: start it with `sergek run`.")


def _no_copy(_package: bytes, _sha256: str, _made_at: datetime, _more: MoreMasks) -> bytes:
    raise Unavailable("This centre makes no public copies: start it with `sergek run`.")


def _owner_unknown(plate: str, _when: datetime) -> str:
    return plate


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The ports of what is printed, and of prescriptions, sites and metrology.

    `print_sheets` prints every form that has no look of its own. `public_copy` makes the masked
    copy of a package (its bytes, its SHA-256, when the copy is dated, what a person hid besides),
    the same bytes for the same four. `owner_key` names a plate's owner at a moment (the plate
    itself where no vehicle register is connected). `trust_list` is the list of trusted keys as
    published now, `verification_page` the page that checks a package without a server. `check_code`
    gives the secret that stands on a prescription beside its number; `check_address` what its QR
    code opens, with `{number}`, `{code}` and `{package}` (the package's SHA-256).
    """

    print_sheets: PrintSheets = _no_forms
    print_prescription: Callable[[PrescriptionPaper], bytes] = _no_printer
    public_copy: Callable[[bytes, str, datetime, MoreMasks], bytes] = _no_copy
    owner_key: Callable[[str, datetime], str] = _owner_unknown
    register: NationalRegister | None = None
    trust_list: Callable[[], bytes] = lambda: b""
    verification_page: Callable[[], str] = lambda: ""
    check_code: Callable[[str], str] = lambda _number: ""
    check_address: str = "sergek:verify:{package}"
    series: str = "SGK"
    issuer: str = ""


def pdf(data: bytes, name: str) -> Response:
    """A PDF for the browser's own viewer."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)
