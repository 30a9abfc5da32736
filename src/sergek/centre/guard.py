"""Against forged requests and careless browsers: origin, token, headers, strict content policy.

Two locks for everything that changes state: the browser's own word about the request's origin
(`Sec-Fetch-Site`, else `Origin` against `Host`), and the session's token in the form or header.
"""

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sergek.centre.rights import Person
from sergek.core.errors import Forbidden

__all__ = ["POLICY", "SecurityHeaders", "no_forgery", "same_origin"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# MapLibre starts its worker from our own file; MediaSource gives the video a blob address.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def same_origin(headers: Headers) -> bool:
    """Whether the browser says that the request comes from our own page.

    No word at all (a command-line client) counts as ours: such a client holds no foreign page.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def no_forgery(request: Request) -> None:
    """A dependency of every page and API route: refuse what another site's page may have sent."""
    if request.method in _SAFE:
        return
    if not same_origin(request.headers):
        raise Forbidden("This form was not sent from the centre's own page: open the page again.")
    person = getattr(request.state, "person", None)
    if not isinstance(person, Person):
        return  # there is no session that a forger could use
    token = request.headers.get("x-csrf-token")
    if token is None:
        token = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(token.encode(), person.csrf.encode()):
        raise Forbidden("This page is out of date: load it again and repeat.")


class SecurityHeaders:
    """Middleware: the same strict headers on every answer, pages never kept by a cache."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and add the headers to the start of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                # A page that needs the phone's place says so itself.
                headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
