"""How do size, time and recall of the vector part grow? Builds and searches millions of vectors.

    python benchmarks/scale.py --index DIR --queries FILE --vectors 50000 200000 1000000

Real vectors of an index come first; beyond them new ones are made: each is a mixture of a real
vector and a second one, with noise, so that they lie in clusters as news does. Questions are real
ones, through the encoder. For each size it prints what building costs, what serving takes, the
latency and the recall@10 against exact search without a filter and under filters that let 10 %,
1 % and 0.01 % of the rows through, and what an update of 1 row, 1 % and 10 % costs. `short` counts
answers with fewer hits than there are.

Needs 4 bytes x dimensions x vectors on disk in --work, twice that share again for the indexes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from asking import load_queries, open_index_store

from semsearch.encoder import load_encoder
from semsearch.settings import load_settings
from semsearch.vectors.build import update
from semsearch.vectors.faiss import open_store

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
BLOCK = 100_000
SHARES = (1.0, 0.1, 0.01, 0.0001)
CHANGES = (0.0, 0.01, 0.1)  # 0: a single row
K = 10
NONE = np.empty(0, np.int64)


def real_vectors(index: Path) -> Floats:
    generation = index / "generations" / (index / "current").read_text().strip()
    store = open_index_store(index)
    rows = np.array(store.rows(), np.int64)
    store.close()
    return normal(open_store(generation / "vectors.faiss").vectors(rows))


def normal(vectors: Floats) -> Floats:
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def write_vectors(real: Floats, count: int, path: Path) -> Floats:
    """`count` vectors in a mapped file: the real ones, then mixtures."""
    made = np.lib.format.open_memmap(path, "w+", np.float32, (count, real.shape[1]))
    given = min(count, len(real))
    made[:given] = real[:given]
    chance = np.random.default_rng(7)
    for start in range(given, count, BLOCK):
        size = min(BLOCK, count - start)
        one, other = (real[chance.integers(0, len(real), size)] for _ in range(2))
        share = chance.uniform(0.1, 0.5, (size, 1)).astype(np.float32)
        noise = chance.standard_normal((size, real.shape[1]), np.float32) * 0.02
        made[start : start + size] = normal((1 - share) * one + share * other + noise)
    made.flush()
    return made


def filters(count: int) -> Iterator[tuple[float, Rows | None]]:
    chance = np.random.default_rng(11)
    for share in SHARES:
        size = max(1, round(count * share))
        yield share, None if share == 1 else np.sort(chance.choice(count, size, replace=False))


def truth(vectors: Floats, questions: Floats, allowed: Rows | None) -> Floats:
    """The score of the K-th best row (or of the last one there is), for each question."""
    best = np.full((len(questions), K), -2, np.float32)
    rows = np.arange(len(vectors)) if allowed is None else allowed
    for start in range(0, len(rows), BLOCK):
        # Half precision, as the index stores them.
        part = vectors[rows[start : start + BLOCK]].astype(np.float16).astype(np.float32)
        scores = np.concatenate([best, questions @ part.T], axis=1)
        best = -np.partition(-scores, K - 1, axis=1)[:, :K]
    least: Floats = np.where(best == -2, 2, best).min(axis=1)
    return least


@dataclass(frozen=True)
class Searched:
    share: float
    p50_ms: float
    p99_ms: float
    recall: float
    short: int


def search(path: Path, vectors: Floats, questions: Floats) -> list[Searched]:
    store = open_store(path)
    found = []
    for share, allowed in filters(len(vectors)):
        least = truth(vectors, questions, allowed)
        expected = K if allowed is None else min(K, len(allowed))
        seconds, hits, short = [], 0, 0
        store.search(questions[0], K, allowed)
        for question, last in zip(questions, least, strict=True):
            started = time.perf_counter()
            rows, scores = store.search(question, K, allowed)
            seconds.append(time.perf_counter() - started)
            hits += int((scores >= last - 1e-3).sum())
            short += len(rows) < expected
        p50, p99 = np.percentile(seconds, [50, 99]) * 1000
        found.append(Searched(share, p50, p99, hits / expected / len(questions), short))
    return found


SERVE = """
import sys, time
import numpy as np
from pathlib import Path
from semsearch.vectors.faiss import open_store
def resident(kind):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(kind))
before = resident("RssAnon")
started = time.perf_counter()
store = open_store(Path(sys.argv[1]))
opened = time.perf_counter() - started
for question in np.load(sys.argv[2]):
    store.search(question, 10)
print(opened, resident("RssAnon") - before, resident("RssFile"))
"""


def serve(path: Path, questions: Path) -> str:
    """What a fresh process takes to open the index and to answer the questions."""
    command = [sys.executable, "-c", SERVE, str(path), str(questions)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    opened, own, mapped = map(float, done.stdout.split())
    return (
        f"opened in {opened:.2f} s, {own:.0f} MB of its own, {mapped:.0f} MB of it mapped (shared)"
    )


def build(vectors: Floats, path: Path) -> None:
    started = time.perf_counter()
    note = update(None, path, NONE, np.arange(len(vectors)), vectors)
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 1e6
    print(f"\n{len(vectors):,} vectors: built in {took:.1f} s, {size:.0f} MB, peak {peak:.0f} MB")
    print(f"  {json.dumps(note)}")


def change(vectors: Floats, path: Path) -> None:
    for share in CHANGES:
        count = max(1, round(len(vectors) * share))
        removed = np.sort(np.random.default_rng(3).choice(len(vectors), count, replace=False))
        added = np.arange(len(vectors), len(vectors) + count)
        target = path.with_suffix(".changed")
        started = time.perf_counter()
        update(path, target, removed, added, np.ascontiguousarray(vectors[removed]))
        print(f"  update of {count:>9,} rows: {time.perf_counter() - started:6.2f} s")
        target.unlink()


def measure(work: Path, real: Floats, count: int, questions: Floats) -> None:
    vectors = write_vectors(real, count, work / "vectors.npy")
    index = work / "vectors.faiss"
    build(vectors, index)
    np.save(work / "questions.npy", questions)
    print(f"  {serve(index, work / 'questions.npy')}")
    print("  filter       p50 ms    p99 ms  recall@10  short")
    for one in search(index, vectors, questions):
        name = "none" if one.share == 1 else f"{one.share:.2%}"
        figures = f"{one.p50_ms:9.2f}{one.p99_ms:10.2f}{one.recall:11.4f}{one.short:7}"
        print(f"  {name:10}{figures}", flush=True)
    change(vectors, index)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--vectors", type=int, nargs="+", default=[50_000, 200_000, 1_000_000])
    parser.add_argument("--work", type=Path, help="folder for the files; a temporary one if absent")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir)
    texts = [query.text for query in load_queries(given.queries, 200, given.index)]
    questions = encoder.encode_queries(texts)
    real = real_vectors(given.index)
    print(f"{len(real):,} real vectors of {real.shape[1]} dimensions, {len(questions)} questions")
    for count in given.vectors:
        with tempfile.TemporaryDirectory(dir=given.work) as work:
            measure(Path(work), real, count, questions)


if __name__ == "__main__":
    main()
