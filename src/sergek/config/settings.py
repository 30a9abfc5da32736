"""Everything an installation may choose: the rooms' settings under one roof."""

import os
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from sergek.adapters.settings import BusSettings, ProcessSettings, StorageSettings
from sergek.centre.settings import CentreSettings
from sergek.core.camera import Camera
from sergek.core.site import Site
from sergek.edge.settings import EdgeSettings
from sergek.planning.settings import PlanningSettings
from sergek.vision.settings import DetectorSettings, PlateReaderSettings, TrackerSettings

__all__ = ["Settings", "known_keys"]

_SCHEME = "://"


class Settings(BaseModel):
    """One city's file; see `docs/ref/config.md` for every key.

    `camera` is the list of `[[camera]]` tables, `site` of `[[site]]` tables. Relative paths count
    from the file's folder, which is given as the validation context `folder`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    city: str = Field(min_length=1)
    storage: StorageSettings = StorageSettings()
    bus: BusSettings = BusSettings()
    processes: ProcessSettings = ProcessSettings()
    edge: EdgeSettings = EdgeSettings()
    detector: DetectorSettings = DetectorSettings()
    tracker: TrackerSettings = TrackerSettings()
    plate_reader: PlateReaderSettings = PlateReaderSettings()
    centre: CentreSettings = CentreSettings()
    planning: PlanningSettings = PlanningSettings()
    camera: tuple[Camera, ...] = Field(default=(), max_length=10_000)
    site: tuple[Site, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_folder(cls, values: Any, info: ValidationInfo) -> Any:
        folder = (info.context or {}).get("folder")
        if folder is None or not isinstance(values, dict):
            return values
        values = {**values, "storage": values.get("storage", {})}
        _anchor(values["storage"], "data", folder, default="data")
        _anchor(values.get("centre"), "roads", folder)
        _anchor(values.get("detector"), "cache_dir", folder)
        if isinstance(plans := values.get("planning"), dict) and plans.get("city") != "taraz":
            _anchor(plans, "city", folder)
        if (
            isinstance(detector := values.get("detector"), dict)
            and detector.get("model") != "default"
        ):
            _anchor(detector, "model", folder)
        for camera in values["camera"] if isinstance(values.get("camera"), list) else ():
            _anchor(camera, "main", folder)
            _anchor(camera, "sub", folder)
        return values

    @model_validator(mode="after")
    def _sites_fit_the_cameras(self) -> Self:
        known = {camera.id for camera in self.camera}
        taken: dict[str, str] = {}
        if len({site.id for site in self.site}) < len(self.site):
            raise ValueError("two sites have the same id: give each its own")
        for site in self.site:
            for channel in site.channels:
                name = channel.camera_id
                if name not in known:
                    raise ValueError(f"site {site.id} names the camera {name!r}, which is not here")
                if name in taken:
                    raise ValueError(f"sites {taken[name]} and {site.id} both claim {name!r}")
                taken[name] = site.id
        return self

    @model_validator(mode="after")
    def _bus_elsewhere_has_a_token(self) -> Self:
        if self.bus.url is not None and self.bus.token is None:
            raise ValueError("bus.url names a server that runs elsewhere: give its bus.token too")
        return self


def _anchor(table: Any, key: str, folder: Path, default: str | None = None) -> None:
    value = table.get(key, default) if isinstance(table, dict) else None
    if isinstance(value, str) and _SCHEME not in value and value:
        table[key] = os.path.normpath(folder / value)


def known_keys(where: tuple[str | int, ...]) -> list[str]:
    """The keys that the table at that place may have."""
    model: Any = Settings
    for part in where:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        model = _model_in(field.annotation) if field else None
    return sorted(getattr(model, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)
