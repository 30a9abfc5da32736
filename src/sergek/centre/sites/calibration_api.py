"""The calibration page: a frame, clicked points, metres typed, a grid drawn on the road."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from sergek.centre.context import Centre, CentreOf
from sergek.centre.rights import Person, Right, SignedIn, requires
from sergek.centre.sites.api import actions_of, ledger_of, site_for
from sergek.centre.sites.calibrating import TypedSurvey, solved, survey_of
from sergek.centre.sites.views import survey_now
from sergek.core.errors import ConfigError, NotFound
from sergek.core.ports import PassageFilter
from sergek.core.site import Survey
from sergek.traffic.siteacts import Calibrated

__all__ = ["router"]

router = APIRouter()
Keeper = Annotated[Person, Depends(requires(Right.SITES))]
# How many of the camera's last passages are looked through for a whole picture.
_LOOKED_THROUGH = 50


@router.get("/sites/{site_id}/cameras/{camera_id}/calibrate")
def page(
    request: Request, centre: CentreOf, person: SignedIn, site_id: str, camera_id: str
) -> Response:
    """The page, with the points of the survey that holds now, if one does."""
    site = site_for(centre, person, site_id)
    channel = site.channel(camera_id)
    now = centre.wiring.clock.now()
    survey = survey_now(site, camera_id, now)
    return centre.pages.page(
        request,
        "sites/calibrate.html",
        site=site,
        channel=channel,
        survey=survey,
        given=_given(survey or _last(channel.surveys)),
        alarm=ledger_of(centre).disqualified(site_id, camera_id, now),
        has_frame=_frame_key(centre, camera_id) is not None,
        today=centre.pages.local(now),
    )


def _last(surveys: tuple[Survey, ...]) -> Survey | None:
    return max(surveys, key=lambda survey: survey.valid_from, default=None)


def _given(survey: Survey | None) -> dict[str, Any]:
    if survey is None:
        return {"points": [], "distances": []}
    return {
        "points": [
            {"name": p.name, "pixel": p.pixel, "ground_m": p.ground_m} for p in survey.points
        ],
        "distances": [{"between": d.between, "metres": d.metres} for d in survey.distances],
        "sigma_px": survey.points[0].sigma_px if survey.points else 0.7,
        "sigma_m": survey.points[0].sigma_m if survey.points else 0.02,
        "focal_px": survey.focal_px,
    }


def _frame_key(centre: Centre, camera_id: str) -> str | None:
    """The newest overview of the camera's passages: a whole picture of its main stream."""
    wanted = PassageFilter((camera_id,))
    for passage in centre.wiring.reads.find(wanted, limit=_LOOKED_THROUGH):
        for picture in passage.pictures:
            if picture.kind == "overview" and centre.wiring.evidence.has(picture.key):
                return picture.key
    return None


@router.get("/sites/{site_id}/cameras/{camera_id}/frame")
def frame(centre: CentreOf, person: SignedIn, site_id: str, camera_id: str) -> Response:
    """A picture of the camera to click on."""
    site_for(centre, person, site_id).channel(camera_id)
    key = _frame_key(centre, camera_id)
    if key is None:
        raise NotFound(f"There is no picture of {camera_id} yet: open one from a file.")
    data = centre.wiring.evidence.get(key)
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, media_type=kind)


async def _typed(request: Request) -> TypedSurvey:
    try:
        return TypedSurvey.model_validate_json(await request.body())
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise ConfigError(f"Not usable: {where or 'the survey'}.") from None


Typed = Annotated[TypedSurvey, Depends(_typed)]


@router.post("/api/v1/sites/{site_id}/cameras/{camera_id}/calibration")
def compute(
    centre: CentreOf, person: SignedIn, typed: Typed, site_id: str, camera_id: str
) -> Response:
    """Pose, residuals, grid and TOML of a survey; nothing is kept. 422 says what contradicts."""
    channel = site_for(centre, person, site_id).channel(camera_id)
    return JSONResponse(solved(channel, survey_of(typed, person.full_name)))


@router.post("/api/v1/sites/{site_id}/cameras/{camera_id}/survey")
def keep(centre: CentreOf, person: Keeper, typed: Typed, site_id: str, camera_id: str) -> Response:
    """Keep the survey as the camera's calibration from its day on; it lifts a disqualification."""
    channel = site_for(centre, person, site_id).channel(camera_id)
    survey = survey_of(typed, person.full_name)
    found = solved(channel, survey)
    alarm = ledger_of(centre).disqualified(site_id, camera_id, centre.wiring.clock.now())
    if alarm is not None and survey.valid_from < alarm.last_good_at:
        raise ConfigError("The camera moved later than that day: survey it as it stands now.")
    act = Calibrated(camera_id=camera_id, survey=survey)
    basis = f"{len(survey.points)} points, rms {found['rms_px']:.2f} px"
    actions_of(centre).act(site_id, act, person.name, basis)
    return JSONResponse({"kept": True, "where": f"/sites/{site_id}"})
