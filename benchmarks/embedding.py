"""Plain SentenceTransformer.encode and semsearch's encoder: same model, same texts, in turns.

    python benchmarks/embedding.py [--corpus FILE_OR_FOLDER] [--passages 1024]

Prints passages per second of both, how near the vectors are, what share of the machine's
matrix-multiply rate is used, and how long one question takes. Plain encode gets an eighth of the
passages, every eighth. Other work on the machine slows both alike: the best of the rounds is
reported, and the ratio is what holds.
"""

from __future__ import annotations

import json
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from common import Floats, articles, machine, milliseconds, options, timed
from peers_child import model_path
from sentence_transformers import SentenceTransformer

from semsearch.encoder import Encoder, load_encoder
from semsearch.system.cores import cores

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
WORDS = 150
ROUNDS = 3
PLAIN_SHARE = 8
TOKENS = 4096  # rows of a matrix product: a batch


def read_passages(corpus: Path) -> Iterator[str]:
    """The first three pieces of WORDS words of each article."""
    for article in articles(corpus):
        words = article.text.split()
        for start in range(0, min(len(words), 3 * WORDS), WORDS):
            yield " ".join(words[start : start + WORDS])


def plain_vectors(plain: SentenceTransformer, texts: Sequence[str]) -> Floats:
    found: Floats = plain.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return found


def compare_passages(
    encoder: Encoder, plain: SentenceTransformer, passages: Sequence[str], sample: Sequence[str]
) -> dict[str, float]:
    """Passages per second of both, the best of some rounds in turns."""
    best = {"plain encode": 0.0, "semsearch": 0.0}
    for _ in range(ROUNDS):
        rate = len(sample) / timed(lambda: plain_vectors(plain, sample))
        best["plain encode"] = max(best["plain encode"], rate)
        rate = len(passages) / timed(lambda: encoder.encode_passages(passages))
        best["semsearch"] = max(best["semsearch"], rate)
    return best


def report(encoder: Encoder, plain: SentenceTransformer, passages: Sequence[str]) -> None:
    sample, tokens = passages[::PLAIN_SHARE], encoder.count_tokens(passages)
    print(f"texts        {len(passages)} passages, {np.mean(tokens):.0f} tokens on average")
    config = json.loads(Path(model_path(), "config.json").read_text("utf-8"))
    flops = float(np.mean([per_token_flops(config, n + 2) * (n + 2) for n in tokens]))
    before = matrix_rate()
    rates = compare_passages(encoder, plain, passages, sample)
    limit, kind = max(before, matrix_rate())
    for name, rate in rates.items():
        print(f"{name:<24} {rate:7.1f} passages/s  {rate * flops / 1e9:7.0f} GFLOP/s")
    print(f"ratio        {rates['semsearch'] / rates['plain encode']:.2f}")
    print(f"limit        {limit / 1e9:.0f} GFLOP/s {kind} matrix multiply, before and after:")
    most = limit / flops
    print(f"             {most:.1f} passages/s, {most / rates['plain encode']:.2f} times plain")
    print(f"share        {rates['semsearch'] / most:.0%} of the limit")
    cosines = (plain_vectors(plain, sample) * encoder.encode_passages(sample)).sum(axis=1)
    print(f"agreement    cosine to float32: lowest {cosines.min():.5f}, mean {cosines.mean():.5f}")
    print_questions(encoder, plain, passages)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory       {resident} MB at most, torch and the plain model included")


def print_questions(encoder: Encoder, plain: SentenceTransformer, passages: Sequence[str]) -> None:
    """Milliseconds for one question at a time; questions are the passages' first ten words."""
    questions = [" ".join(text.split()[:10]) for text in passages[:200]]
    runs: dict[str, Callable[[list[str]], object]] = {
        "plain encode": partial(plain_vectors, plain),
        "semsearch": encoder.encode_queries,
    }
    for name, run in runs.items():
        run(questions[:1])
        low, high = milliseconds([timed(partial(run, [text])) for text in questions], 50, 99)
        print(f"one question {name:<13} p50 {low:.2f} ms  p99 {high:.2f} ms")


def matrix_rate() -> tuple[float, str]:
    """Floating-point operations per second of matrix products of the model's shapes, the best of
    ten, in the faster of two kinds of number; without units for it, bfloat16 takes a hundred
    times as long as float32. Small squares would not tell: their threads take longer to start."""
    kinds = {str(kind).removeprefix("torch."): kind for kind in (torch.float32, torch.bfloat16)}
    faster = max(kinds, key=lambda name: product_rate(kinds[name], (512, 512, 512), 3))
    shapes = ((TOKENS, 384, 384), (TOKENS, 384, 1536), (TOKENS, 1536, 384))
    return max(product_rate(kinds[faster], shape, 10) for shape in shapes), faster


def product_rate(kind: torch.dtype, shape: tuple[int, int, int], rounds: int) -> float:
    rows, inner, columns = shape
    left, right = torch.rand(rows, inner).to(kind), torch.rand(inner, columns).to(kind)
    took = min(timed(lambda: left @ right) for _ in range(rounds))
    return 2 * rows * inner * columns / took


def per_token_flops(config: dict[str, int], length: int) -> int:
    """Operations of a transformer's products for one token: its weights, and attention."""
    wide, inner = config["hidden_size"], config["intermediate_size"]
    return config["num_hidden_layers"] * (2 * (4 * wide**2 + 2 * wide * inner) + 4 * length * wide)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--corpus", type=Path, default=SEEDS, help="default: the seeds")
    parser.add_argument("--passages", type=int, default=1024)
    given = parser.parse_args()
    passages = list(islice(read_passages(given.corpus), given.passages))
    if not passages:
        parser.error(f"{given.corpus} holds no articles")
    torch.set_num_threads(cores())
    print(f"machine      {machine()}")
    with tempfile.TemporaryDirectory() as cache:
        opened = partial(load_encoder, "default", Path(cache))
        print(f"start        {timed(opened):.1f} s to build the cache, ", end="")
        print(f"{timed(opened):.2f} s with it")
        report(opened(), SentenceTransformer(model_path(), device="cpu"), passages)


if __name__ == "__main__":
    main()
