"""Spleeter's U-Net as an ONNX graph, built from its weights.

R. Hennequin, A. Khlif, F. Voituret, M. Moussallam: "Spleeter: a fast and efficient music source separation tool with
pre-trained models", Journal of Open Source Software 5 (50), 2020. One such network estimates one source: from the
magnitudes of a mixture's spectrogram, those of the source. Six convolutions halve time and frequency, six transposed
ones double them again, each but the first fed with the features that the way down had at its scale.

The transposed convolutions are written as four ordinary ones each. With a stride of 2, every second output sees only
every second weight, so the even and odd rows and columns of the result are convolutions with kernels of 2 or 3 by 2
or 3, interleaved. These are the same products and sums, but onnxruntime does them in half the time and less memory.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sow_analysis.separation.checkpoint import Weights

BINS = 1024
"""Frequencies that the network sees, from 0 Hz up; those above keep their mask at zero."""
SCALE = 64
"""The number of frames must be a multiple of this: time is halved six times."""

_LEVELS = 6
_OPSET = 13
_IR_VERSION = 8
_EPSILON = 1e-3

# Which weights of 5 an output at an even or odd place sees, and how many zeros that needs before and after.
# Place o of the output sums w[k] x[i] over all 2 i + k = o + 1: the whole result starts one place earlier.
_PHASES = (((3, 1), (1, 0)), ((4, 2, 0), (1, 1)))


def build_unet(weights: Weights) -> bytes:
    """Write the graph.

    Args:
        weights: as the checkpoint names them; the numbers of channels are read from their shapes.

    Returns:
        The serialised model: from "mixture" to "source", both magnitudes of shape (1, 2, frames, 1024), float32.

    Raises:
        KeyError: a weight is missing.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(weights)
    output = _connect(graph, "mixture")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, "frames", BINS]) for name in ("mixture", output)
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "spleeter", ends[:1], ends[1:], graph.constants),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _connect(graph: _Graph, mixture: str) -> str:
    """Lay out the network's layers; give the name of its output."""
    value = mixture
    features: list[str] = []
    for level in range(1, _LEVELS + 1):
        value = graph.conv(value, f"down{level}_conv.1", strides=[2, 2], pads=[1, 1, 2, 2])
        features.append(value)
        if level < _LEVELS:
            value = graph.normalised(value, f"down{level}_act.0")
            value = graph.node("LeakyRelu", [value], alpha=0.2)
    features.pop()
    for level in range(1, _LEVELS + 1):
        layer = f"up{level}"
        # onnxruntime's convolutions pad channels to 16: four of one channel each would cost more than they save.
        many = level < _LEVELS
        value = graph.upward(value, f"{layer}.0") if many else graph.upward_plain(value, f"{layer}.0")
        value = graph.node("Relu", [value])
        value = graph.normalised(value, f"{layer}.3")
        if many:
            value = graph.node("DepthToSpace", [value], blocksize=2)
            value = graph.node("Concat", [features.pop(), value], axis=1)
    value = graph.conv(value, "up7.0", dilations=[2, 2], pads=[3, 3, 3, 3])
    value = graph.node("Sigmoid", [value])
    return graph.node("Mul", [value, mixture], output="source")


class _Graph:
    """Nodes and constants, in the order in which they are asked for; a node is named as its output."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, operator: str, inputs: list[str], *, output: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        output = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def conv(self, value: str, layer: str, **attributes: Any) -> str:
        weight, bias = self._weights[f"{layer}.weight"], self._weights[f"{layer}.bias"]
        return self._conv(value, layer, weight, bias, attributes)

    def upward(self, value: str, layer: str) -> str:
        """Convolve and double both axes; the phases stay side by side as channels, to be interleaved later."""
        weight, bias = self._weights[f"{layer}.weight"].swapaxes(0, 1), self._weights[f"{layer}.bias"]
        phases: list[str] = []
        for (rows, (top, bottom)), (columns, (left, right)) in product(_PHASES, _PHASES):
            taps = weight[:, :, rows][:, :, :, columns]
            name = f"{layer}.phase{len(phases)}"
            phases.append(self._conv(value, name, taps, bias, {"pads": [top, left, bottom, right]}))
        return self.node("Concat", phases, axis=1)

    def upward_plain(self, value: str, layer: str) -> str:
        weight, bias = self._weights[f"{layer}.weight"], self._weights[f"{layer}.bias"]
        inputs = [value, self._constant(f"{layer}.weight", weight), self._constant(f"{layer}.bias", bias)]
        return self.node("ConvTranspose", inputs, strides=[2, 2], pads=[1, 1, 2, 2])

    def normalised(self, value: str, layer: str) -> str:
        """Normalise each channel; if the phases of `upward` are side by side, each phase of it."""
        inputs = [value]
        repeats = 4 if layer.startswith("up") and not layer.startswith(f"up{_LEVELS}") else 1
        for part in ("weight", "bias", "running_mean", "running_var"):
            name = f"{layer}.{part}"
            inputs.append(self._constant(name, np.tile(self._weights[name], repeats)))
        return self.node("BatchNormalization", inputs, epsilon=_EPSILON)

    def _conv(
        self,
        value: str,
        layer: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        attributes: dict[str, Any],
    ) -> str:
        inputs = [value, self._constant(f"{layer}.weight", weight), self._constant(f"{layer}.bias", bias)]
        return self.node("Conv", inputs, kernel_shape=list(weight.shape[2:]), **attributes)

    def _constant(self, name: str, values: NDArray[np.float32]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
