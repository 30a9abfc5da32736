"""The forms of Open311 GeoReport v2: a list or an error as JSON or as XML."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from starlette.responses import JSONResponse, Response

__all__ = ["Format", "answered", "error", "xml"]

Format = Literal["json", "xml"]


def answered(
    form: Format, many: str, one: str, listed: Sequence[Mapping[str, Any]], status: int = 200
) -> Response:
    """The list as JSON or XML."""
    if form == "json":
        return JSONResponse([dict(each) for each in listed], status_code=status)
    root = Xml.Element(many)
    for each in listed:
        element = Xml.SubElement(root, one)
        for key, value in each.items():
            said = str(value).lower() if isinstance(value, bool) else value
            Xml.SubElement(element, key).text = None if said is None else str(said)
    return xml(root, status)


def error(form: Format, code: int, description: str) -> Response:
    """The specification's form of an error."""
    return answered(form, "errors", "error", [{"code": code, "description": description}], code)


def xml(root: Xml.Element, status: int = 200) -> Response:
    """An XML document."""
    text = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(text, status_code=status, media_type="text/xml; charset=utf-8")
