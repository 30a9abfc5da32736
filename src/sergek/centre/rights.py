"""Who may do what: roles, rights, areas. Services ask here and never look at a role."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import HTTPConnection

from sergek.core.camera import Camera
from sergek.core.errors import Forbidden, NotFound

__all__ = [
    "COOKIE",
    "RIGHTS",
    "Person",
    "Right",
    "Role",
    "SignInNeeded",
    "SignedIn",
    "camera_for",
    "requires",
    "signed_in",
]

# The cookie that carries a session's token.
COOKIE = "session"


class Role(StrEnum):
    """What somebody is in the operations centre."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    SURVEYOR = "surveyor"
    SIGNER = "signer"
    REGISTRAR = "registrar"
    METROLOGIST = "metrologist"
    CHIEF = "chief"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that not everybody may do."""

    WATCH = "watch"
    RESTART = "restart"
    CASES = "cases"
    REVIEW = "review"
    SURVEY = "survey"
    SIGN = "sign"
    PAPERS = "papers"
    REGISTER = "register"
    DECIDE = "decide"
    SITES = "sites"
    LABEL = "label"
    ASSIGN = "assign"
    PLAN = "plan"
    ADMINISTER = "administer"


# A registrar keeps the register of prescriptions (delivery, payment); a metrologist keeps the
# complexes' papers and calibrations; a chief decides complaints and quarantines. Plates are typed
# for a pilot (`LABEL`) by whoever works with pictures.
# An administrator keeps the house but decides on nobody's offence; a reviewer decides and
# touches no camera; a signer signs what others decided; an operator, who keeps the complexes,
# sees the cases that are returned to him; a surveyor walks the streets and prescribes to their
# owners; a chief gives assignments and decides on plans.
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.WATCH}),
    Role.OPERATOR: frozenset({Right.WATCH, Right.RESTART, Right.CASES, Right.LABEL}),
    Role.REVIEWER: frozenset({Right.WATCH, Right.CASES, Right.REVIEW, Right.PAPERS, Right.LABEL}),
    Role.SIGNER: frozenset({Right.WATCH, Right.CASES, Right.SIGN, Right.PAPERS}),
    Role.SURVEYOR: frozenset({Right.WATCH, Right.SURVEY}),
    Role.REGISTRAR: frozenset({Right.WATCH, Right.PAPERS, Right.REGISTER}),
    Role.METROLOGIST: frozenset({Right.WATCH, Right.SITES, Right.LABEL}),
    Role.CHIEF: frozenset(
        {Right.WATCH, Right.SURVEY, Right.ASSIGN, Right.PLAN, Right.PAPERS, Right.DECIDE}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.WATCH,
            Right.RESTART,
            Right.SURVEY,
            Right.ASSIGN,
            Right.PLAN,
            Right.ADMINISTER,
            Right.PAPERS,
        }
    ),
}


class Person(BaseModel):
    """Somebody signed in. `areas` None means the whole city; `csrf` proves a form is ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    full_name: str
    role: Role
    areas: tuple[str, ...] | None
    csrf: str

    def may(self, right: Right) -> bool:
        """Whether the person's role carries the right."""
        return right in RIGHTS[self.role]

    def sees(self, camera: Camera) -> bool:
        """Whether the camera stands in one of the person's areas."""
        return self.areas is None or camera.area in self.areas


class SignInNeeded(Exception):
    """Nobody is signed in; a page leads to the sign-in page, the API answers 401."""


def signed_in(connection: HTTPConnection) -> Person:
    """The person behind a request; raises `SignInNeeded`."""
    person = getattr(connection.state, "person", None)
    if not isinstance(person, Person):
        raise SignInNeeded
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


def requires(right: Right) -> Callable[[Person], Person]:
    """A dependency: the person, if the role carries the right, else `Forbidden`."""

    def allowed(person: SignedIn) -> Person:
        if not person.may(right):
            raise Forbidden(f"Your role, {person.role}, may not do this: ask an administrator.")
        return person

    return allowed


def camera_for(person: Person, cameras: Mapping[str, Camera], camera_id: str) -> Camera:
    """The camera, if the person may see it.

    A camera of another area is `NotFound`, as an unknown one is: its existence is not told.
    """
    camera = cameras.get(camera_id)
    if camera is None or not person.sees(camera):
        raise NotFound(f"There is no camera “{camera_id}” in your areas.")
    return camera
