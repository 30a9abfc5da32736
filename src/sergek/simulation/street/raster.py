"""Draws traffic over a still background with OpenGL on EGL: a GPU, or Mesa's software GL.

The same matrices as `Optics` feed the shaders, so what is drawn stands where the truth says.
Colours are worked out in linear light and pass one film curve at the end (`shaders/`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.street.background import Background
from sergek.simulation.street.gl import (
    float_texture,
    fragment,
    open_gl,
    put,
    roll,
    shader,
    shift,
    sky_texture,
    view_projection,
)
from sergek.simulation.street.held import Held
from sergek.simulation.street.lighting import Lighting
from sergek.simulation.street.optics import Optics
from sergek.simulation.street.parts import Material, Part
from sergek.simulation.street.shapes import Vehicle

__all__ = ["Drawn", "Raster", "Window"]

_LAMPS, _BEAMS, _CARS = 24, 12, 16
Window = tuple[int, int, int, int]
"""Part of a picture: x1, y1, x2, y2 in its pixels, rows from the top."""
_Region = tuple[int, int, int, int]  # OpenGL's own: x, y (from below), width, height


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One vehicle at one moment. `pose` (4, 4) places the body's middle; `rolled_m` is how far
    its wheels have rolled; `face` the plate's picture (RGB)."""

    vehicle: Vehicle
    pose: NDArray[np.float64]
    rolled_m: float
    braking: bool
    face: NDArray[np.uint8] | None


class Raster:
    """Draws one camera's pictures; one thread only, `close` frees the GPU's memory."""

    def __init__(self, optics: Optics, light: Lighting, lamps: Sequence[tuple[float, float, float]],
                 samples: int = 4) -> None:  # fmt: skip
        self.gl = gl = open_gl()
        self.optics, self._light = optics, light
        size = self._size = (optics.width, optics.height)
        self._open: _Region = (0, 0, *size)
        self._bodies = gl.program(shader("body.vert"), fragment("body.frag"))
        self._flat_shadow = gl.program(
            shader("shadow.vert"), "#version 330\nout vec4 c; void main() { c = vec4(1.0); }"
        )
        self._screen = gl.program(shader("screen.vert"), fragment("screen.frag"))
        samples = min(samples, gl.max_samples)
        self._target = gl.framebuffer(
            [gl.renderbuffer(size, 4, samples=samples, dtype="f2")],
            gl.depth_renderbuffer(size, samples=samples),
        )
        self._mixed = gl.texture(size, 4, dtype="f2")
        self._light_target = gl.framebuffer([self._mixed])
        self._out = gl.framebuffer([gl.texture(size, 4)])
        half = (size[0] // 2, size[1] // 2)
        self._shadow = gl.texture(half, 1)
        self._shadow_target = gl.framebuffer([self._shadow], gl.depth_renderbuffer(half))
        corners = np.array([-1, -1, 3, -1, -1, 3], "f4")
        self._sheet = gl.vertex_array(self._screen, [(gl.buffer(corners), "2f", "corner")])
        copy = gl.program(
            shader("screen.vert"),
            "#version 330\nuniform sampler2D plain; out vec4 colour;"
            "void main() { colour = texelFetch(plain, ivec2(gl_FragCoord.xy), 0); }",
        )
        copy["plain"].value = 1
        self._copy_sheet = gl.vertex_array(copy, [(gl.buffer(corners), "2f", "corner")])
        develop = gl.program(shader("screen.vert"), shader("develop.frag"))
        develop["light"].value = 1
        self._develop_sheet = gl.vertex_array(develop, [(gl.buffer(corners), "2f", "corner")])
        self._held = Held(gl, self._bodies, self._flat_shadow)
        self._sky = sky_texture(gl, light.sky)
        self._layers: dict[str, Any] = {}
        self._set_light(lamps)

    def look(self, optics: Optics) -> None:
        """Point the camera elsewhere; the background must be set again."""
        self.optics = optics
        matrix = view_projection(optics).T.astype("f4").tobytes()
        bodies, screen = self._bodies, self._screen
        bodies["view_projection"].write(matrix)
        self._flat_shadow["view_projection"].write(matrix)
        bodies["eye"].value = tuple(optics.position_m)
        bodies["ahead"].value = tuple(optics.rotation[2])
        screen["eye"].value = tuple(optics.position_m)
        screen["rotation"].write(optics.rotation.T.astype("f4").tobytes())
        screen["focal"].value = (optics.focal_px, optics.focal_px)
        screen["size"].value = self._size

    def set_background(self, background: Background) -> None:
        """The still street behind the traffic."""
        self._open = (0, 0, *self._size)
        for texture in self._layers.values():
            texture.release()
        self._layers = {
            name: float_texture(self.gl, getattr(background, name)[::-1])
            for name in ("sun", "shade", "albedo", "depth")
        }
        nearest = (self.gl.NEAREST, self.gl.NEAREST)
        self._layers["depth"].filter = nearest
        self._light_target.use()
        self.gl.disable(self.gl.DEPTH_TEST)
        self._beams(())
        self._shade_ground((), self._open)
        still = self._light_target.read(components=4, dtype="f2")
        self._plain = self.gl.texture(self._size, 4, still, dtype="f2")

    def picture(
        self, drawn: Sequence[Drawn], lenses: Sequence[Part] = (), window: Window | None = None
    ) -> Image:
        """One picture, BGR, of the traffic over the background; no noise, no blur.

        `lenses` are the lit ones of the signals, drawn with their material's emission. With a
        `window` only that part is drawn and given, the same pixels at the cost of its size.
        """
        gl = self.gl
        x1, y1, x2, y2 = window or (0, 0, *self._size)
        self._open = (x1, self._size[1] - y2, x2 - x1, y2 - y1)
        self._beams(drawn)
        self._cast_shadows(drawn)
        self._target.scissor = self._open
        self._target.use()
        gl.disable(gl.DEPTH_TEST)
        self._paint_background(drawn)
        gl.enable(gl.DEPTH_TEST | gl.CULL_FACE)
        for number, one in enumerate(drawn):
            if self._in_view(one):
                self._paint_vehicle(one, number)
        self._paint_lenses(lenses)
        gl.disable(gl.CULL_FACE)
        self._develop()
        raw = np.frombuffer(self._out.read(viewport=self._open, components=3), np.uint8)
        image: Image = np.ascontiguousarray(raw.reshape(y2 - y1, x2 - x1, 3)[::-1, :, ::-1])
        return image

    def close(self) -> None:
        """Free everything."""
        self.gl.release()

    # --- uniforms

    def _set_light(self, lamps: Sequence[tuple[float, float, float]]) -> None:
        light = self._light
        near = sorted(lamps, key=lambda p: p[1])[:_LAMPS]
        padded = np.zeros((_LAMPS, 3), "f4")
        if near:
            padded[: len(near)] = near
        for program in (self._bodies, self._screen):
            put(program, "to_sun", tuple(light.to_sun))
            put(program, "sun", tuple(light.sun))
            put(program, "exposure", light.exposure)
            put(program, "lamp_count", len(near))
            put(program, "lamp_light", tuple(light.lamp_light))
            if "lamp_at" in program:
                program["lamp_at"].write(padded.tobytes())
        self._flat_shadow["to_light"].value = tuple(light.to_sun)
        put(self._bodies, "sky", 0)
        put(self._screen, "sky", 0)
        for slot, name in enumerate(("paint", "mask", "depth"), 1):
            put(self._bodies, name, slot)
        for slot, name in enumerate(("lit", "shade", "albedo", "depth", "shadow"), 1):
            put(self._screen, name, slot)

    def _beams(self, drawn: Sequence[Drawn]) -> None:
        places, along = np.zeros((_BEAMS, 4), "f4"), np.zeros((_BEAMS, 3), "f4")
        count = 0
        if self._light.headlamps:
            power = 90.0 if self._light.exposure > 4 else 3.0
            for one in drawn[:_BEAMS]:
                lamp = np.mean(np.array(one.vehicle.head_lamps), 0)
                at = one.pose @ np.array([lamp[0] + 0.1, 0.0, lamp[2], 1.0])
                places[count] = (*at[:3], power)
                along[count] = one.pose[:3, 0]
                count += 1
        for program in (self._bodies, self._screen):
            put(program, "beam_count", count)
            if "beam_at" in program:
                program["beam_at"].write(places.tobytes())
                program["beam_along"].write(along.tobytes())

    # --- passes

    def _cast_shadows(self, drawn: Sequence[Drawn]) -> None:
        gl, program = self.gl, self._flat_shadow
        self._shadow_target.use()
        gl.disable(gl.DEPTH_TEST)
        self._shadow_target.clear()
        if self._light.sun.max() <= 0:
            return
        for one in (one for one in drawn if self._reach(one) is not None):
            program["model"].write(one.pose.T.astype("f4").tobytes())
            for part in one.vehicle.parts:
                self._held.mesh(part, flat=True).render()
            for wheel in one.vehicle.wheels:
                pose = one.pose @ shift(wheel.centre)
                program["model"].write(pose.T.astype("f4").tobytes())
                self._held.mesh(one.vehicle.wheel_part, flat=True).render()

    def _paint_background(self, drawn: Sequence[Drawn]) -> None:
        """The ready picture of the street, shaded anew only where traffic darkens or lights it."""
        self._target.clear(0, 0, 0, 1, depth=1.0)
        self._plain.use(1)
        self._copy_sheet.render()
        if self._light.headlamps:
            self._shade_ground(drawn, self._open)
            return
        for one in drawn:
            region = self._reach(one)
            if region is not None:
                self._shade_ground(drawn, region)

    def _develop(self) -> None:
        """The samples' light mixed in each pixel, then turned into the picture's tones."""
        gl = self.gl
        gl.copy_framebuffer(self._light_target, self._target)
        self._out.scissor = self._open
        self._out.use()
        gl.disable(gl.DEPTH_TEST)
        self._mixed.use(1)
        self._develop_sheet.render()

    def _in_view(self, one: Drawn) -> bool:
        """Whether any of the box around a vehicle may be on the picture."""
        body = one.vehicle
        x, y = body.length_m / 2 + 0.4, body.width_m / 2 + 0.4
        box = np.array([(sx * x, sy * y, z, 1.0) for sx in (-1, 1) for sy in (-1, 1)
                        for z in (0.0, body.height_m + 0.6)])  # fmt: skip
        corners = (box @ one.pose.T)[:, :3]
        depth = self.optics.depth_m(corners)
        if depth.max() < 0.1:
            return False
        if depth.min() < 1.0:
            return True
        spots = self.optics.project(corners)
        return self._opened(spots.min(0), spots.max(0)) is not None

    def _reach(self, one: Drawn) -> _Region | None:
        """Where a vehicle's shadow may fall on what is drawn; None if nowhere."""
        body, light = one.vehicle, self._light
        x, y = body.length_m / 2 + 0.7, body.width_m / 2 + 0.7
        base = np.array([(sx * x, sy * y, 0.0, 1.0) for sx in (-1, 1) for sy in (-1, 1)])
        feet = (base @ one.pose.T)[:, :3]
        if light.sun.max() > 0:
            cast = light.to_sun[:2] / light.to_sun[2] * body.height_m
            feet = np.concatenate([feet, feet - np.array([*cast, 0.0])])
        depth = self.optics.depth_m(feet)
        if depth.max() < 1.0:
            return None
        feet = feet + self.optics.rotation[2] * np.maximum(1.0 - depth, 0)[:, None]
        spots = self.optics.project(feet)
        return self._opened(spots.min(0) - 4, spots.max(0) + 4)

    def _opened(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> _Region | None:
        """What of a box (pixels, rows from the top) lies on the part that is drawn, if any."""
        x, y, wide, tall = self._open
        first = np.array([x, self._size[1] - y - tall])
        last = first + np.array([wide, tall])
        (x1, y1), (x2, y2) = (np.clip(v, first, last) for v in (np.floor(low), np.ceil(high)))
        if x1 >= x2 or y1 >= y2:
            return None
        return int(x1), self._size[1] - int(y2), int(x2 - x1), int(y2 - y1)

    def _shade_ground(self, drawn: Sequence[Drawn], region: _Region) -> None:
        places, halves = np.zeros((_CARS, 4), "f4"), np.zeros((_CARS, 2), "f4")
        for k, one in enumerate(drawn[:_CARS]):
            ahead = one.pose[:2, 0]
            places[k] = (*one.pose[:2, 3], ahead[0], ahead[1])
            halves[k] = (one.vehicle.width_m / 2 - 0.12, one.vehicle.length_m / 2 - 0.2)
        screen = self._screen
        put(screen, "car_count", min(len(drawn), _CARS))
        screen["car_at"].write(places.tobytes())
        screen["car_half"].write(halves.tobytes())
        self._sky.use(0)
        for slot, name in enumerate(("sun", "shade", "albedo", "depth"), 1):
            self._layers[name].use(slot)
        self._shadow.use(5)
        self.gl.scissor = region
        self._sheet.render()
        self.gl.scissor = self._open

    def _paint_vehicle(self, one: Drawn, number: int) -> None:
        program = self._bodies
        self._sky.use(0)
        self._layers["depth"].use(3)
        night = self._light.exposure > 4
        put(program, "self", number if number < _BEAMS else -1)
        put(program, "head_glow", (14.0 if night else 4.0) if self._light.headlamps else 0.15)
        running = 0.10 if self._light.headlamps else 0.0
        put(program, "tail_glow", (1.2 if not night else 0.5) if one.braking else running)
        program["model"].write(one.pose.T.astype("f4").tobytes())
        for part in one.vehicle.parts:
            self._use(part.material)
            self._held.mesh(part).render()
        self._paint_plates(one)
        self._use(one.vehicle.wheel_part.material)
        for wheel in one.vehicle.wheels:
            turn = one.rolled_m / wheel.radius
            pose = one.pose @ shift(wheel.centre) @ roll(turn, wheel.side)
            program["model"].write(pose.T.astype("f4").tobytes())
            self._held.mesh(one.vehicle.wheel_part).render()

    def _paint_lenses(self, lenses: Sequence[Part]) -> None:
        self._bodies["model"].write(np.eye(4, dtype="f4").tobytes())
        for part in lenses:
            self._use(part.material)
            put(self._bodies, "emission", part.material.emission)
            self._held.mesh(part).render()
        put(self._bodies, "emission", (0.0, 0.0, 0.0))

    def _paint_plates(self, one: Drawn) -> None:
        if one.face is None:
            return
        material = self._held.face(one.face)
        self._use(material)
        put(self._bodies, "plate", 1.0)
        put(self._bodies, "retro", 1.0 if self._light.headlamps else 0.0)
        for spot in one.vehicle.plates:
            self._held.mesh(self._held.plate(spot.corners, material)).render()
        put(self._bodies, "plate", 0.0)
        put(self._bodies, "retro", 0.0)

    def _use(self, material: Material) -> None:
        program = self._bodies
        paint, mask = self._held.textures(material)
        paint.use(1)
        mask.use(2)
        put(program, "textured", float(material.texture is not None))
        put(program, "masked", float(material.mask is not None))
        put(program, "plain", tuple(material.colour))
        put(program, "coat", material.coat)
        put(program, "lamp", (float(material.lamp == "head"), float(material.lamp == "tail")))
