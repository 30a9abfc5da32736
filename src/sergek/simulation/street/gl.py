"""What both OpenGL passes share: the context, shaders, matrices and meshes."""

import math
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.simulation.street.optics import Optics
from sergek.simulation.street.parts import Part, corner_normals

__all__ = [
    "byte_texture",
    "float_texture",
    "fragment",
    "mesh_array",
    "open_gl",
    "put",
    "roll",
    "shader",
    "shift",
    "sky_texture",
    "view_projection",
]

_NEAR_M, _FAR_M = 0.5, 900.0
_APT = "apt-get install libegl1 libgl1-mesa-dri"


def open_gl() -> Any:
    """A moderngl context without a window; `ConfigError` says what to install."""
    try:
        import moderngl
    except ImportError:
        raise ConfigError(
            "Drawing needs moderngl: install the extra with pip install 'sergek[simulate]'."
        ) from None
    try:
        return moderngl.create_context(standalone=True, backend="egl", require=330)  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001  (glcontext raises bare Exception)
        raise ConfigError(f"Drawing needs OpenGL 3.3 on EGL ({error}): {_APT}.") from None


def shader(name: str) -> str:
    """The text of one of our shaders."""
    return resources.files(__package__).joinpath("shaders", name).read_text(encoding="utf-8")


def fragment(name: str) -> str:
    """A fragment shader with what all of them share in front."""
    return "#version 330\n" + shader("common.glsl") + shader(name)


def put(program: Any, name: str, value: Any) -> None:
    """Set a uniform, unless the compiler found it unused and dropped it."""
    if name in program:
        program[name].value = value


def byte_texture(gl: Any, picture: NDArray[np.uint8], anisotropy: float = 1.0) -> Any:
    """A surface's colours (h, w, channels), smaller ones for far surfaces along with it."""
    high, wide, channels = picture.shape
    texture = gl.texture((wide, high), channels, np.ascontiguousarray(picture), alignment=1)
    texture.build_mipmaps()
    texture.anisotropy = anisotropy
    return texture


def float_texture(gl: Any, picture: NDArray[np.float32]) -> Any:
    """Light or depth, (h, w) or (h, w, channels), its first row at the texture's low end."""
    high, wide = picture.shape[:2]
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    return gl.texture((wide, high), channels, np.ascontiguousarray(picture, "f4"), dtype="f4")


def sky_texture(gl: Any, sky: NDArray[np.float32]) -> Any:
    """The sky's light all round (h, w, 3), blurred ones along with it for rough surfaces."""
    texture = float_texture(gl, sky)
    texture.build_mipmaps()
    texture.repeat_y = False
    return texture


def view_projection(optics: Optics) -> NDArray[np.float64]:
    """OpenGL's clip matrix of the camera; clip y points up, so rows come bottom first."""
    near, far = _NEAR_M, _FAR_M
    scale = np.array(
        [
            [2 * optics.focal_px / optics.width, 0, 0, 0],
            [0, -2 * optics.focal_px / optics.height, 0, 0],
            [0, 0, (far + near) / (far - near), -2 * far * near / (far - near)],
            [0, 0, 1, 0],
        ]
    )
    view = np.eye(4)
    view[:3, :3] = optics.rotation
    view[:3, 3] = -optics.rotation @ optics.position_m
    result: NDArray[np.float64] = scale @ view
    return result


def mesh_array(gl: Any, program: Any, part: Part) -> Any:
    """A part on the GPU, corners that are the same in everything stored once."""
    corners = part.vertices[part.triangles].reshape(-1, 3)
    normals = corner_normals(part).reshape(-1, 3)
    data = np.concatenate([corners, normals, part.uv.reshape(-1, 2)], 1).astype("f4")
    rows, order = np.unique(data, axis=0, return_inverse=True)
    used = [name for name in ("place", "normal", "uv") if name in program]
    sizes = {"place": "3f", "normal": "3f", "uv": "2f"}
    layout = " ".join(
        sizes[n] if n in used else f"{int(sizes[n][0]) * 4}x" for n in ("place", "normal", "uv")
    )
    index = gl.buffer(np.ravel(order).astype("i4").tobytes())
    return gl.vertex_array(program, [(gl.buffer(rows.tobytes()), layout, *used)], index)


def shift(by: tuple[float, float, float]) -> NDArray[np.float64]:
    """A pose (4, 4) moved by metres."""
    pose = np.eye(4)
    pose[:3, 3] = by
    return pose


def roll(turn: float, side: int) -> NDArray[np.float64]:
    """A wheel rolled ahead by an angle; the right wheel is the left one turned about z."""
    c, s = math.cos(turn * side), math.sin(turn * side)
    pose = np.eye(4)
    pose[:3, :3] = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    if side < 0:
        pose[:3, :3] = np.diag([-1.0, -1.0, 1.0]) @ pose[:3, :3]
    return pose
