"""What the accused sees without a log-in: their own prescription, by its number and its secret.

Only what the paper says anyway and the masked copy; each opening is a fact without any trace of
who asked. How often somebody may ask stands in `centre.rate`.
"""

import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.evidence_room import Room
from sergek.centre.forms import see_other
from sergek.centre.pages import language_of
from sergek.centre.prescriptions import events
from sergek.centre.prescriptions.api import Views
from sergek.centre.prescriptions.handing_out import as_file, copy_of, pictures_of
from sergek.centre.prescriptions.register import REFUSED, Prescription
from sergek.centre.settings import Language
from sergek.centre.sites.api import ledger_of
from sergek.core.errors import NotFound, SergekError
from sergek.traffic.law.book import law_book

__all__ = ["router"]

router = APIRouter(prefix="/check")
Asked = Annotated[Language | None, Query(alias="lang")]
Typed = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True, slots=True)
class Opened:
    """A prescription whose secret was told."""

    one: Prescription
    code: str

    @property
    def address(self) -> str:
        """Where its page and files are."""
        return f"/check/{quote(self.one.number)}/{self.code}"


def _opened(centre: CentreOf, views: Views, number: str, code: str) -> Opened:
    """One sentence for an unknown number and a wrong secret: neither is told from the other."""
    told = _plain(code)
    known = _plain(centre.wiring.papers.check_code(number))
    if not known or not hmac.compare_digest(told.encode(), known.encode()):
        raise NotFound("There is no prescription with this number and code: compare both.")
    one = views.one(number)
    if one.state == REFUSED:
        raise NotFound("There is no prescription with this number and code: compare both.")
    return Opened(one, known)


Its = Annotated[Opened, Depends(_opened)]


def _plain(code: str) -> str:
    """The secret without what people write between its groups, look-alikes put right."""
    kept = code.upper().translate(str.maketrans("OОILАВСЕНКМРТХ", "0011ABCEHKMPTX"))
    return "".join(letter for letter in kept if letter.isalnum())


@router.get("")
def find_page(
    request: Request,
    centre: CentreOf,
    views: Views,
    number: Typed = "",
    code: Typed = "",
    lang: Asked = None,
) -> Response:
    """Number and secret typed from the paper; leads to the prescription's page."""
    number, problem = number.strip().upper(), None
    if number or code:
        try:
            its = _opened(centre, views, number, code)
            asked = f"?lang={lang}" if lang else ""
            return see_other(its.address + asked)
        except NotFound as error:
            problem = error
    values = {"number": number, "code": code, "problem": problem}
    status = 200 if problem is None else problem.http_status
    return _page(request, centre, lang, "check_find", "/check?", status, **values)


@router.get("/trust.json")
def trust_list(centre: CentreOf) -> Response:
    """The list of trusted keys as it is published now."""
    return as_file(centre.wiring.papers.trust_list(), "application/json", "trust.json")


@router.get("/verify.html")
def verification_page(centre: CentreOf) -> Response:
    """The page that checks a package from disk, without any server."""
    page = centre.wiring.papers.verification_page().encode()
    return as_file(page, "text/html; charset=utf-8", "verify.html")


@router.get("/{number}/{code}")
def its_page(
    request: Request, centre: CentreOf, room: Room, its: Its, lang: Asked = None
) -> Response:
    """State, pictures, what v ± U means, how to check it, to whom to complain."""
    one, wired = its.one, centre.wiring
    now = wired.clock.now()
    trouble, pictures = None, []
    try:
        pictures = list(pictures_of(room, one))
    except SergekError as error:
        trouble = error
    wired.log.append([events.handed_out(one.number, "public", now, "page", "")])
    site = ledger_of(centre).file.get(one.site_id)
    return _page(
        request,
        centre,
        lang,
        "check",
        f"{its.address}?",
        200,
        its=its,
        one=one,
        site=site,
        certificate=None if site is None else site.certificate_at(one.happened_at),
        law=law_book().terms_at(one.issued_at),
        terms=one.running(now),
        pictures=pictures,
        trouble=trouble,
        issuer=wired.papers.issuer,
        due=one.due_tenge(now) if one.real else 0,
    )


@router.get("/{number}/{code}/picture/{role}")
def picture(room: Room, its: Its, role: str) -> Response:
    """A masked picture, as it stands on the paper."""
    item = pictures_of(room, its.one).get(role)
    if item is None:
        raise NotFound("The copy holds no such picture.")
    return Response(item.data, media_type=item.media_type)


@router.get("/{number}/{code}/copy.zip")
def copy(centre: CentreOf, its: Its) -> Response:
    """The public copy that the signer looked at."""
    wired = centre.wiring
    data, now = copy_of(wired.evidence, its.one), wired.clock.now()
    wired.log.append([events.handed_out(its.one.number, "public", now, "copy", "")])
    return as_file(data, "application/zip", f"{its.one.number}.zip")


@router.get("/{number}/{code}/trust.json")
def its_trust_list(centre: CentreOf, its: Its) -> Response:
    """The very list whose fingerprint stands on the paper."""
    if its.one.trust_sha256 is None:
        raise NotFound("The list of this paper was not kept: take the one that is published now.")
    data = centre.wiring.evidence.get(its.one.trust_sha256)
    return as_file(data, "application/json", "trust.json")


def _page(
    request: Request,
    centre: Centre,
    lang: Language | None,
    name: str,
    here: str,
    status: int,
    /,
    **values: object,
) -> Response:
    """A page in the asked language, whoever is signed in."""
    request.state.person = None
    texts = catalogue(lang or language_of(request, centre.settings))
    template = f"prescriptions/{name}.html"
    return centre.pages.page(request, template, status=status, t=texts, here=here, **values)
