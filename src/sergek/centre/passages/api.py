"""The passages' pages, their live stream, and the same for programs under `/api/v1`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from sergek.centre.context import Centre, CentreOf
from sergek.centre.passages.actions import open_passage
from sergek.centre.passages.views import (
    CLASSES,
    Question,
    find_slice,
    media_type,
    passage_for,
    passage_of,
    thumbnail,
)
from sergek.centre.rights import SignedIn
from sergek.core.errors import NotFound
from sergek.core.event import StoredEvent
from sergek.core.passage import Passage
from sergek.core.plate import PlateStatus
from sergek.core.ports import PassageFilter

__all__ = ["router"]

router = APIRouter()
_QUIET_S = 15.0
_REPLAY = 300


def _question(
    camera: str = "",
    since: str = "",
    until: str = "",
    vehicle_class: Annotated[str, Query(alias="class")] = "",
    plate: str = "",
) -> Question:
    return Question(camera, since, until, vehicle_class, plate)


Asked = Annotated[Question, Depends(_question)]


def _common(centre: Centre) -> dict[str, Any]:
    return {"cameras": centre.wiring.cameras, "thumbnail": thumbnail}


@router.get("/passages")
def passages_page(
    request: Request, centre: CentreOf, person: SignedIn, question: Asked
) -> Response:
    """The live list with its filters; its stream goes on from the log as it was before the list."""
    after = centre.wiring.log.head().seq
    found = find_slice(centre, person, question, limit=centre.settings.page_size)
    return centre.pages.page(
        request,
        "passages/passages.html",
        question=question,
        choices=centre.cameras_of(person),
        classes=CLASSES,
        statuses=list(PlateStatus),
        found=found,
        # A list of a time that is over gets no news.
        live=not question.until,
        after=after,
        **_common(centre),
    )


@router.get("/passages/rows")
def passages_rows(
    request: Request, centre: CentreOf, person: SignedIn, question: Asked, before: str
) -> Response:
    """The rows that come after `before`, for the end of the list."""
    found = find_slice(centre, person, question, before=before, limit=centre.settings.page_size)
    return centre.pages.page(
        request, "passages/rows.html", question=question, found=found, **_common(centre)
    )


@router.get("/passages/stream")
async def passages_stream(
    request: Request,
    centre: CentreOf,
    person: SignedIn,
    question: Asked,
    after: int | None = None,
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """New rows as server-sent events; after a break the missed ones come first."""
    wanted = question.filter(centre, person)
    after = int(last_event_id) if last_event_id.isdecimal() else after
    return StreamingResponse(
        _news(request, centre, wanted, after),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _news(
    request: Request, centre: Centre, wanted: PassageFilter, after: int | None
) -> AsyncIterator[str]:
    async with centre.follower.listen() as queue:
        seen = after or 0
        yield ": here\n\n"
        if after is not None:
            for event in await run_in_threadpool(centre.wiring.log.read, after, _REPLAY):
                seen = event.seq
                yield _message(request, centre, wanted, event)
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), _QUIET_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event.seq > seen:
                yield _message(request, centre, wanted, event)


def _message(request: Request, centre: Centre, wanted: PassageFilter, event: StoredEvent) -> str:
    passage = passage_of(event.event)
    if passage is None or not wanted.fits(passage):
        return f"id: {event.seq}\n\n"
    values = {"passage": passage, "fresh": True, **_common(centre)}
    row = centre.pages.text(request, "passages/row.html", values)
    lines = "".join(f"data: {line}\n" for line in row.splitlines() if line.strip())
    return f"id: {event.seq}\n{lines}\n"


@router.get("/passages/{passage_id}")
def passage_page(request: Request, centre: CentreOf, person: SignedIn, passage_id: str) -> Response:
    """One passage: best pictures, all looks, raw reads, timing; a part of a page for htmx."""
    passage = open_passage(centre, person, passage_id)
    part = "HX-Request" in request.headers
    return centre.pages.page(
        request,
        "passages/passage_part.html" if part else "passages/passage.html",
        passage=passage,
        camera=centre.wiring.cameras[passage.camera_id],
        part=part,
        **_common(centre),
    )


@router.get("/passages/{passage_id}/pictures/{order}")
def passage_picture(centre: CentreOf, person: SignedIn, passage_id: str, order: int) -> Response:
    """One stored picture of a passage."""
    passage = passage_for(centre, person, passage_id)
    if not 0 <= order < len(passage.pictures):
        raise NotFound("The passage has no such picture.")
    picture = passage.pictures[order]
    data = centre.wiring.evidence.get(picture.key)
    # The bytes never change under their address, but only this browser may keep them.
    headers = {"Cache-Control": "private, max-age=3600, immutable"}
    return Response(data, media_type=media_type(data, picture), headers=headers)


@router.get("/api/v1/passages")
def list_passages(
    centre: CentreOf,
    person: SignedIn,
    question: Asked,
    before: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """`{"passages": […], "next": …}`, newest first."""
    found = find_slice(centre, person, question, before=before, limit=limit)
    listed = [passage.model_dump(mode="json") for passage in found.passages]
    return {"passages": listed, "next": found.next}


@router.get("/api/v1/passages/count")
def count_passages(centre: CentreOf, person: SignedIn, question: Asked) -> dict[str, int]:
    """`{"count": …}` with the same filters as the list."""
    return {"count": centre.wiring.reads.count(question.filter(centre, person))}


@router.get("/api/v1/passages/{passage_id}")
def one_passage(centre: CentreOf, person: SignedIn, passage_id: str) -> Passage:
    """One passage; it is recorded who asked."""
    return open_passage(centre, person, passage_id)
