"""A form's fields as what an action takes: the one place where a wrong entry becomes a sentence."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from sergek.core.errors import ConfigError

__all__ = ["checked"]

M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], fields: Mapping[str, object]) -> M:
    """The fields as the model; `ConfigError` names each that is not usable, and why."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = {
            ".".join(str(part) for part in fault["loc"]) or "form": fault["msg"]
            for fault in error.errors()
        }
        names = ", ".join(sorted(faults))
        problems = tuple(f"{name}: {why}" for name, why in sorted(faults.items()))
        raise ConfigError(f"Not usable: {names}.", problems) from error
