"""Weights in 8 bits a number, for processors without bfloat16.

Each row of a weight matrix gets a scale and a zero of its own (asymmetric, per output channel), and
the engine rounds the inputs of these products to 8 bits as well, 32 numbers at a time, where the
processor multiplies such numbers faster (dynamic quantisation). Left as they are: the embeddings,
and products that lead from a wide layer back to a narrow one. Their inputs have a few numbers
hundreds of times the others (Dettmers et al., "LLM.int8()", 2022): with them the cosine of real
passages to float32 fell below 0.999, without them it does not (benchmarks/int8.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["SETTINGS", "shrink_weights"]

# How the engine is to run such a network.
SETTINGS = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32"}
_LEVELS = 255


def shrink_weights(network: Any, *, narrowing: bool = False) -> None:
    """Put weights of a network (openvino.Model) into bytes, in place.

    Products whose right side is no constant stay as they are, and without `narrowing` those that
    have fewer outputs than inputs.
    """
    for node in network.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        weights = _weights(node)
        if weights is not None and (narrowing or weights.shape[1] <= weights.shape[0]):
            node.input(1).replace_source_output(_in_bytes(weights))
    network.validate_nodes_and_infer_types()


def _weights(node: Any) -> npt.NDArray[np.float32] | None:
    """The constant right side of a product, a row for each output; None where it is none."""
    source = node.input_value(1).get_node()
    if source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    if source.get_type_name() != "Constant" or not node.get_attributes()["transpose_b"]:
        return None
    return np.asarray(source.data, np.float32)


def _in_bytes(weights: npt.NDArray[np.float32]) -> Any:
    """The output of the nodes that hold these weights in bytes, and take them out again."""
    from openvino import opset13 as op  # type: ignore[import-untyped]  # it ships no types

    low = np.minimum(weights.min(axis=1, keepdims=True), 0)
    high = np.maximum(weights.max(axis=1, keepdims=True), 0)
    scale = np.maximum((high - low) / _LEVELS, np.float32(1e-8))
    zero = np.rint(-low / scale)
    stored = np.clip(np.rint(weights / scale) + zero, 0, _LEVELS).astype(np.uint8)
    whole = op.convert(op.constant(stored), "f16")
    zeros = op.convert(op.constant(zero.astype(np.uint8)), "f16")
    scaled = op.multiply(op.subtract(whole, zeros), op.constant(scale.astype(np.float16)))
    return op.convert(scaled, "f32").output(0)
