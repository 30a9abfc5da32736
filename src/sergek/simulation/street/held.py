"""What lies in the GPU's memory because something of it was drawn: each picture and mesh once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.gl import byte_texture, mesh_array
from sergek.simulation.street.parts import Material, Part, quad

__all__ = ["Held"]


class Held:
    """Keyed by identity; what a key names is held with it, so that no other takes its place."""

    def __init__(self, gl: Any, bodies: Any, shadows: Any) -> None:
        self._gl, self._bodies, self._shadows = gl, bodies, shadows
        self._blank = gl.texture((1, 1), 4, b"\0\0\0\0")
        self._textures: dict[int, tuple[Material, Any, Any]] = {}
        self._meshes: dict[tuple[int, bool], tuple[Part, Any]] = {}
        self._faces: dict[int, tuple[NDArray[np.uint8], Material]] = {}
        self._plates: dict[tuple[int, int], tuple[NDArray[np.float64], Part]] = {}

    def textures(self, material: Material) -> tuple[Any, Any]:
        """Its paint and mask."""
        held = self._textures.get(id(material))
        if held is None:
            held = (material, self._texture(material.texture), self._texture(material.mask))
            self._textures[id(material)] = held
        return held[1:]

    def _texture(self, picture: NDArray[np.uint8] | None) -> Any:
        if picture is None:
            return self._blank
        # No anisotropic filter: Mesa's software GL never came back from one on some poses.
        texture = byte_texture(self._gl, picture)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def mesh(self, part: Part, *, flat: bool = False) -> Any:
        """The part to be drawn as a body, or `flat` as a shadow."""
        key = (id(part.vertices), flat)  # the same shape in another colour is the same mesh
        held = self._meshes.get(key)
        if held is None:
            held = (part, mesh_array(self._gl, self._shadows if flat else self._bodies, part))
            self._meshes[key] = held
        return held[1]

    def face(self, face: NDArray[np.uint8]) -> Material:
        """The material of a plate that shows this picture."""
        held = self._faces.get(id(face))
        if held is None:
            held = (face, Material("plate", rough=0.45, texture=face))
            self._faces[id(face)] = held
        return held[1]

    def plate(self, corners: NDArray[np.float64], material: Material) -> Part:
        """A plate of that material at these corners."""
        key = (id(corners), id(material))
        held = self._plates.get(key)
        if held is None:
            held = self._plates[key] = (corners, quad("plate", corners, material))
        return held[1]
