"""Would eight-bit numbers encode faster here, and what would they cost?

    python benchmarks/int8.py [--passages 96] [--corpus FOLDER]

Quantises the compiled default model in some ways, and prints passages per second of each, how near
its vectors are to the float32 ones, and the median time of one question of 16 tokens; a processor's
bfloat16 is left out of account. "8-bit weights" is what semsearch tries where there is no bfloat16
(encoder/eightbit.py): inputs are rounded as they come, 32 numbers at a time. Static ways round a
layer's inputs by one scale for all, found on other passages of the same corpus; weights have a
scale per row. With `onnxruntime` and `onnx` installed, ONNX Runtime's dynamic quantisation, a scale
for each input, is measured too.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openvino as ov  # type: ignore[import-untyped]  # it ships no types
from embedding import NEWS, ROOT, built_entry, cores, processor, read_passages, seconds
from openvino import opset13 as op
from tokenizers import Tokenizer

from semsearch.encoder.network import pack, plan
from semsearch.encoder.choosing import MODEL
from semsearch.encoder.eightbit import SETTINGS, products, shrink_weights

BUDGET = 2048
ROUNDS = 3
QUESTION = 16  # tokens
FLOAT32 = {"INFERENCE_PRECISION_HINT": "f32"}
LAYER = 6  # products with weights per layer: query, key, value, output, and the two of the FFN

Rows = npt.NDArray[np.float32]
Ranges = list[tuple[float, float]]
Batch = tuple[npt.NDArray[np.intp], Any, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=96)
    parser.add_argument("--corpus", type=Path, default=NEWS if NEWS.is_dir() else ROOT / "seeds")
    options = parser.parse_args()
    entry = built_entry("default")
    texts = list(read_passages(options.corpus, 2 * options.passages))
    batches = list(packed(entry, texts[: options.passages]))
    ranges = observed(entry, list(packed(entry, texts[options.passages :])))
    print(f"machine  {processor()}, {cores()} cores, {options.passages} passages")
    print(f"{'':34}{'passages/s':>12}{'lowest cosine':>16}{'mean':>9}{'question ms':>13}")
    expected = report("float32", openvino_run(read(entry)), batches, None)
    for name, narrowing in (("8-bit weights, as served", False), ("8-bit weights, all", True)):
        network = read(entry)
        shrink_weights(network, narrowing=narrowing)
        report(name, openvino_run(network, SETTINGS), batches, expected)
    for name, chosen in (
        ("OpenVINO static, all products", range(LAYER)),
        ("OpenVINO static, FFN only", (4, 5)),
        ("OpenVINO static, first of FFN only", (4,)),
    ):
        report(name, openvino_run(quantised(entry, ranges, chosen)), batches, expected)
    with tempfile.TemporaryDirectory() as folder:
        for name, run in onnx_runs(Path(folder)):
            report(name, run, batches, expected)


def packed(entry: Path, texts: Sequence[str]) -> Iterator[Batch]:
    """Places, token ids and mask of each batch."""
    tokenizer = Tokenizer.from_file(str(entry / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    ids = [np.array(found.ids, np.int64) for found in tokenizer.encode_batch(list(texts))]
    for places in plan([len(one) for one in ids], BUDGET):
        yield places, *pack([ids[i] for i in places], 0, False, 256)


def report(
    name: str, run: Callable[[Any, Any], Rows], batches: Sequence[Batch], expected: Rows | None
) -> Rows:
    """Print a line; returns the vectors."""
    rows = np.zeros((sum(len(places) for places, _, _ in batches), 384), np.float32)

    def once() -> None:
        for places, ids, mask in batches:
            rows[places] = run(ids, mask)

    best = min(seconds(once) for _ in range(ROUNDS))
    asked = [(ids[:1, :QUESTION], mask[:1, :QUESTION]) for _, ids, mask in batches]
    question = np.median([seconds(partial(run, *one)) for one in asked for _ in range(3)])
    cosines = (rows * (rows if expected is None else expected)).sum(axis=1)
    print(
        f"{name:34}{len(rows) / best:12.1f}{cosines.min():16.5f}{cosines.mean():9.5f}"
        f"{1000 * question:13.2f}",
        flush=True,
    )
    return rows


def read(entry: Path) -> Any:
    return ov.Core().read_model(entry / MODEL)


def openvino_run(
    network: Any, precision: Mapping[str, str] = FLOAT32
) -> Callable[[Any, Any], Rows]:
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": str(cores())}
    compiled = ov.Core().compile_model(network, "CPU", {**settings, **precision})
    return lambda ids, mask: compiled({0: ids, 1: mask})[0]


def observed(entry: Path, batches: Sequence[Batch]) -> Ranges:
    """Least and greatest input of each product over these batches."""
    network = read(entry)
    inputs = [node.input_value(0) for node, _ in products(network)]
    names = [(value.get_node().get_friendly_name(), value.get_index()) for value in inputs]
    distinct = list(dict.fromkeys(names))  # query, key and value share theirs
    network.add_outputs([inputs[names.index(name)] for name in distinct])
    compiled = ov.Core().compile_model(network, "CPU")
    seen = []
    for _, ids, mask in batches:
        found = compiled({0: ids, 1: mask})
        seen.append([ends(found[1 + place], mask) for place in range(len(distinct))])
    low, high = np.array(seen)[..., 0].min(axis=0), np.array(seen)[..., 1].max(axis=0)
    return [(float(low[i]), float(high[i])) for i in map(distinct.index, names)]


def ends(values: Rows, mask: Any) -> tuple[float, float]:
    told = values.reshape(-1, values.shape[-1])[mask.reshape(-1) > 0]
    return min(float(told.min()), 0.0), max(float(told.max()), 0.0)


def quantised(entry: Path, ranges: Ranges, chosen: Sequence[int]) -> Any:
    """The network with 8-bit inputs and weights in the chosen products of each layer."""
    network = read(entry)
    for place, (node, values) in enumerate(list(products(network))):
        if place % LAYER not in chosen:
            continue
        low, high = (np.float32(end) for end in ranges[place])
        largest = np.abs(values).max(axis=1, keepdims=True)
        inputs = op.fake_quantize(node.input_value(0), low, high, low, high, 256)
        rounded = op.fake_quantize(op.constant(values), -largest, largest, -largest, largest, 255)
        product = op.matmul(inputs, rounded, False, True)
        for target in list(node.output(0).get_target_inputs()):
            target.replace_source_output(product.output(0))
    network.validate_nodes_and_infer_types()
    return network


def onnx_runs(folder: Path) -> Iterator[tuple[str, Callable[[Any, Any], Rows]]]:
    """ONNX Runtime in float32 and dynamically quantised, where it is installed."""
    try:
        import onnxruntime  # type: ignore[import-not-found]  # only compared with
        from onnxruntime.quantization import (  # type: ignore[import-not-found]  # as above
            QuantType,
            quantize_dynamic,
        )
    except ImportError:
        print("ONNX Runtime is not installed")
        return
    export(folder / "model.onnx")
    yield "ONNX Runtime, float32", onnx_run(onnxruntime, folder / "model.onnx")
    for name, kind, narrow in (
        ("ONNX Runtime dynamic, signed", QuantType.QInt8, False),
        ("ONNX Runtime dynamic, 7 bits", QuantType.QInt8, True),
    ):
        target = folder / f"{narrow}.onnx"
        quantize_dynamic(
            folder / "model.onnx", target, weight_type=kind, per_channel=True, reduce_range=narrow
        )
        yield name, onnx_run(onnxruntime, target)


def export(path: Path) -> None:
    import torch

    from semsearch.encoder.conversion import _Forward
    from semsearch.encoder.source import find_source
    from semsearch.encoder.torch import load_model

    example = (torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([[1, 1, 1], [1, 1, 0]]))
    names = ["input_ids", "attention_mask"]
    torch.onnx.export(
        _Forward(load_model(find_source("default"))[0]).eval(),
        example,
        str(path),
        input_names=names,
        output_names=["vector"],
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in names} | {"vector": {0: "texts"}},
        dynamo=False,
    )


def onnx_run(library: Any, path: Path) -> Callable[[Any, Any], Rows]:
    options = library.SessionOptions()
    options.intra_op_num_threads = cores()
    session = library.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: Any, mask: Any) -> Rows:
        rows: Rows = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return rows

    return run


if __name__ == "__main__":
    main()
