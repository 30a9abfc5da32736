"""The WebSocket of one tile: video pieces as they came, boxes and the camera's state as words."""

import asyncio
import contextlib
import json

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from sergek.centre.cameras.presence import Presence
from sergek.centre.cameras.relay import Relay, Viewer
from sergek.centre.context import Centre, centre_of
from sergek.centre.guard import same_origin
from sergek.centre.rights import COOKIE, Person, camera_for
from sergek.core.errors import NotFound

__all__ = ["router"]

router = APIRouter()
_STATE_S = 1.0
# A session that ended, or a right that was taken away, ends the picture within this time.
_ASK_AGAIN_S = 10.0
_SIGN_IN, _UNKNOWN = 4401, 4404


@router.websocket("/live/{camera_id}")
async def live(socket: WebSocket, camera_id: str) -> None:
    """Video and words for one camera, if the session's person may see it."""
    centre = centre_of(socket)
    person: Person | None = getattr(socket.state, "person", None)
    if person is None or not same_origin(socket.headers):
        await _refuse(socket, _SIGN_IN)
        return
    try:
        camera_for(person, centre.wiring.cameras, camera_id)
    except NotFound:
        await _refuse(socket, _UNKNOWN)
        return
    await socket.accept()
    relay: Relay = socket.app.state.relay
    async with relay.watch(camera_id) as viewer:
        await _until_one_ends(
            _send(socket, viewer),
            _receive(socket),
            _states(viewer, socket.app.state.presence, camera_id),
            _session(socket, centre, camera_id),
        )


async def _refuse(socket: WebSocket, code: int) -> None:
    # A close before acceptance reaches a browser as a plain failure: accept, then say why.
    await socket.accept()
    await socket.close(code)


async def _until_one_ends(*parts: object) -> None:
    tasks = [asyncio.ensure_future(part) for part in parts]  # type: ignore[call-overload]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, viewer: Viewer) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            piece = await viewer.next()
            if isinstance(piece, bytes):
                await socket.send_bytes(piece)
            else:
                await socket.send_text(piece)


async def _receive(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_bytes()


async def _states(viewer: Viewer, presence: Presence, camera_id: str) -> None:
    while True:
        heard = presence.of(camera_id)
        reason = heard.status.reason.value if heard.status else "none"
        codec = heard.status.codec if heard.status else None
        viewer.say(json.dumps({"state": heard.word, "reason": reason, "codec": codec}))
        await asyncio.sleep(_STATE_S)


async def _session(socket: WebSocket, centre: Centre, camera_id: str) -> None:
    token = socket.cookies.get(COOKIE, "")
    camera = centre.wiring.cameras[camera_id]
    while True:
        await asyncio.sleep(_ASK_AGAIN_S)
        person = await run_in_threadpool(centre.identify, token)
        if person is None or not person.sees(camera):
            await socket.close(_SIGN_IN)
            return
