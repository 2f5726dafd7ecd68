"""Weights in 8 bits a number, for processors without bfloat16.

Each row of a weight matrix gets a scale and a zero of its own (asymmetric, per output channel), and
the engine rounds the inputs of these products to 8 bits as well, 32 numbers at a time, where the
processor multiplies such numbers faster (dynamic quantisation). Left as they are: the embeddings,
and products that lead from a wide layer back to a narrow one, whose inputs have a few numbers many
times as large as the others (Dettmers et al., "LLM.int8()", 2022): with them the lowest cosine of
real passages to float32 is 0.9992, near the 0.999 that is promised, without them 0.9995
(docs/background/performance.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["SETTINGS", "products", "shrink_weights"]

Weights = npt.NDArray[np.float32]

# How the engine is to run such a network.
SETTINGS = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32"}
_LEVELS = 255


def shrink_weights(network: Any, *, narrowing: bool = False) -> None:
    """Put weights of a network (openvino.Model) into bytes, in place.

    Products whose right side is no constant stay as they are, and without `narrowing` those that
    have fewer outputs than inputs.
    """
    for node, weights in list(products(network)):
        if narrowing or weights.shape[1] <= weights.shape[0]:
            node.input(1).replace_source_output(_in_bytes(weights))
    network.validate_nodes_and_infer_types()


def products(network: Any) -> Iterator[tuple[Any, Weights]]:
    """Each matrix product with a constant right side, in order, and that side: a row per output."""
    for node in network.get_ordered_ops():
        if node.get_type_name() != "MatMul" or not node.get_attributes()["transpose_b"]:
            continue
        source = node.input_value(1).get_node()
        if source.get_type_name() == "Convert":
            source = source.input_value(0).get_node()
        if source.get_type_name() == "Constant":
            yield node, np.asarray(source.data, np.float32)


def _in_bytes(weights: Weights) -> Any:
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
