"""Runs inside Blender's Python (bpy 4.5): path-traces a dumped street without traffic.

    python blender_bake.py DUMP.npz OUT.npz SAMPLES THREADS

Needs only bpy and NumPy, not this package. OUT holds float16 linear pictures (rows from the top):
`sun`, `shade` (the same without the sun), `albedo`, and float32 `depth` along the optical axis.
"""

import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector


def _image(name: str, pixels: Any, srgb: bool) -> Any:
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height, float_buffer=not srgb)
    if not srgb:
        image.colorspace_settings.name = "Non-Color"
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels[::-1].astype(np.float32) / (255.0 if srgb else 1.0)
    image.pixels.foreach_set(rgba.ravel())
    image.update()
    image.pack()
    return image


def _material(meta: Any, data: Any) -> Any:
    material = bpy.data.materials.new(meta["name"])
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    surface = nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = (*meta["colour"], 1)
    surface.inputs["Roughness"].default_value = meta["rough"]
    surface.inputs["Metallic"].default_value = meta["metal"]
    surface.inputs["Specular IOR Level"].default_value = 0.3
    if any(meta["emission"]):
        surface.inputs["Emission Color"].default_value = (*meta["emission"], 1)
        surface.inputs["Emission Strength"].default_value = 1.0
    if meta["texture"]:
        node = nodes.new("ShaderNodeTexImage")
        node.image = _image(meta["name"], data[meta["texture"]], True)
        links.new(node.outputs[0], surface.inputs["Base Color"])
    return material


def _mesh(meta: Any, data: Any, material: Any) -> None:
    vertices, triangles, uv = (data[f"{meta['key']}_{k}"] for k in ("v", "t", "uv"))
    mesh = bpy.data.meshes.new(meta["key"])
    mesh.from_pydata(vertices.tolist(), [], triangles.tolist())
    layer = mesh.uv_layers.new(name="UV")
    flipped = uv.reshape(-1, 2).copy()
    flipped[:, 1] = 1 - flipped[:, 1]
    layer.data.foreach_set("uv", flipped.astype(np.float32).ravel())
    mesh.materials.append(material)
    if meta["smooth"]:
        mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.update()
    for number, pose in enumerate(data[f"{meta['key']}_p"]):
        thing = bpy.data.objects.new(f"{meta['key']}_{number}", mesh)
        thing.matrix_world = Matrix(pose.tolist())
        bpy.context.scene.collection.objects.link(thing)


def _light(scene: Any, meta: Any, data: Any) -> Any:
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    node = nodes.new("ShaderNodeTexEnvironment")
    node.image = _image("sky", data["sky"], False)
    links.new(node.outputs[0], nodes["Background"].inputs[0])
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.angle = meta["sun_energy"], 0.009
    sun.color = meta["sun_colour"]
    thing = bpy.data.objects.new("sun", sun)
    thing.rotation_euler = (-Vector(meta["to_sun"])).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(thing)
    for at in meta["lamps"]:
        spot = bpy.data.lights.new("lamp", "SPOT")
        spot.energy, spot.color = meta["lamp_watts"], (1, 0.78, 0.52)
        spot.spot_size, spot.spot_blend, spot.shadow_soft_size = 2.4, 0.7, 0.15
        lamp = bpy.data.objects.new("lamp", spot)
        lamp.location = at
        scene.collection.objects.link(lamp)
    return thing


def _camera(scene: Any, meta: Any) -> None:
    data = bpy.data.cameras.new("camera")
    data.sensor_fit = "HORIZONTAL"
    data.angle_x = 2 * math.atan(meta["width"] / 2 / meta["focal_px"])
    data.clip_end = 1000
    camera = bpy.data.objects.new("camera", data)
    rows = np.array(meta["rotation"])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([rows[0], -rows[1], -rows[2]], 1)
    pose[:3, 3] = meta["position"]
    camera.matrix_world = Matrix(pose.tolist())
    scene.collection.objects.link(camera)
    scene.camera = camera


def _combined(scene: Any, folder: str, name: str) -> Any:
    settings = scene.render.image_settings
    settings.file_format, settings.color_depth = "OPEN_EXR", "16"
    path = Path(folder) / f"{name}.exr"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return _read(path)


def _read(path: Path) -> Any:
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    width, height = image.size
    rgba = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(rgba)
    return rgba.reshape(height, width, 4)[::-1, :, :3]


def _passes(scene: Any, folder: str) -> tuple[Any, Any]:
    """Depth and albedo, from one sample through the compositor's file output."""
    layer = scene.view_layers[0]
    layer.use_pass_z = True
    layer.use_pass_diffuse_color = True
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    source = tree.nodes.new("CompositorNodeRLayers")
    sink = tree.nodes.new("CompositorNodeOutputFile")
    sink.base_path = folder
    sink.format.file_format, sink.format.color_depth = "OPEN_EXR", "32"
    sink.file_slots[0].path = "depth"
    sink.file_slots.new("albedo")
    tree.links.new(source.outputs["Depth"], sink.inputs[0])
    tree.links.new(source.outputs["DiffCol"], sink.inputs["albedo"])
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    bpy.ops.render.render(write_still=False)
    found = {name: next(Path(folder).glob(f"{name}*.exr")) for name in ("depth", "albedo")}
    return _read(found["depth"])[..., 0], _read(found["albedo"])


def main(dump: str, out: str, samples: int, threads: int) -> None:
    """Bake one street."""
    data = np.load(dump)
    meta = json.loads(bytes(data["meta"]).decode())
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.use_adaptive_sampling = "CPU", samples, False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 2
    cycles.sample_clamp_indirect, cycles.seed = 4, 1
    render = scene.render
    render.resolution_x, render.resolution_y = meta["width"], meta["height"]
    render.resolution_percentage = 100
    render.threads_mode, render.threads = "FIXED", threads
    render.use_persistent_data = True
    scene.view_settings.view_transform = "Raw"
    materials = [_material(m, data) for m in meta["materials"]]
    for part in meta["parts"]:
        _mesh(part, data, materials[part["material"]])
    sun = _light(scene, meta, data)
    _camera(scene, meta)
    with tempfile.TemporaryDirectory() as folder:
        lit = _combined(scene, folder, "sun")
        shade = lit
        if meta["sun_energy"] > 0:
            sun.hide_render = True
            shade = _combined(scene, folder, "shade")
        depth, albedo = _passes(scene, folder)
    np.savez(
        out,
        sun=lit.astype(np.float16),
        shade=shade.astype(np.float16),
        albedo=albedo.astype(np.float16),
        depth=depth.astype(np.float32),
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
