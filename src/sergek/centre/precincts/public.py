"""My inspector by address: a public page in three languages, nothing of residents, cacheable.

No cookie, no session, no trace of who asks: the language is part of the address, the answer
depends on the address alone, and a cache may keep it.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import Centre, CentreOf
from sergek.centre.pages import language_of
from sergek.centre.precincts.divisions import Division
from sergek.centre.precincts.parts import divisions_of, today
from sergek.centre.precincts.views import Inspector, PrecinctViews, Station
from sergek.core.addresses import Address
from sergek.core.errors import NotFound, Unavailable

__all__ = ["router"]

router = APIRouter()
Lang = Literal["kk", "ru", "en"]
_KEEP = "public, max-age=300, stale-while-revalidate=600"
_PUBLIC_LAYERS = ("roads", "barriers")


@dataclass(frozen=True, slots=True)
class Served:
    """Who serves an address: precinct, station, own inspectors first, then who acts for them."""

    address: Address
    precinct: str
    station: Station | None
    inspectors: tuple[tuple[Inspector, bool], ...]


@router.get("/my-inspector")
def any_language(request: Request, centre: CentreOf) -> Response:
    """To the page in the language of the browser's cookie, else of the installation."""
    return RedirectResponse(f"/my-inspector/{language_of(request, centre.settings)}", 302)


@router.get("/my-inspector/layers/{name}.geojson")
def layer(request: Request, centre: CentreOf, name: str) -> Response:
    """Streets and barriers for the public map."""
    if name not in _PUBLIC_LAYERS:
        raise NotFound("There is no such layer.")
    tag = f'"{centre.planning.city().digest}-{name}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=86400"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(centre.planning.layer(name), media_type="application/geo+json", headers=headers)


@router.get("/my-inspector/outline/{precinct}.geojson")
def outline(request: Request, centre: CentreOf, precinct: str) -> Response:
    """The blocks of a precinct as areas without a single number of people."""
    _, owner = _division(centre)
    mine = {block for block, name in owner.items() if name == precinct}
    if not mine:
        raise NotFound("There is no such precinct.")
    blocks = json.loads(centre.planning.layer("blocks"))
    features = [
        {"type": "Feature", "properties": {}, "geometry": one["geometry"]}
        for one in blocks["features"]
        if one["properties"]["id"] in mine
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return _cached(request, content, "application/geo+json")


@router.get("/my-inspector/photo/{inspector_id}")
def photo(request: Request, centre: CentreOf, inspector_id: str) -> Response:
    """The photo of an inspector who is published, of nobody else."""
    one = PrecinctViews(centre.wiring.engine, today(centre)).inspector(inspector_id)
    if not one.published or one.photo_key is None or one.until_on is not None:
        raise NotFound("There is no photo.")
    content = centre.wiring.evidence.get(one.photo_key)
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    return _cached(request, content, kind)


@router.get("/my-inspector/{language}")
def search_page(
    request: Request,
    centre: CentreOf,
    language: Lang,
    q: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """The search; what is typed leads to addresses."""
    try:
        about = centre.planning.city()
        found = centre.planning.addresses.find(q) if q else []
    except Unavailable as waiting:
        page = _page(request, centre, language, "precincts/public_search.html", waiting=waiting)
        return Response(page, 503, {"Retry-After": "5"}, "text/html; charset=utf-8")
    values = {"city": about, "q": q, "found": found, "waiting": None}
    content = _page(request, centre, language, "precincts/public_search.html", **values)
    return _cached(request, content.encode(), "text/html; charset=utf-8")


@router.get("/my-inspector/{language}/at")
def answer_page(
    request: Request,
    centre: CentreOf,
    language: Lang,
    street: Annotated[str, Query(max_length=200)],
    house: Annotated[str, Query(max_length=40)],
) -> Response:
    """Who serves an address."""
    address = centre.planning.addresses.exact(street, house)
    if address is None:
        raise NotFound("This address is not known: search for it again.")
    values = {
        "city": centre.planning.city(),
        "served": _served(centre, address),
        "day": today(centre),
    }
    content = _page(request, centre, language, "precincts/public_answer.html", **values)
    return _cached(request, content.encode(), "text/html; charset=utf-8")


def _division(centre: Centre) -> tuple[Division, dict[str, str]]:
    divisions = divisions_of(centre)
    division = divisions.on(today(centre))
    if division is None:
        raise Unavailable("The precincts are not entered yet: look again later.")
    return division, divisions.owner(division)


def _served(centre: Centre, address: Address) -> Served:
    division, owner = _division(centre)
    precinct = owner.get(address.block)
    if precinct is None:
        raise NotFound("This address lies in no precinct: call 102.")
    views = PrecinctViews(centre.wiring.engine, today(centre))
    people = [
        (one, served.acting)
        for one in views.inspectors()
        for served in one.precincts
        if served.precinct == precinct
    ]
    people.sort(key=lambda pair: (pair[1], not pair[0].present, pair[0].full_name))
    stations = views.stations()
    drawn = next((one.station for one in division.measures.precincts if one.name == precinct), "")
    station = stations.get(people[0][0].station_id if people else drawn)
    return Served(address, precinct, station, tuple(people))


def _page(request: Request, centre: Centre, language: Lang, name: str, /, **values: object) -> str:
    """The page in the language of its address, whoever is signed in."""
    request.state.person = None
    empty: dict[str, object] = {"city": None, "q": "", "found": []}
    return centre.pages.text(request, name, {**empty, "t": catalogue(language), **values})


def _cached(request: Request, content: bytes, kind: str) -> Response:
    """With its own digest as ETag: a cache keeps it, and asks for news with one line."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": _KEEP}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)
