"""The still street as the camera sees it: baked once by Cycles if Blender's Python is at hand.

A baked background is cached under a digest of all that it depends on; Blender lives in its own
environment (`SERGEK_RENDER_PYTHON` names its Python) because it needs another NumPy.
"""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError, Unavailable
from sergek.simulation.street.furniture import Street
from sergek.simulation.street.lighting import Lighting
from sergek.simulation.street.optics import Optics

__all__ = ["Background", "bake", "render_python"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Linear pictures (h, w, 3), rows from the top: with sun, without it, surface colour; and
    depth (h, w) along the optical axis in metres."""

    sun: Floats
    shade: Floats
    albedo: Floats
    depth: Floats


def render_python() -> Path | None:
    """Python with `bpy`, if the environment names one; `ConfigError` if it names none that is."""
    named = os.environ.get("SERGEK_RENDER_PYTHON")
    if not named:
        return None
    path = Path(named)
    if not path.is_file():
        raise ConfigError(
            "SERGEK_RENDER_PYTHON names no file; install the extra render into its own Python 3.11 "
            "environment and name that environment's python."
        )
    return path


def dump(street: Street, optics: Optics, light: Lighting) -> dict[str, NDArray[np.generic]]:
    """All that the bake needs, as arrays for `numpy.savez`."""
    arrays: dict[str, NDArray[np.generic]] = {"sky": light.sky}
    materials: dict[str, int] = {}
    described: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for number, instance in enumerate(street.instances):
        part, material = instance.part, instance.part.material
        if material.name not in materials:
            materials[material.name] = len(described)
            texture = ""
            if material.texture is not None:
                texture = f"texture_{material.name}"
                arrays[texture] = material.texture
            described.append(
                {
                    "name": material.name,
                    "colour": list(material.colour),
                    "rough": material.rough,
                    "metal": material.metal,
                    "emission": list(material.emission),
                    "texture": texture,
                }
            )
        key = f"part_{number}"
        arrays[f"{key}_v"] = part.vertices.astype(np.float32)
        arrays[f"{key}_t"] = part.triangles.astype(np.int32)
        arrays[f"{key}_uv"] = part.uv.astype(np.float32)
        arrays[f"{key}_p"] = instance.poses.astype(np.float64)
        parts.append({"key": key, "material": materials[material.name], "smooth": part.smooth})
    peak = float(light.sun.max())
    meta = {
        "width": optics.width,
        "height": optics.height,
        "focal_px": optics.focal_px,
        "rotation": optics.rotation.tolist(),
        "position": optics.position_m.tolist(),
        "to_sun": light.to_sun.tolist(),
        "sun_energy": peak * np.pi,
        "sun_colour": (light.sun / max(peak, 1e-9)).tolist(),
        "lamps": [list(lamp.position_m) for lamp in street.lamps],
        "lamp_watts": light.lamp_watts,
        "materials": described,
        "parts": parts,
    }
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    return arrays


def bake(
    street: Street, optics: Optics, light: Lighting, cache: Path, *, samples: int, threads: int = 1
) -> Background:
    """Path-trace the street, or take it from the cache folder.

    Raises `ConfigError` where no Blender is at hand and `Unavailable` if it fails.
    """
    arrays = dump(street, optics, light)
    digest = hashlib.sha256(f"{samples}".encode())
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    done = cache / f"background-{digest.hexdigest()[:20]}.npz"
    if not done.is_file():
        python = render_python()
        if python is None:
            raise ConfigError(
                "Set SERGEK_RENDER_PYTHON to a Python 3.11 that has bpy 4.5 to path-trace the "
                "background, or choose the drawn background."
            )
        cache.mkdir(parents=True, exist_ok=True)
        source = done.with_suffix(".scene.npz")
        np.savez(source, **arrays)  # type: ignore[arg-type]
        script = Path(__file__).with_name("blender_bake.py")
        half = done.with_suffix(".part.npz")
        command = [str(python), str(script), str(source), str(half), str(samples), str(threads)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        source.unlink()
        if run.returncode != 0 or not half.is_file():
            last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-1:]
            raise Unavailable(f"Blender did not bake the background: {' '.join(last)}")
        half.rename(done)
    with np.load(done) as data:
        return Background(
            *(data[k].astype(np.float32) for k in ("sun", "shade", "albedo", "depth"))
        )
