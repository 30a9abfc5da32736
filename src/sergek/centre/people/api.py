"""The people's pages: sign in and out, language and theme, the administrator's list."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from sergek.centre.catalogue import LANGUAGES
from sergek.centre.context import Centre, CentreOf
from sergek.centre.forms import checked, see_other
from sergek.centre.pages import THEMES
from sergek.centre.people.actions import Account, PeopleActions, Refused
from sergek.centre.people.passwords import MINIMUM_LENGTH
from sergek.centre.people.views import PeopleViews
from sergek.centre.rights import COOKIE, Person, Right, Role, SignedIn, requires
from sergek.core.errors import SergekError

__all__ = ["router"]

_YEAR_S = 365 * 24 * 3600

router = APIRouter()
Administrator = Annotated[Person, Depends(requires(Right.ADMINISTER))]


def _actions(centre: CentreOf) -> PeopleActions:
    wired = centre.wiring
    return PeopleActions(wired.engine, wired.log, wired.clock, wired.settings)


def _views(centre: CentreOf) -> PeopleViews:
    return PeopleViews(centre.wiring.engine, centre.wiring.clock, centre.settings)


Actions = Annotated[PeopleActions, Depends(_actions)]
Views = Annotated[PeopleViews, Depends(_views)]


def _inside(path: str) -> str:
    """The path if it leads to a page of ours, else the first page."""
    ours = path.startswith("/") and path[1:2] not in ("/", "\\") and "\n" not in path
    return path if ours else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.get("/sign-in", name="sign_in")
def sign_in_page(request: Request, centre: CentreOf, views: Views, next: str = "/") -> Response:
    """The sign-in page; it says so if the centre has no administrator yet."""
    if getattr(request.state, "person", None):
        return see_other(_inside(next))
    return centre.pages.page(
        request,
        "people/sign_in.html",
        next=_inside(next),
        refused=None,
        name="",
        nobody=not views.any_administrator(),
    )


@router.post("/sign-in")
def sign_in(
    request: Request,
    centre: CentreOf,
    actions: Actions,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Let somebody in, or say no without saying which of the two was wrong."""
    try:
        token = actions.sign_in(name, password, _address(request))
    except Refused as refusal:
        page = centre.pages.page(
            request,
            "people/sign_in.html",
            status=429 if refusal.wait else 401,
            next=_inside(next),
            refused="wait" if refusal.wait else "wrong",
            name=name,
            nobody=False,
        )
        if refusal.wait:
            page.headers["Retry-After"] = str(round(centre.settings.refusal_window_min * 60))
        return page
    answer = see_other(_inside(next))
    _keep(answer, token, request, centre)
    return answer


def _keep(answer: Response, token: str, request: Request, centre: Centre) -> None:
    answer.set_cookie(
        COOKIE,
        token,
        max_age=round(centre.settings.session_h * 3600),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


@router.post("/sign-out")
def sign_out(request: Request, person: SignedIn, actions: Actions) -> Response:
    """End this session."""
    actions.sign_out(person.name, request.cookies.get(COOKIE, ""))
    answer = see_other("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/password")
def password_page(
    request: Request, centre: CentreOf, _person: SignedIn, done: bool = False
) -> Response:
    """Where somebody changes the own password."""
    return _password(request, centre, problem=None, done=done)


def _password(request: Request, centre: Centre, **values: Any) -> Response:
    return centre.pages.page(request, "people/password.html", minimum=MINIMUM_LENGTH, **values)


@router.post("/password")
def change_password(
    request: Request,
    centre: CentreOf,
    person: SignedIn,
    actions: Actions,
    now: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
) -> Response:
    """A new password for oneself; the old one is asked, other sessions end, this one goes on."""
    try:
        token = actions.change_own_password(person.name, now, new, _address(request))
    except Refused as refusal:
        page = _password(request, centre, problem="wait" if refusal.wait else "wrong", done=False)
        page.status_code = 429 if refusal.wait else 403
        return page
    answer = see_other("/password?done=1")
    _keep(answer, token, request, centre)
    return answer


@router.post("/preferences")
def preferences(
    request: Request,
    language: Annotated[str | None, Form()] = None,
    theme: Annotated[str | None, Form()] = None,
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Remember language or theme in the browser and go back to the page."""
    answer = see_other(_inside(next))
    secure = request.url.scheme == "https"
    for key, value, known in (("language", language, LANGUAGES), ("theme", theme, THEMES)):
        if value in known:
            answer.set_cookie(
                key, str(value), max_age=_YEAR_S, samesite="lax", httponly=True, secure=secure
            )
    return answer


def _list(
    request: Request, centre: Centre, views: PeopleViews, chosen: str | None, **more: Any
) -> Response:
    listed = views.listed()
    areas = sorted({camera.area for camera in centre.wiring.cameras.values()})
    account = next((row.account for row in listed if row.account.name == chosen), None)
    values = {"problem": None, "done": None, **more}
    return centre.pages.page(
        request,
        "people/people.html",
        listed=listed,
        areas=areas,
        roles=list(Role),
        chosen=account,
        minimum=MINIMUM_LENGTH,
        **values,
    )


@router.get("/people")
def people_page(
    request: Request, centre: CentreOf, views: Views, _who: Administrator, name: str | None = None
) -> Response:
    """Everybody with an account; `name` opens one of them."""
    return _list(request, centre, views, name)


@router.post("/people")
def save(
    request: Request,
    centre: CentreOf,
    actions: Actions,
    views: Views,
    who: Administrator,
    name: Annotated[str, Form()],
    full_name: Annotated[str, Form()],
    role: Annotated[Role, Form()],
    areas: Annotated[list[str] | None, Form()] = None,
    everywhere: Annotated[bool, Form()] = False,
    active: Annotated[bool, Form()] = False,
    password: Annotated[str, Form()] = "",
    new: Annotated[bool, Form()] = False,
) -> Response:
    """Add somebody, or change an account and, if one is given, its password."""
    form = {
        "name": name,
        "full_name": full_name,
        "role": role,
        "areas": None if everywhere else tuple(areas or ()),
        "active": active or new,
    }
    try:
        account = checked(Account, form)
        if new:
            actions.add(account, password, who.name)
        else:
            actions.change(account, who.name)
            if password:
                actions.set_password(account.name, password, who.name)
    except SergekError as error:
        page = _list(request, centre, views, None if new else name, problem=error.message)
        page.status_code = error.http_status
        return page
    return see_other(f"/people?name={account.name}" if account.name != who.name else "/people")
