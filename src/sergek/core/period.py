"""Time spans in which a paper, a rule or a measurement holds."""

from datetime import date, datetime, time
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, model_validator

__all__ = ["Moment", "Period"]

_LOCAL = ZoneInfo("Asia/Almaty")


def _moment(value: object) -> object:
    """A bare date means its first instant in Kazakhstan; a time of day needs its offset."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, _LOCAL)
    return value


# An aware time; a TOML date stands for midnight in Asia/Almaty.
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Period(BaseModel):
    """Something that holds from `valid_from` up to, not including, `valid_until`.

    `void` names the act by which it was found never to have been lawful: it then holds never,
    yet stays in the file so that the history can be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: Moment
    valid_until: Moment | None = None
    void: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be later than valid_from")
        return self

    def holds(self, when: datetime) -> bool:
        """Whether it holds at that moment."""
        if self.void is not None or when < self.valid_from:
            return False
        return self.valid_until is None or when < self.valid_until

    def overlaps(self, other: "Period") -> bool:
        """Whether some moment exists at which both hold."""
        if self.void is not None or other.void is not None:
            return False
        starts = max(self.valid_from, other.valid_from)
        ends = [p.valid_until for p in (self, other) if p.valid_until is not None]
        return not ends or starts < min(ends)
