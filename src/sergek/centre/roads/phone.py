"""The phone form: its page that needs no network, and what it sends when there is one."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from sergek.centre.catalogue import LANGUAGES, catalogue
from sergek.centre.context import CentreOf
from sergek.centre.roads.actions import Taken
from sergek.centre.roads.parts import Actions, Surveyor, Uploads, Views
from sergek.core.errors import ConfigError
from sergek.core.road import DefectFound, Severity, Side
from sergek.traffic.law.roads import road_book

__all__ = ["page_router", "router"]

# The page and its worker hold no data of anybody: they open without a session, and offline.
page_router = APIRouter()
router = APIRouter()
_STATIC = Path(__file__).parents[1] / "static"
# One piece of a photo; the form sends 128 KiB at a time.
_PIECE_BYTES = 1_000_000
_BATCH = 50
Digest = Annotated[str, InPath(pattern=r"^[0-9a-f]{64}$")]


class Batch(BaseModel):
    """What a phone sends at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    defects: tuple[DefectFound, ...] = Field(max_length=_BATCH)


@cache
def _shell_files() -> tuple[list[str], str]:
    """The addresses of what the form is made of, and one digest of it all."""
    files = sorted((_STATIC / "survey").glob("*.*"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    for language in LANGUAGES:
        digest.update(repr(sorted(catalogue(language).part("survey").items())).encode())
    kept = [file for file in files if file.name != "worker.js"]
    return [f"/static/survey/{file.name}" for file in kept], digest.hexdigest()[:16]


@page_router.get("/survey")
def to_form() -> Response:
    """The form's page stands in its own folder, so that its worker keeps to it."""
    return RedirectResponse("/survey/", status_code=308)


@page_router.get("/survey/")
def form(request: Request, centre: CentreOf) -> Response:
    """The form with its texts in all languages: the phone chooses, also offline."""
    page = centre.pages.page(
        request,
        "roads/survey.html",
        texts={language: catalogue(language).part("survey") for language in LANGUAGES},
        named={language: catalogue(language)(f"language.{language}") for language in LANGUAGES},
    )
    page.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
    return page


@page_router.get("/survey/worker.js")
def worker() -> Response:
    """The service worker; its first lines name the files and the version that it keeps."""
    files, version = _shell_files()
    head = f'const VERSION = "{version}";\nconst FILES = {["/survey/", *files]};\n'
    text = (_STATIC / "survey" / "worker.js").read_text(encoding="utf-8")
    return Response(head + text, media_type="text/javascript")


@page_router.get("/survey/manifest.webmanifest")
def manifest(centre: CentreOf) -> Response:
    """What a phone needs to put the form on its home screen."""
    icons = [{"src": "/static/mark.svg", "type": "image/svg+xml", "sizes": "any"}]
    content = {
        "name": f"{centre.settings.title}: {catalogue(centre.settings.language)('survey.title')}",
        "short_name": catalogue(centre.settings.language)("survey.title"),
        "start_url": "/survey/",
        "scope": "/survey/",
        "display": "standalone",
        "background_color": "#080c11",
        "theme_color": "#0f161e",
        "icons": icons,
    }
    return JSONResponse(content, media_type="application/manifest+json")


@router.get("/api/v1/roads/survey")
def home(centre: CentreOf, who: Surveyor, views: Views) -> dict[str, Any]:
    """What a phone takes along: who, open surveys with their routes, kinds, owners, a token."""
    return {
        "person": {"name": who.name, "full_name": who.full_name},
        "csrf": who.csrf,
        "timezone": centre.settings.timezone,
        "acts": [
            {"act_id": act.act_id, "number": act.number, "route": act.route, "line": act.line}
            for act in views.acts(only_open=True)
        ],
        "kinds": [kind.model_dump(include={"id", "group", "name"}) for kind in road_book().kind],
        "owners": [
            {"owner_id": owner.owner_id, "name": owner.name} for owner in views.owners().values()
        ],
        "sides": list(Side),
        "severities": list(Severity),
    }


@router.get("/api/v1/roads/photos/{digest}")
def photo_state(_who: Surveyor, uploads: Uploads, digest: Digest) -> dict[str, Any]:
    """How much of a photo is here; `received` is where to go on."""
    received = uploads.received(digest)
    return {"whole": received is None, "received": received}


@router.put("/api/v1/roads/photos/{digest}")
async def photo_piece(
    request: Request,
    _who: Surveyor,
    uploads: Uploads,
    digest: Digest,
    start: Annotated[int, Query(ge=0)],
    total: Annotated[int, Query(ge=1)],
) -> dict[str, Any]:
    """Take the piece of a JPEG that begins at byte `start` of `total`; a repeat is nothing."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > _PIECE_BYTES:
            raise ConfigError("A piece has at most 1 MB.")
    received = await run_in_threadpool(uploads.add, digest, start, total, data)
    return {"whole": received is None, "received": received}


@router.post("/api/v1/roads/sync")
def sync(actions: Actions, who: Surveyor, batch: Batch) -> dict[str, Any]:
    """Store defects, each once: repeating the same answers the same and changes nothing.

    Every defect gets its own result: `stored`, `waiting` with the photos that are `missing`, or
    `refused` with a sentence.
    """
    return {"taken": [_result(_one(actions, each, who.name)) for each in batch.defects]}


def _one(actions: Actions, found: DefectFound, name: str) -> Taken:
    if found.found_by != name:
        sentence = f"Recorded by {found.found_by}: only {found.found_by} can send it."
        return Taken(found.defect_id, "refused", sentence)
    return actions.take_in(found, name)


def _result(taken: Taken) -> dict[str, Any]:
    return {
        "defect_id": taken.defect_id,
        "result": taken.result,
        "sentence": taken.sentence,
        "missing": list(taken.missing),
    }
