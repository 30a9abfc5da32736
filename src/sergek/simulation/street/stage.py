"""Joins a scene's parts into a painter: frame number in, picture out."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.street.background import Background, bake, render_python
from sergek.simulation.street.bodies import dressed
from sergek.simulation.street.fleet import Mover, build_fleet
from sergek.simulation.street.furniture import Street, build_street
from sergek.simulation.street.glare import Lens
from sergek.simulation.street.lighting import lighting_of
from sergek.simulation.street.observe import body_pose, lamps_of
from sergek.simulation.street.optics import Optics, optics_at
from sergek.simulation.street.parts import Part
from sergek.simulation.street.plate_face import plate_face
from sergek.simulation.street.raster import Drawn, Raster, Window
from sergek.simulation.street.scene import Scene
from sergek.simulation.street.still import draw_background

__all__ = ["Stage", "lit_lenses"]

_COARSE_PX_PER_M = 85.0
_NEAREST_M, _FARTHEST_M = -24.0, 190.0
# sRGB's own curve by its usual 2.2: light of a tone, and the tone of 65,536 steps of light.
_LIGHT = ((np.arange(256) / 255) ** 2.2).astype(np.float32)
_TONE = np.rint(255 * (np.arange(65536) / 65535) ** (1 / 2.2)).astype(np.uint8)


class Stage:
    """The scene, ready to be drawn; `cache` holds baked backgrounds.

    `background` is `baked` (Cycles), `drawn` (OpenGL) or `auto` (baked where Blender is)."""

    def __init__(
        self, scene: Scene, cache: Path, *, background: str = "auto", samples: int = 12,
        threads: int = 1,
    ) -> None:  # fmt: skip
        self.scene, self.fleet = scene, build_fleet(scene)
        self._street = build_street(scene)
        self._light = lighting_of(scene)
        self._cache, self._samples, self._threads = cache, samples, threads
        self._baked = background == "baked" or (
            background == "auto" and render_python() is not None
        )
        self._lamps = [lamp.position_m for lamp in self._street.lamps]
        self._raster = Raster(optics_at(scene, 0.0), self._light, self._lamps)
        self._bumped = 0
        self._look(optics_at(scene, 0.0))
        self._faces = {m.vehicle_id: plate_face(m.lines, m.layout, m.dirt) for m in self.fleet}

    def _background(self, optics: Optics) -> Background:
        if not self._baked:
            return draw_background(self._raster.gl, self._street, optics, self._light)
        return bake(
            self._street, optics, self._light, self._cache,
            samples=self._samples, threads=self._threads,
        )  # fmt: skip

    def _look(self, optics: Optics) -> None:
        """Aim the camera."""
        self._optics = optics
        self._raster.look(optics)
        self._raster.set_background(self._background(optics))
        self._lens = Lens(optics, self._light, self._lamps, self.scene.camera.glare)

    def paint(
        self, index: int, *, window: Window | None = None, fleet: tuple[Mover, ...] | None = None
    ) -> Image:
        """The picture with that number, before the sensor; motion blurred over the shutter.

        `window` draws that part of it only; `fleet` says whom to draw if not everybody."""
        fleet = self.fleet if fleet is None else fleet
        media_s = index / self.scene.video.fps
        bumped = sum(b.at_s <= media_s for b in self.scene.camera.bumps)
        if bumped != self._bumped:
            self._bumped = bumped
            self._look(optics_at(self.scene, media_s))
        shutter = self.scene.camera.shutter_s
        steps = 1 if shutter <= 0.0015 else min(5, round(shutter / 0.001))
        light: NDArray[np.float32] | None = None
        for step in range(steps):
            moment = media_s + ((step + 0.5) / steps - 0.5) * shutter * (steps > 1)
            drawn, lit = self._drawn(moment, fleet), lit_lenses(self._street, self.scene, moment)
            picture = self._raster.picture(drawn, lit, window)
            picture = self._lens.through(picture, drawn, window)
            if steps == 1:
                return picture
            light = _LIGHT[picture] if light is None else light + _LIGHT[picture]
        assert light is not None
        # An open shutter gathers light, not tones.
        return np.asarray(_TONE[np.rint(light * (65535 / steps)).astype(np.uint16)], np.uint8)

    def _drawn(self, media_s: float, fleet: tuple[Mover, ...]) -> list[Drawn]:
        drawn = []
        for mover in fleet:
            pose = body_pose(mover, media_s)
            if _NEAREST_M < pose[1, 3] < _FARTHEST_M:
                depth = max(1.0, float(self._optics.depth_m(pose[:3, 3])))
                small = self._optics.focal_px / depth < _COARSE_PX_PER_M
                bare = mover.coarse if small else mover.body
                body = dressed(bare, mover.colour, mover.dirt)
                rolled = float(mover.path.profile.distance(media_s))
                face = self._faces[mover.vehicle_id]
                drawn.append(Drawn(body, pose, rolled, _braking(mover, media_s), face))
        # The nearest first: the first head lamps of the list are the ones that are computed.
        drawn.sort(key=lambda one: abs(float(one.pose[1, 3]) - 20))
        return drawn

    def close(self) -> None:
        """Free the renderer."""
        self._raster.close()


def lit_lenses(street: Street, scene: Scene, media_s: float) -> list[Part]:
    """The signals' lenses that shine; flashing green is dark for half of each second."""
    shown = []
    for signal, phase in lamps_of(scene, media_s).items():
        colours = {"red_yellow": ("red", "yellow"), "green_flash": ("green",)}.get(phase, (phase,))
        if phase == "green_flash" and media_s % 1.0 >= 0.5:
            continue
        shown += [street.lenses[signal, colour] for colour in colours]
    return shown


def _braking(mover: Mover, media_s: float) -> bool:
    profile = mover.path.profile
    slower = float(profile.speed(media_s + 0.05)) < float(profile.speed(media_s - 0.05)) - 0.02
    return slower or float(profile.speed(media_s)) < 0.1
