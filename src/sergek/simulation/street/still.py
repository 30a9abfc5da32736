"""The still street drawn by OpenGL: sun with a shadow map, sky light, no bounce light.

Quicker and plainer than the baked background of `background`, and needs no Blender.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.background import Background
from sergek.simulation.street.furniture import Street
from sergek.simulation.street.gl import (
    byte_texture,
    fragment,
    mesh_array,
    put,
    shader,
    sky_texture,
    view_projection,
)
from sergek.simulation.street.lighting import Lighting
from sergek.simulation.street.optics import Optics
from sergek.simulation.street.parts import Material

__all__ = ["draw_background"]

Floats = NDArray[np.float64]
_FINE = 2
_MAP_PX = 4096


def draw_background(gl: Any, street: Street, optics: Optics, light: Lighting) -> Background:
    """The street without traffic, supersampled twice in each direction, in the context `gl`."""
    return _Still(gl, street, optics, light).drawn()


class _Still:
    def __init__(self, gl: Any, street: Street, optics: Optics, light: Lighting) -> None:
        self.gl, self.street, self.optics, self.light = gl, street, optics, light
        self.program = gl.program(shader("still.vert"), fragment("still.frag"))
        self.depth_only = gl.program(
            shader("still.vert"), "#version 330\nin vec2 texel; void main() {}"
        )
        self.textures: dict[str, Any] = {}

    def drawn(self) -> Background:
        gl, program = self.gl, self.program
        size = (self.optics.width * _FINE, self.optics.height * _FINE)
        targets = [gl.texture(size, 4, dtype="f2") for _ in range(3)]
        frame = gl.framebuffer(targets, gl.depth_renderbuffer(size))
        sun_view = self._sun_view()
        shadow_map = self._shadow_map(sun_view)
        frame.use()
        air = self.light.sky[118].mean(0)
        frame.clear(float(air[0]), float(air[1]), float(air[2]), 900.0)
        gl.enable(gl.DEPTH_TEST)
        sky = sky_texture(gl, self.light.sky)
        sky.use(0)
        shadow_map.use(2)
        self._uniforms(sun_view)
        self._draw(program)
        sun, shade, albedo = (self._read(t) for t in targets)
        depth = np.ascontiguousarray(self._raw(targets[0])[::_FINE, ::_FINE, 3])
        for held in (frame, *targets, shadow_map, sky, *self.textures.values()):
            held.release()
        return Background(sun, shade, albedo, depth.astype(np.float32))

    def _uniforms(self, sun_view: Floats) -> None:
        program, light = self.program, self.light
        lamps = [lamp.position_m for lamp in self.street.lamps][:24]
        values = {
            "sky": 0, "paint": 1, "shadow_map": 2, "to_sun": tuple(light.to_sun),
            "sun": tuple(light.sun), "eye": tuple(self.optics.position_m),
            "ahead": tuple(self.optics.rotation[2]), "lamp_count": len(lamps),
            "lamp_light": tuple(light.lamp_light), "beam_count": 0,
        }  # fmt: skip
        for name, value in values.items():
            put(program, name, value)
        if lamps and "lamp_at" in program:
            padded = np.zeros((24, 3), "f4")
            padded[: len(lamps)] = lamps
            program["lamp_at"].write(padded.tobytes())
        program["sun_view"].write(sun_view.T.astype("f4").tobytes())
        matrix = view_projection(self.optics)
        program["view_projection"].write(matrix.T.astype("f4").tobytes())

    def _draw(self, program: Any) -> None:
        for instance in self.street.instances:
            material = instance.part.material
            if "plain" in program:
                self._texture(material).use(1)
                program["plain"].value = tuple(material.colour)
                program["textured"].value = float(material.texture is not None)
                program["rough"].value = material.rough
            array = mesh_array(self.gl, program, instance.part)
            for pose in instance.poses:
                program["model"].write(pose.T.astype("f4").tobytes())
                array.render()

    def _texture(self, material: Material) -> Any:
        held = self.textures.get(material.name)
        if held is None:
            picture = (
                material.texture if material.texture is not None else np.zeros((1, 1, 3), "u1")
            )
            held = byte_texture(self.gl, picture, anisotropy=8.0)
            self.textures[material.name] = held
        return held

    def _sun_view(self) -> Floats:
        """The sun's parallel view of the roadside, -1…1 in each axis."""
        ahead = -self.light.to_sun
        right = np.cross(ahead, [0.0, 0.0, 1.0])
        right /= max(float(np.linalg.norm(right)), 1e-9)
        rows = np.stack([right, np.cross(ahead, right), ahead])
        corners = np.array(
            [(x, y, z) for x in (-34, 34) for y in (-20, 150) for z in (0, 26)], float
        )
        seen = corners @ rows.T
        low, high = seen.min(0), seen.max(0)
        view = np.eye(4)
        view[:3, :3] = rows * (2 / (high - low))[:, None]
        view[:3, 3] = -(high + low) / (high - low)
        return view

    def _shadow_map(self, sun_view: Floats) -> Any:
        gl = self.gl
        side = _MAP_PX if self.light.sun.max() > 0 else 1
        texture = gl.depth_texture((side, side))
        frame = gl.framebuffer(depth_attachment=texture)
        frame.use()
        frame.clear(depth=1.0)
        if self.light.sun.max() > 0 and not math.isclose(self.light.to_sun[2], 0):
            gl.enable(gl.DEPTH_TEST)
            self.depth_only["view_projection"].write(sun_view.T.astype("f4").tobytes())
            self._draw(self.depth_only)
        texture.compare_func = "<="
        return texture

    def _raw(self, texture: Any) -> NDArray[np.float32]:
        high, wide = self.optics.height * _FINE, self.optics.width * _FINE
        raw = np.frombuffer(texture.read(), np.float16).reshape(high, wide, 4)[::-1]
        return raw.astype(np.float32)

    def _read(self, texture: Any) -> NDArray[np.float32]:
        colour = np.ascontiguousarray(self._raw(texture)[..., :3])
        size = (self.optics.width, self.optics.height)
        return cv2.resize(colour, size, interpolation=cv2.INTER_AREA).astype(np.float32)
