"""Reading scene files: every fault of a file at once, each in one sentence with its place."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from sergek.core.errors import ConfigError
from sergek.core.given import given_text
from sergek.simulation.street.checks import problems_of
from sergek.simulation.street.scene import Scene

__all__ = ["load_scene"]


def load_scene(path: Path) -> Scene:
    """Read and check a scene file; `ConfigError` lists every fault with its place."""
    try:
        data = tomllib.loads(given_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not TOML: {error}.") from None
    try:
        scene = Scene.model_validate(data)
    except ValidationError as error:
        faults = tuple(
            f"{'.'.join(str(step) for step in fault['loc']) or 'scene'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ConfigError(f"{path.name} is not a scene; mend these places:", faults) from None
    faults = problems_of(scene)
    if faults:
        raise ConfigError(f"{path.name} is not possible; mend these places:", faults)
    return scene
