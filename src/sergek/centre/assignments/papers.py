"""The printed minutes of a meeting with the assignments that it gave."""

from collections.abc import Mapping, Sequence

from sergek.centre.assignments.views import Listed, MeetingRow
from sergek.centre.catalogue import Catalogue
from sergek.core.sheet import Part, Sheet

__all__ = ["minutes_of"]

_HEAD = ("text", "lead", "co", "due", "controller")


def minutes_of(
    t: Catalogue, meeting: MeetingRow, given: Sequence[Listed], names: Mapping[str, str]
) -> Sheet:
    """Who was there, what was said, what was assigned to whom until when."""

    def full(name: str) -> str:
        return names.get(name, name)

    rows = tuple(
        (
            one.number,
            one.text,
            f"{full(one.lead)}\n{one.department}",
            "\n".join(full(name) for name in one.co_executors),
            f"{one.due_on:%d.%m.%Y}\n{t(f'assignments.status.{one.status}')}",
            full(one.controller),
        )
        for one in given
    )
    attended = "\n".join(f"{k}. {name}" for k, name in enumerate(meeting.attended, 1))
    return Sheet(
        title=t("assignments.paper.title"),
        facts=(
            (t("assignments.title"), meeting.title),
            (t("assignments.held"), f"{meeting.held_on:%d.%m.%Y}"),
            (t("assignments.place"), meeting.place),
            (t("assignments.attended"), attended),
        ),
        parts=(
            Part(t("assignments.paper.heard"), meeting.minutes),
            Part(
                t("assignments.paper.given"),
                "" if rows else t("assignments.nothing"),
                ("№", *(t(f"assignments.{key}") for key in _HEAD)),
                rows,
                (0.1, 0.32, 0.19, 0.14, 0.12, 0.13),
            ),
        ),
        signed=(t("assignments.paper.chair"), t("assignments.paper.secretary")),
    )
