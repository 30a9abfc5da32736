"""The web application of the operations centre: `create_app(wiring)` and `serve`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from sergek.centre import failures, health
from sergek.centre.assignments import api as assignments
from sergek.centre.cameras import api as cameras
from sergek.centre.cameras import live
from sergek.centre.cameras.presence import Presence
from sergek.centre.cameras.relay import Relay
from sergek.centre.context import Centre, Wiring
from sergek.centre.due import Due, do_every, keep_doing
from sergek.centre.enforcement import api as enforcement
from sergek.centre.enforcement import programs, signing_api
from sergek.centre.evidence_room import EvidenceRoom
from sergek.centre.following import LogFollower
from sergek.centre.guard import SecurityHeaders, no_forgery
from sergek.centre.journal import api as journal
from sergek.centre.pages import Pages
from sergek.centre.passages import api as passages
from sergek.centre.people import api as people
from sergek.centre.people.views import PeopleViews
from sergek.centre.pilot import api as pilot
from sergek.centre.plans import api as plans
from sergek.centre.precincts import api as precincts
from sergek.centre.precincts import public as my_inspector
from sergek.centre.prescriptions import api as prescriptions
from sergek.centre.prescriptions import handing_out
from sergek.centre.prescriptions import metrology_api as metrology
from sergek.centre.prescriptions import public as check
from sergek.centre.prescriptions import quarantine_api as quarantines
from sergek.centre.rate import PublicRate
from sergek.centre.rights import COOKIE, SignedIn
from sergek.centre.roads import routers as roads
from sergek.centre.roads.parts import prescribing_of
from sergek.centre.sites import api as sites
from sergek.centre.sites import calibration_api as calibration

__all__ = ["Wiring", "create_app", "serve"]

_SERVICES = (
    "people",
    "cameras",
    "passages",
    "journal",
    "assignments",
    "enforcement",
    "precincts",
    "roads",
    "plans",
    "prescriptions",
    "sites",
    "pilot",
)
_STATIC = Path(__file__).parent / "static"
# How often services ask the log for what concerns them; how often they look what falls due, so
# that what a day brings comes early in the day (a repeat is nothing).
_READ_EVERY_S, _DUE_EVERY_S = 1.0, 600.0


def identify(connection: HTTPConnection) -> None:
    """A dependency of every route: who sends this, by the session cookie, if anybody."""
    centre: Centre = connection.app.state.centre
    token = connection.cookies.get(COOKIE)
    connection.state.person = centre.identify(token) if token else None


def create_app(wiring: Wiring) -> FastAPI:
    """The application over wired parts; it owns nothing that it did not make.

    Its lifespan follows the log and listens to the bus; the database must be migrated. Run it
    with `serve`, or under any ASGI server with the same WebSocket settings.
    """
    views = PeopleViews(wiring.engine, wiring.clock, wiring.settings)
    centre = Centre(
        wiring=wiring,
        pages=Pages(wiring.settings, _SERVICES),
        follower=LogFollower(wiring.log, wiring.settings.follow_s),
        identify=views.of_session,
    )
    app = FastAPI(
        title="Sergek", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.centre = centre
    app.state.presence = Presence(wiring.bus, wiring.cameras, wiring.clock)
    app.state.relay = Relay(wiring.bus)
    app.state.evidence_room = EvidenceRoom(wiring.evidence, wiring.packages)
    failures.install(app)
    app.add_middleware(PublicRate, clock=wiring.clock)
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    root = APIRouter()
    root.add_api_route("/", _first_page, methods=["GET"])
    services = (
        people,
        cameras,
        passages,
        journal,
        assignments,
        enforcement,
        programs,
        signing_api,
        precincts,
        roads,
        plans,
        prescriptions,
        handing_out,
        check,
        quarantines,
        metrology,
        sites,
        calibration,
        pilot,
        my_inspector,
    )
    for router in (root, *(service.router for service in services)):
        app.include_router(router, dependencies=[Depends(identify), Depends(no_forgery)])
    app.include_router(live.router, dependencies=[Depends(identify)])
    app.include_router(health.router)
    app.include_router(roads.public)
    return app


def _first_page(_person: SignedIn) -> Response:
    return RedirectResponse("/wall", status_code=303)


def _clockwork(centre: Centre) -> Iterator[Coroutine[Any, Any, None]]:
    """What runs beside the pages for as long as they are served."""
    wired = centre.wiring
    yield keep_doing(Due("taking cases in", enforcement.arrivals_of(centre).take_in))
    yield keep_doing(Due("masking copies", signing_api.copies_of(centre).prepare))
    readers = (sites.reader_of(centre), prescriptions.reader_of(centre))
    reading = (Due(each.name, partial(each.catch_up, wired.engine, wired.log)) for each in readers)
    yield do_every(_READ_EVERY_S, *reading)
    yield do_every(
        _DUE_EVERY_S,
        Due("reminding of assignments", assignments.actions_of(centre).remind),
        Due("reminding of road prescriptions", prescribing_of(centre).remind),
        Due("lapsing of cases", enforcement.lapsing_of(centre).lapse),
        Due("ending of terms", prescriptions.actions_of(centre).tick),
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    centre: Centre = app.state.centre
    presence: Presence = app.state.presence
    presence.start()
    tasks = [asyncio.create_task(each) for each in (centre.follower.run(), *_clockwork(centre))]
    try:
        yield
    finally:
        presence.stop()
        app.state.relay.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def serve(wiring: Wiring) -> uvicorn.Server:
    """A server for the application, not yet running: call `run()`, or `await serve()`.

    Video is compressed already, so WebSocket compression is off: it would cost a core per wall.
    Open streams do not hold up a stop for longer than two seconds.
    """
    settings = wiring.settings
    options: dict[str, Any] = {"host": settings.host, "port": settings.port}
    return uvicorn.Server(
        uvicorn.Config(
            create_app(wiring),
            **options,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            proxy_headers=settings.trust_proxy,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
    )
