"""Citizens' reports by Open311 GeoReport v2: what may be reported, a report, what became of it.

The specification is that of open311.org (GeoReport v2): JSON and XML, errors as a list of code
and description. A report becomes a proposed defect; an officer accepts or rejects it. Nothing
about the person who reports is stored or shown: names, addresses, telephone numbers, device ids
and links to pictures are not read, and the description is shown to officers only.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from xml.etree import ElementTree as Xml

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy import ColumnElement
from starlette.responses import JSONResponse, Response

from sergek.centre.catalogue import catalogue
from sergek.centre.context import CentreOf
from sergek.centre.people.tables import us_of
from sergek.centre.roads.georeport import Format, answered, error, xml
from sergek.centre.roads.parts import Actions, Views
from sergek.centre.roads.rows import DefectRow
from sergek.centre.roads.states import DefectStatus
from sergek.centre.roads.tables import defects
from sergek.centre.settings import Language
from sergek.core.road import DefectFound
from sergek.traffic.law.roads import Kind, road_book

__all__ = ["router"]

router = APIRouter()
# The specification: at most 90 days, and at most 1,000 requests unless the server says otherwise.
_SPAN = timedelta(days=90)
_MOST = 1000
_LONGEST_BYTES = 65_536
_CLOSED = (DefectStatus.REJECTED, DefectStatus.REMOVED)


@router.get("/open311/discovery.{form}")
def discovery(request: Request, form: Format) -> Response:
    """Where the API is and what it speaks (Open311 service discovery)."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": str(request.base_url).rstrip("/") + "/open311/v2",
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    if form == "json":
        return JSONResponse({"endpoints": [endpoint]})
    root = Xml.Element("discovery")
    each = Xml.SubElement(Xml.SubElement(root, "endpoints"), "endpoint")
    for key in ("specification", "url", "type"):
        Xml.SubElement(each, key).text = str(endpoint[key])
    formats = Xml.SubElement(each, "formats")
    for name in endpoint["formats"]:
        Xml.SubElement(formats, "format").text = name
    return xml(root)


@router.get("/open311/v2/services.{form}")
def services(centre: CentreOf, form: Format, locale: str = "") -> Response:
    """What may be reported: the kinds of defects."""
    language = _language(centre.settings.language, locale)
    listed = [_service(kind, language) for kind in road_book().kind]
    return answered(form, "services", "service", listed)


@router.get("/open311/v2/services/{code}.{form}")
def service(code: str, form: Format) -> Response:
    """A service's definition: no kind asks for more than place and words."""
    if not _known(code):
        return error(form, 404, f"There is no service_code {code}.")
    if form == "json":
        return JSONResponse({"service_code": code, "attributes": []})
    root = Xml.Element("service_definition")
    Xml.SubElement(root, "service_code").text = code
    Xml.SubElement(root, "attributes")
    return xml(root)


@router.post("/open311/v2/requests.{form}")
async def report(request: Request, centre: CentreOf, actions: Actions, form: Format) -> Response:
    """Take a report; its id is answered at once. Personal fields are not read."""
    if not 0 < int(request.headers.get("content-length", "0")) <= _LONGEST_BYTES:
        return error(form, 400, "A report has at most 64 KB.")
    sent = await request.form(max_fields=50, max_files=0)
    told = {key: str(value).strip() for key, value in sent.items()}
    code = told.get("service_code", "")
    if not code:
        return error(form, 400, "service_code was not provided.")
    if not _known(code):
        return error(form, 404, f"There is no service_code {code}.")
    try:
        found = _found(told, code, centre.wiring.clock.now())
    except (ValidationError, ValueError):
        return error(
            form, 400, "Give lat and long (WGS 84) or address_string, and at most 2000 letters."
        )
    actions.take_in(found, "citizen", "citizen")
    texts = catalogue(centre.settings.language)
    answer = {
        "service_request_id": found.defect_id,
        "service_notice": texts("roads.report_notice"),
        "account_id": None,
    }
    return answered(form, "service_requests", "request", [answer], status=201)


def _found(told: Mapping[str, str], code: str, now: datetime) -> DefectFound:
    """The report as a proposed defect; `ValueError` for a place that is none."""
    place = None
    if told.get("lat") or told.get("long"):
        place = (float(told["long"] or "x"), float(told.get("lat") or "x"))
    return DefectFound.model_validate(
        {
            "defect_id": secrets.token_hex(16),
            "kind": code,
            "place": place,
            "where": told.get("address_string", ""),
            "note": told.get("description", ""),
            "found_at": now,
            "found_by": "citizen",
        }
    )


@router.get("/open311/v2/requests.{form}")
def requests(
    centre: CentreOf,
    views: Views,
    form: Format,
    service_request_id: str = "",
    service_code: str = "",
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    status: Annotated[str, Query(pattern=r"^(open|closed|open,closed|closed,open|)$")] = "",
) -> Response:
    """Reports of the last 90 days, or of the days asked for (at most 90), newest first."""
    if service_request_id:
        ids = service_request_id.split(",")[:_MOST]
        where: list[ColumnElement[bool]] = [defects.c.defect_id.in_(ids)]
    else:
        until = _aware(end_date or views.now, views.now)
        since = max(_aware(start_date, views.now) if start_date else until - _SPAN, until - _SPAN)
        where = [defects.c.found_us >= us_of(since), defects.c.found_us <= us_of(until)]
    if service_code:
        where.append(defects.c.kind.in_(service_code.split(",")))
    if status in ("open", "closed"):
        ended = defects.c.status.in_([each.value for each in _CLOSED])
        where.append(ended if status == "closed" else ~ended)
    language = centre.settings.language
    listed = [_request(one, language, views) for one in views.reports(where, _MOST)]
    return answered(form, "service_requests", "request", listed)


@router.get("/open311/v2/requests/{request_id}.{form}")
def one_request(centre: CentreOf, views: Views, request_id: str, form: Format) -> Response:
    """What became of one report."""
    found = views.reports([defects.c.defect_id == request_id], 1)
    if not found:
        return error(form, 404, "There is no such service_request_id.")
    listed = [_request(found[0], centre.settings.language, views)]
    return answered(form, "service_requests", "request", listed)


def _request(one: DefectRow, language: Language, views: Any) -> dict[str, Any]:
    """What the public may know of a report: kind, place, state and the officer's answer."""
    zone = views.now.tzinfo
    closed = one.status in _CLOSED
    updated = one.decided_at or one.found_at
    return {
        "service_request_id": one.defect_id,
        "status": "closed" if closed else "open",
        "status_notes": one.answer or catalogue(language)(f"roads.defect.{one.status}"),
        "service_name": road_book().kind_of(one.kind).name[language],
        "service_code": one.kind,
        "description": None,
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": _moment(one.found_at.astimezone(zone)),
        "updated_datetime": _moment(updated.astimezone(zone)),
        "expected_datetime": None,
        "address": one.where or None,
        "address_id": None,
        "zipcode": None,
        "lat": one.place[1] if one.place else None,
        "long": one.place[0] if one.place else None,
        "media_url": None,
    }


def _service(kind: Kind, language: Language) -> dict[str, Any]:
    return {
        "service_code": kind.id,
        "service_name": kind.name[language],
        "description": kind.name[language],
        "metadata": False,
        "type": "realtime",
        "keywords": kind.group,
        "group": kind.group,
    }


def _known(code: str) -> bool:
    return any(kind.id == code for kind in road_book().kind)


def _language(settings: Language, locale: str) -> Language:
    wanted = locale[:2].lower()
    found: Language | None = next((one for one in ("kk", "ru", "en") if one == wanted), None)
    return found or settings


def _aware(at: datetime, now: datetime) -> datetime:
    """A time without an offset is meant in the centre's zone."""
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)


def _moment(at: datetime) -> str:
    """`2026-01-16T14:00:00+05:00`, as the specification wants it."""
    return at.isoformat(timespec="seconds")
