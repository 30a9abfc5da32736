"""The ports of prescriptions, complexes and metrology, from the settings."""

from sergek.adapters.disk.register import FileRegister
from sergek.adapters.evidence.container import MANIFEST, unpack
from sergek.adapters.evidence.manifest import Manifest
from sergek.adapters.evidence.trust_file import TrustFile
from sergek.adapters.paper.metrology import metrology_pdf
from sergek.adapters.paper.prescription import prescription_pdf
from sergek.centre.papers import Papers
from sergek.config.settings import Settings
from sergek.core.errors import Corrupt
from sergek.wiring.stores import centre_folder

__all__ = ["papers_of"]


def papers_of(settings: Settings, trust: TrustFile) -> Papers:
    """What the centre's papers ask of the world; the register is a folder of JSON documents."""
    folder, chosen = centre_folder(settings), settings.centre
    return Papers(
        print_prescription=prescription_pdf,
        print_metrology=metrology_pdf,
        public_pictures=_plate_only,
        register=FileRegister(folder / "register"),
        trust_sha256=lambda: trust.current()[1],
        check_address=chosen.check_address,
        series=chosen.series,
        issuer=chosen.issuer,
    )


def _plate_only(package: bytes) -> tuple[bytes, ...]:
    """The plate's picture, which shows nobody else; overviews leave only when masked."""
    try:
        files = unpack(package)
        items = Manifest.from_bytes(files[MANIFEST]).items
    except Corrupt:
        return ()
    return tuple(files[item.name] for item in items if item.role == "plate")
