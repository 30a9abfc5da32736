"""What an installation may choose about its plans."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["PlanningSettings"]


class PlanningSettings(BaseModel):
    """The table `[planning]`: the city model that plans are made for.

    `city` is a folder of `sergek city import`, an OpenStreetMap extract, or `taraz` for the
    made-up one, labelled so on every page; without it the centre checks statements only.
    `prepare` computes the first studies at the very first start, in the background.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: Literal["taraz"] | Path | None = None
    prepare: bool = False
