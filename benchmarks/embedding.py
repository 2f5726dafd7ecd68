"""Plain SentenceTransformer.encode beside semsearch's encoder: same model, same real texts.

    python benchmarks/embedding.py [--passages 1024] [--corpus FOLDER] [--layers]

Prints passages per second of both in turns, how near the vectors are, what share of the machine's
matrix-multiply rate is used, and how long one question takes. Plain encode gets an eighth of the
passages, every eighth. Other work on the machine slows both alike: the best of the rounds is
reported, and the ratio is what holds. `--layers` prints instead which kinds of layers the time of
a batch goes into, by the engine's own counters.
"""

from __future__ import annotations

import argparse
import gzip
import json
import operator
import os
import platform
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from semsearch.encoder import Encoder, load_encoder
from semsearch.encoder.cache import EncoderCache
from semsearch.encoder.choosing import MODEL
from semsearch.encoder.runtime import openvino
from semsearch.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
NEWS = ROOT.parent / "shared" / "newsqa-2022"
WORDS = 150
ROUNDS = 3
PLAIN_SHARE = 8
TOKENS = 4096  # rows of a matrix product: a batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=1024)
    parser.add_argument("--corpus", type=Path, default=NEWS if NEWS.is_dir() else ROOT / "seeds")
    parser.add_argument("--model", default="default")
    parser.add_argument("--layers", action="store_true")
    options = parser.parse_args()
    passages = list(read_passages(options.corpus, options.passages))
    if options.layers:
        print_layers(options.model)
        return
    with tempfile.TemporaryDirectory() as cache:
        build_s = seconds(lambda: load_encoder(options.model, Path(cache)))
        load_s = seconds(lambda: load_encoder(options.model, Path(cache)))
        encoder = load_encoder(options.model, Path(cache))
        report(encoder, passages, options, build_s, load_s)


def report(
    encoder: Encoder,
    passages: Sequence[str],
    options: argparse.Namespace,
    build_s: float,
    load_s: float,
) -> None:
    from semsearch.encoder.source import find_source
    from semsearch.encoder.torch import load_model

    plain = load_model(find_source(options.model))[0]
    sample = passages[::PLAIN_SHARE]
    tokens = encoder.count_tokens(passages)
    print(f"machine      {processor()}, {cores()} cores, load {os.getloadavg()[0]:.1f}")
    length = f"{np.mean(tokens):.0f} tokens on average"
    print(f"texts        {len(passages)} passages of {options.corpus.name}, {length}")
    print(f"start        {build_s:.1f} s to build the cache, {load_s:.2f} s with it")
    flops = [per_token_flops(plain, count + 2) * (count + 2) for count in tokens]
    limits = [matrix_rate()]
    rates = compare_passages(encoder, plain, passages, sample)
    limits.append(matrix_rate())
    for name, rate in rates.items():
        print(f"{name:<24} {rate:7.1f} passages/s  {rate * np.mean(flops) / 1e9:7.0f} GFLOP/s")
    print(f"ratio        {rates['semsearch'] / rates['plain encode']:.2f}")
    rate, kind = max(limits)
    share, most = rates["semsearch"] * np.mean(flops) / rate, rate / np.mean(flops)
    print(f"limit        {rate / 1e9:.0f} GFLOP/s {kind} matrix multiply, before and after:")
    print(f"             {most:.1f} passages/s, {most / rates['plain encode']:.2f} times plain")
    print(f"share        {share:.0%} of the limit")
    print_agreement(encoder, plain, sample)
    print_queries(encoder, plain, passages)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory       {resident} MB at most, torch and the plain model included")


def built_entry(model: str) -> Path:
    """The folder of a model in the encoder's cache, built where it is not there yet."""
    cache = load_settings().cache_dir
    return EncoderCache(cache).entry(load_encoder(model, cache).fingerprint)


def print_layers(model: str) -> None:
    """Milliseconds of a batch of 2,048 tokens, in rows of 128 and of 256, by kind of layer."""
    given = {"PERFORMANCE_HINT": "LATENCY", "PERF_COUNT": "YES", "ENABLE_CPU_PINNING": "NO"}
    compiled = openvino().Core().compile_model(built_entry(model) / MODEL, "CPU", given)
    request = compiled.create_infer_request()
    for columns in (128, 256):
        shape = (2048 // columns, columns)
        ids = np.random.default_rng(0).integers(1000, 20_000, shape)
        batch = {0: ids, 1: np.ones(shape, np.int64)}
        whole = 1000 * min(seconds(partial(request.infer, batch)) for _ in range(20))
        spent: Counter[str] = Counter()
        for layer in request.get_profiling_info():
            spent[f"{layer.node_type} {layer.exec_type}"] += layer.real_time / timedelta(seconds=1)
        print(f"\n{shape[0]} rows of {columns} tokens: {whole:.1f} ms")
        for name, took in spent.most_common(8):
            print(f"  {name:44}{took / spent.total():7.1%}")


def compare_passages(
    encoder: Encoder, plain: Any, passages: Sequence[str], sample: Sequence[str]
) -> dict[str, float]:
    """Passages per second of both, the best of some rounds in turns."""
    best = {"plain encode": 0.0, "semsearch": 0.0}
    for _ in range(ROUNDS):
        rate = len(sample) / seconds(lambda: plain_vectors(plain, sample))
        best["plain encode"] = max(best["plain encode"], rate)
        rate = len(passages) / seconds(lambda: encoder.encode_passages(passages))
        best["semsearch"] = max(best["semsearch"], rate)
    return best


def plain_vectors(plain: Any, texts: Sequence[str]) -> Any:
    return plain.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def print_agreement(encoder: Encoder, plain: Any, passages: Sequence[str]) -> None:
    cosines = (plain_vectors(plain, passages) * encoder.encode_passages(passages)).sum(axis=1)
    print(f"agreement    cosine to float32: lowest {cosines.min():.5f}, mean {cosines.mean():.5f}")


def print_queries(encoder: Encoder, plain: Any, passages: Sequence[str]) -> None:
    """Milliseconds for one question at a time; questions are the passages' first ten words."""
    questions = [" ".join(text.split()[:10]) for text in passages[:200]]
    runs: dict[str, Callable[[list[str]], object]] = {
        "plain encode": lambda texts: plain_vectors(plain, texts),
        "semsearch": encoder.encode_queries,
    }
    for name, run in runs.items():
        run(questions[:1])
        times = [1000 * seconds(partial(run, [text])) for text in questions]
        low, high = np.percentile(times, [50, 99])
        print(f"one question {name:<13} p50 {low:.2f} ms  p99 {high:.2f} ms")


def matrix_rate() -> tuple[float, str]:
    """Floating-point operations per second of matrix products of the model's shapes, the best of
    ten, in the faster of two kinds of number; without units for it, bfloat16 takes a hundred
    times as long as float32. Small squares would not tell: their threads take longer to start."""
    import torch

    torch.set_num_threads(cores())
    kinds = {str(kind).removeprefix("torch."): kind for kind in (torch.float32, torch.bfloat16)}
    faster = max(kinds, key=lambda name: product_rate(kinds[name], (512, 512, 512), 3))
    shapes = ((TOKENS, 384, 384), (TOKENS, 384, 1536), (TOKENS, 1536, 384))
    return max(product_rate(kinds[faster], shape, 10) for shape in shapes), faster


def product_rate(kind: Any, shape: tuple[int, int, int], rounds: int) -> float:
    import torch

    rows, inner, columns = shape
    left, right = torch.rand(rows, inner).to(kind), torch.rand(inner, columns).to(kind)
    took = min(seconds(partial(operator.matmul, left, right)) for _ in range(rounds))
    return 2 * rows * inner * columns / took


def per_token_flops(plain: Any, length: int) -> float:
    """Operations of a transformer's products for one token: its weights, and attention."""
    config = plain[0].auto_model.config
    weights = 4 * config.hidden_size**2 + 2 * config.hidden_size * config.intermediate_size
    return float(config.num_hidden_layers * (2 * weights + 4 * length * config.hidden_size))


def read_passages(corpus: Path, wanted: int) -> Iterator[str]:
    """The first pieces of WORDS words of as many articles as it takes, in the folder's order."""
    found = 0
    for text in read_texts(corpus):
        words = text.split()
        for start in range(0, min(len(words), 3 * WORDS), WORDS):
            yield " ".join(words[start : start + WORDS])
            found += 1
            if found == wanted:
                return


def read_texts(corpus: Path) -> Iterator[str]:
    if (corpus / "corpus.jsonl.gz").exists():
        with gzip.open(corpus / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]
    for path in sorted(corpus.rglob("*.txt")):
        yield path.read_text("utf-8")


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def cores() -> int:
    return len(os.sched_getaffinity(0))


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
