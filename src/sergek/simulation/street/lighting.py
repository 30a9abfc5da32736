"""Sun, sky and lamps of a scene in the units that both renderers share (linear, relative)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.scene import Scene, Sky, Weather
from sergek.simulation.street.textures import sky

__all__ = ["Lighting", "lighting_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """`to_sun` points at the sun; `sun` is its irradiance on a facing white surface divided by π
    (so a white wall shows exactly that), 0 where there is none; `exposure` scales to the sensor."""

    to_sun: NDArray[np.float64]
    sun: NDArray[np.float64]
    sky: NDArray[np.float32]
    exposure: float
    headlamps: bool
    lamp_watts: float

    @property
    def lamp_light(self) -> NDArray[np.float64]:
        """Radiance a white surface shows 1 m below a lamp: a Blender spot of W watts shines
        W / 4π² of it (radiant flux over the sphere and over π for a diffuse surface)."""
        return np.array([1.0, 0.78, 0.52]) * self.lamp_watts / (4 * math.pi**2)


def lighting_of(scene: Scene) -> Lighting:
    """The light of a scene; rain and snow hide the sun."""
    light = scene.light
    kind = light.sky.value
    if light.weather is not Weather.CLEAR and light.sky in (Sky.DAY, Sky.LOW_SUN):
        kind = "overcast"
    elevation = light.sun_elevation_deg if light.sky is not Sky.LOW_SUN else 9.0
    e, a = math.radians(elevation), math.radians(light.sun_azimuth_deg)
    to_sun = np.array([math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)])
    strength = {"day": 1.55, "low_sun": 1.1}.get(kind, 0.0)
    colour = (1.0, 0.95, 0.87) if kind == "day" else (1.0, 0.72, 0.44)
    return Lighting(
        to_sun=to_sun,
        sun=np.array(colour) * strength,
        sky=sky(kind),
        exposure={"day": 1.0, "low_sun": 1.05, "overcast": 1.45, "dusk": 5.0, "night": 11.0}[kind],
        headlamps=kind in ("dusk", "night") or light.weather is not Weather.CLEAR,
        lamp_watts={"dusk": 160.0, "night": 160.0}.get(kind, 0.0),
    )
