"""The log's page and the same for programs; administrators only."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from sergek.centre.context import CentreOf
from sergek.centre.journal.actions import verify
from sergek.centre.journal.views import latest
from sergek.centre.rights import Person, Right, requires
from sergek.core.errors import Corrupt

__all__ = ["router"]

router = APIRouter()
Administrator = Annotated[Person, Depends(requires(Right.ADMINISTER))]
_SHOWN = 100


@router.get("/log")
def log_page(request: Request, centre: CentreOf, _who: Administrator) -> Response:
    """Where the log ends, and what people did lately."""
    log = centre.wiring.log
    return centre.pages.page(
        request, "journal/log.html", head=log.head(), latest=latest(log, _SHOWN)
    )


@router.post("/log/verify")
def log_verify(request: Request, centre: CentreOf, who: Administrator) -> Response:
    """Check the chain; the answer is a line for the page."""
    try:
        checked = verify(centre, who)
    except Corrupt as error:
        page = centre.pages.page(
            request, "journal/verified.html", checked=None, sentence=error.message
        )
    else:
        page = centre.pages.page(request, "journal/verified.html", checked=checked, sentence=None)
    return page


@router.get("/api/v1/log/head")
def log_head(centre: CentreOf, _who: Administrator) -> dict[str, Any]:
    """`{"seq", "digest"}` of the last fact."""
    return centre.wiring.log.head()._asdict()


@router.post("/api/v1/log/verify")
def log_verify_for_programs(centre: CentreOf, who: Administrator) -> dict[str, Any]:
    """`{"seq", "digest", "took_s"}` if the chain is whole, else 500 with error `Corrupt`."""
    checked = verify(centre, who)
    return {**checked.head._asdict(), "took_s": round(checked.took_s, 3)}
