"""The desk for programs: the same rights, the same silence about plates. No program signs: who
signs looks at the pictures that leave."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from sergek.centre.enforcement.api import Actions, Cased, Filter, Reviewer, Views
from sergek.centre.enforcement.showing import sees_reading, statuses_of
from sergek.centre.enforcement.states import Decision
from sergek.centre.enforcement.views import Case
from sergek.centre.rights import Right
from sergek.core.errors import NotFound
from sergek.core.passage import Passage

__all__ = ["router"]

router = APIRouter(prefix="/api/v1")
_STRICT = ConfigDict(frozen=True, extra="forbid")


class TypedPlate(BaseModel):
    """What was read on the plate, empty for not legible."""

    model_config = _STRICT

    typed: str = Field(default="", max_length=20)


class Deciding(BaseModel):
    """A decision on the version of the case that was seen."""

    model_config = _STRICT

    decision: Decision
    version: int = Field(ge=0)
    reason: str = ""
    text: str = Field(default="", max_length=2000)


class Searching(BaseModel):
    """A plate and the purpose for which it is looked for."""

    model_config = _STRICT

    plate: str
    purpose: str


@router.get("/cases")
def list_cases(
    person: Cased, views: Views, question: Filter, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> dict[str, Any]:
    """`{"cases": […], "total": N}` in the asked order, without plates."""
    statuses = statuses_of(person)
    listed = views.listed(question, limit, statuses)
    return {
        "cases": [_told(each, plate=False) for each in listed],
        "total": views.count(question, statuses),
    }


@router.get("/cases/counts")
def count_cases(person: Cased, views: Views, question: Filter) -> dict[str, dict[str, int]]:
    """`{"by_status", "by_offence", "by_site"}`."""
    counts, seen = views.counts(question), statuses_of(person)
    by_status = {name: number for name, number in counts.by_status.items() if name in seen}
    return {"by_status": by_status, "by_offence": counts.by_offence, "by_site": counts.by_site}


@router.get("/cases/{case_id}")
def one_case(person: Cased, views: Views, actions: Actions, case_id: str) -> dict[str, Any]:
    """One case with its steps; `plate` is absent until a reviewer has typed theirs."""
    case = views.one(case_id)
    if case.status not in statuses_of(person):
        raise NotFound("There is no such case in your areas.")
    actions.open(case_id, reviewing=person.may(Right.REVIEW))
    steps = views.steps(case_id)
    shown = sees_reading(person, steps, case.status)
    told = _told(case, plate=shown)
    told["steps"] = [
        {"at": each.at.isoformat(), "actor": each.actor, "kind": each.kind, "body": each.body}
        for each in steps
        if shown or each.kind != "plate"
    ]
    return told


@router.post("/cases/{case_id}/plate")
def type_plate(
    _who: Reviewer, actions: Actions, case_id: str, body: TypedPlate
) -> dict[str, str | bool | None]:
    """`{"typed", "machine", "same"}`."""
    found = actions.type_plate(case_id, body.typed)
    return {"typed": found.typed, "machine": found.machine, "same": found.same}


@router.post("/cases/{case_id}/decision")
def decide(_who: Reviewer, actions: Actions, case_id: str, body: Deciding) -> dict[str, str]:
    """`{"status"}` after the decision."""
    status = actions.decide(
        case_id, body.decision, seen=body.version, reason=body.reason, text=body.text
    )
    return {"status": status.value}


@router.post("/cases/{case_id}/search")
def search(
    _who: Reviewer, actions: Actions, case_id: str, body: Searching
) -> dict[str, list[Passage]]:
    """`{"passages": […]}` of that plate; the question is recorded."""
    return {"passages": actions.search(case_id, body.plate, body.purpose)}


def _told(case: Case, *, plate: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "case_id": case.case_id,
        "number": case.number,
        "passage_id": case.passage_id,
        "site_id": case.site_id,
        "camera_id": case.camera_id,
        "happened_at": case.happened_at.isoformat(),
        "decide_until": case.decide_until.isoformat(),
        "status": case.status.value,
        "version": case.version,
        "gravity": case.gravity,
        "second_looks": list(case.second_looks),
        "trial": case.trial,
        "package": case.package,
        "package_ok": case.package_ok,
        "violation": case.violation.model_dump(mode="json"),
    }
    return told | ({"plate": case.plate} if plate else {})
