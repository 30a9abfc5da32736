"""Errors to people: the one place of the web where an error becomes an answer."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sergek.centre.context import centre_of
from sergek.centre.rights import SignInNeeded
from sergek.centre.roads import georeport
from sergek.centre.roads.georeport import Format
from sergek.core.errors import ConfigError, NotFound, SergekError, Unavailable

__all__ = ["answer", "install", "refused"]

_LOG = logging.getLogger(__name__)


def refused(request: Request, status: int, sentence: str) -> Response:
    """A refusal that has no kind of error of its own, such as 405 or 429."""
    return answer(request, _Refused(status, sentence))


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.url.path == "/health"


def answer(request: Request, error: SergekError) -> Response:
    """One error as JSON for a program, as a page (or a line of it, for htmx) for a person."""
    kind = type(error).__name__
    problems = list(error.problems) if isinstance(error, ConfigError) else []
    headers = {"Retry-After": "5"} if isinstance(error, Unavailable) else {}
    if _wants_json(request):
        content = {"error": kind, "sentence": error.message, "problems": problems}
        return JSONResponse(content, status_code=error.http_status, headers=headers)
    if request.url.path.startswith("/open311/"):
        form: Format = "json" if request.url.path.endswith(".json") else "xml"
        told = georeport.error(form, error.http_status, error.message)
        told.headers.update(headers)
        return told
    part = "HX-Request" in request.headers
    page = centre_of(request).pages.page(
        request,
        "failure_part.html" if part else "failure.html",
        status=error.http_status,
        kind=kind,
        sentence=error.message,
        problems=problems,
        http_status=error.http_status,
    )
    page.headers.update(headers)
    return page


def _sign_in(request: Request, _error: Exception) -> Response:
    if _wants_json(request):
        content = {"error": "SignInNeeded", "sentence": "Sign in first.", "problems": []}
        return JSONResponse(content, status_code=401)
    if "HX-Request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    wanted = request.url.path if request.method == "GET" else "/"
    if request.url.query and request.method == "GET":
        wanted += f"?{request.url.query}"
    address = request.url_for("sign_in").include_query_params(next=wanted)
    return RedirectResponse(f"{address.path}?{address.query}", status_code=303)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, SergekError)
    if error.http_status >= 500:
        _LOG.warning("%s %s: %s", request.method, request.url.path, error.message)
    return answer(request, error)


def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(request, NotFound("There is no such page."))
    return refused(request, error.status_code, str(error.detail))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = tuple(
        f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}"
        for fault in error.errors()
    )
    return answer(request, ConfigError("The request is not complete or not right.", problems))


def _unforeseen(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return answer(
        request, SergekError("The centre failed at this: tell an engineer the time and the page.")
    )


class _Refused(SergekError):
    """A refusal by its HTTP status alone."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.http_status = status  # type: ignore[misc]


def install(app: FastAPI) -> None:
    """Make every error of the application end here."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(SergekError, _known)
    app.add_exception_handler(HTTPException, _routing)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)
