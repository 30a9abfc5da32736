"""The ports of prescriptions, complexes and metrology, from the settings."""

from datetime import datetime

from sergek.adapters.disk.register import FileRegister
from sergek.adapters.evidence.masking import public_package
from sergek.adapters.evidence.page import verification_page
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.paper.forms import print_sheets
from sergek.adapters.paper.prescription import prescription_pdf
from sergek.centre.papers import Papers
from sergek.centre.settings import CentreSettings
from sergek.config.settings import Settings
from sergek.core.masks import MoreMasks
from sergek.wiring.stores import centre_folder
from sergek.wiring.trust import centre_key, refuse_revoked

__all__ = ["papers_of"]


def papers_of(settings: Settings, trust: TrustFile) -> Papers:
    """What the centre's papers ask of the world; the register is a folder of JSON documents."""
    folder, chosen, key = centre_folder(settings), settings.centre, centre_key(settings)

    def public_copy(original: bytes, sha256: str, made_at: datetime, more: MoreMasks) -> bytes:
        refuse_revoked(original, key, trust, made_at)
        return public_package(original, sha256, key, made_at, more).data

    return Papers(
        print_sheets=print_sheets,
        print_prescription=prescription_pdf,
        public_copy=public_copy,
        register=FileRegister(folder / "register"),
        trust_list=trust.published,
        verification_page=verification_page,
        check_code=key.code_of,
        check_address=chosen.check_address or f"{_address(chosen)}/check/{{number}}/{{code}}",
        series=chosen.series,
        issuer=chosen.issuer,
    )


def _address(chosen: CentreSettings) -> str:
    """Where the centre's own pages are reached on this machine."""
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{host}:{chosen.port}"
