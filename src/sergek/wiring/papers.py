"""The ports of prescriptions, complexes and metrology, from the settings."""

from sergek.adapters.disk.register import FileRegister
from sergek.adapters.evidence.masking import public_pictures
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.paper.forms import print_sheets
from sergek.adapters.paper.metrology import metrology_pdf
from sergek.adapters.paper.prescription import prescription_pdf
from sergek.centre.papers import Papers
from sergek.config.settings import Settings
from sergek.wiring.stores import centre_folder

__all__ = ["papers_of"]


def papers_of(settings: Settings, trust: TrustFile) -> Papers:
    """What the centre's papers ask of the world; the register is a folder of JSON documents."""
    folder, chosen = centre_folder(settings), settings.centre
    return Papers(
        print_sheets=print_sheets,
        print_prescription=prescription_pdf,
        print_metrology=metrology_pdf,
        public_pictures=public_pictures,
        register=FileRegister(folder / "register"),
        trust_sha256=lambda: trust.current()[1],
        check_address=chosen.check_address,
        series=chosen.series,
        issuer=chosen.issuer,
    )
