"""The metrology file of a camera as a page, PDF and JSON."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.papers import pdf
from sergek.centre.prescriptions.metrology import metrology_file
from sergek.centre.prescriptions.metrology_sheet import metrology_sheet
from sergek.centre.prescriptions.register import RegisterViews
from sergek.centre.rights import Person, SignedIn
from sergek.centre.settings import Language
from sergek.centre.sites.api import ledger_of, site_for
from sergek.core.errors import NotFound
from sergek.traffic.metrology import MetrologyFile

__all__ = ["router"]

router = APIRouter()
Days = Annotated[int, Query(ge=1, le=730)]


def _file(centre: Centre, person: Person, camera_id: str, days: int) -> MetrologyFile:
    ledger = ledger_of(centre)
    site_id = ledger.of_camera(camera_id)
    if site_id is None:
        raise NotFound(f"The camera {camera_id} belongs to no complex.")
    site_for(centre, person, site_id)
    wired = centre.wiring
    now: datetime = wired.clock.now()
    return metrology_file(
        ledger,
        RegisterViews(wired.engine),
        wired.reads,
        site_id,
        camera_id,
        now - timedelta(days=days),
        now,
        centre.zone,
    )


@router.get("/metrology/{camera_id}")
def page(
    request: Request, centre: CentreOf, person: SignedIn, camera_id: str, days: Days = 30
) -> Response:
    """What the camera is worth as a measuring instrument."""
    file = _file(centre, person, camera_id, days)
    return centre.pages.page(request, "prescriptions/metrology.html", file=file, days=days)


@router.get("/metrology/{camera_id}/file-{language}.pdf")
def paper(
    centre: CentreOf, person: SignedIn, camera_id: str, language: Language, days: Days = 30
) -> Response:
    """The file on paper."""
    file = _file(centre, person, camera_id, days)
    sheet = metrology_sheet(file, catalogue(language))
    return pdf(centre.wiring.papers.print_sheets([sheet], camera_id), f"metrology-{camera_id}")


@router.get("/api/v1/metrology/{camera_id}")
def document(centre: CentreOf, person: SignedIn, camera_id: str, days: Days = 30) -> MetrologyFile:
    """The file for programs."""
    return _file(centre, person, camera_id, days)
