"""Degrees to metres: the UTM zone of the place (Taraz: zone 42 north, EPSG 32642)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import Transformer

from sergek.core.errors import ConfigError
from sergek.planning.arrays import FloatArray

__all__ = ["Projection", "utm_epsg"]


def utm_epsg(lng: float, lat: float) -> int:
    """EPSG code of the WGS 84 UTM zone; `ConfigError` beyond 84° N or 80° S."""
    if not (-180 <= lng <= 180 and -80 <= lat <= 84):
        raise ConfigError(f"no UTM zone holds longitude {lng:g}, latitude {lat:g}")
    zone = min(int((lng + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


@lru_cache(maxsize=16)
def transformer(epsg: int, back: bool) -> Any:
    """Degrees ↔ metres, longitude or easting first."""
    ends = ("EPSG:4326", f"EPSG:{epsg}")
    source, target = reversed(ends) if back else ends
    return Transformer.from_crs(source, target, always_xy=True)


@dataclass(frozen=True, slots=True)
class Projection:
    """A metric plane, named by its EPSG code."""

    epsg: int

    def to_metres(self, lng: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Easting and northing (m) of longitudes and latitudes (°, WGS 84)."""
        x, y = transformer(self.epsg, False).transform(np.asarray(lng), np.asarray(lat))
        return np.asarray(x, dtype=float), np.asarray(y, dtype=float)

    def to_degrees(self, x_m: FloatArray, y_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude (°, WGS 84) of eastings and northings (m)."""
        lng, lat = transformer(self.epsg, True).transform(np.asarray(x_m), np.asarray(y_m))
        return np.asarray(lng, dtype=float), np.asarray(lat, dtype=float)
