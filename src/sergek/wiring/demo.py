"""Fills the demo's centre on its very first start: people by their posts, and a meeting."""

import secrets
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sergek.centre.assignments.actions import AssignmentActions, Meeting, NewAssignment
from sergek.centre.assignments.states import Step
from sergek.centre.assignments.views import AssignmentViews
from sergek.centre.people.actions import Account, PeopleActions
from sergek.config.settings import Settings
from sergek.core.clock import SystemClock
from sergek.wiring.demo_roads import fill_roads
from sergek.wiring.stores import centre_stores

__all__ = ["fill_demo"]

_ACTOR = "demo"


def fill_demo(settings: Settings, source: Path) -> list[tuple[str, str, str]]:
    """Record what the demo's file says, through the same actions as any person's.

    Most people get passwords that nobody knows; the administrator may set others. Those with
    `told = true` are for walking through the demo: (name, full name, password) of each.
    """
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    clock, zone = SystemClock(), ZoneInfo(settings.centre.timezone)
    today = clock.now().astimezone(zone).date()
    stores = centre_stores(settings)
    told: list[tuple[str, str, str]] = []
    try:
        people = PeopleActions(stores.engine, stores.log, clock, settings.centre)
        for person in table["person"]:
            known = person.pop("told", False)
            account = Account.model_validate(person)
            short = "-".join(secrets.token_hex(2) for _ in range(4))
            password = short if known else secrets.token_urlsafe(24)
            people.add(account, password, _ACTOR)
            if known:
                told.append((account.name, account.full_name, password))
        actions = AssignmentActions(stores.engine, stores.log, stores.evidence, clock, zone)
        held_on = today - timedelta(days=table["held_days_ago"])
        meeting_id = actions.record_meeting(
            Meeting(
                title=table["title"],
                place=table["place"],
                held_on=held_on,
                minutes=table["minutes"],
                attended=tuple(table["attended"]),
            ),
            _ACTOR,
        )
        views = AssignmentViews(stores.engine, today)
        ids: list[str] = []
        for given in table["assignment"]:
            parent = ids[given["part_of"]] if "part_of" in given else None
            context = (table["title"], meeting_id, parent)
            ids.append(views.one(_give(actions, given, context, held_on, today)).assignment_id)
        roads = source.with_name("roads.toml")
        fill_roads(stores.engine, stores.log, stores.evidence, clock.now(), zone, roads)
    finally:
        stores.engine.dispose()
    return told


def _give(
    actions: AssignmentActions,
    given: dict[str, Any],
    context: tuple[str, str, str | None],
    held_on: date,
    today: date,
) -> str:
    source, meeting_id, parent_id = context
    number = actions.give(
        NewAssignment(
            text=given["text"],
            source=source,
            department=given["department"],
            lead=given["lead"],
            co_executors=tuple(given.get("co_executors", ())),
            controller="head",
            given_on=held_on,
            due_on=today + timedelta(days=given["due_in_days"]),
            meeting_id=meeting_id,
            parent_id=parent_id,
        ),
        _ACTOR,
    )
    for taken in given["steps"]:
        days = taken.get("until_in_days")
        until = None if days is None else today + timedelta(days=days)
        actions.take(number, Step(taken["step"]), taken["by"], taken.get("text", ""), until)
    return number
