"""How do size, time and recall of the vector part grow? Builds and searches millions of vectors.

    python benchmarks/scale.py --index DIR --queries FILE [--vectors 50000 200000 1000000]

Real vectors of an index come first; beyond them new ones are made: each is a mixture of a real
vector and a second one, with noise, so that they lie in clusters as news does. Questions are real
ones, through the encoder. For each size it prints what building costs, what serving takes, the
latency and the recall@10 against exact search without a filter and under filters that let 10 %,
1 % and 0.01 % of the rows through, and what an update of 1 row, 1 % and 10 % costs. `short` counts
answers with fewer hits than there are. `--full-rows` says from where on codes are used, to see
them at smaller sizes.

Needs 2 bytes x dimensions x vectors on disk in --work, and twice that again for the indexes.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from common import (
    Floats,
    Rows,
    apart,
    frozen,
    load_queries,
    machine,
    nearest,
    open_index,
    open_texts,
    open_vectors,
    options,
    own_status,
    unit,
)

from semsearch.index.vectors.faiss import open_store, originals_of
from semsearch.index.vectors.writing import FULL_ROWS, update

BLOCK = 100_000
SHARES = (1.0, 0.1, 0.01, 0.0001)
CHANGES = (0.0, 0.01, 0.1)  # 0: a single row
NONE = np.empty(0, np.int64)


def mixtures(real: Floats, count: int, seed: int) -> Floats:
    """Vectors between two real ones each, nearer to the first, with noise."""
    chance = np.random.default_rng(seed)
    one, other = (real[chance.integers(0, len(real), count)] for _ in range(2))
    share = chance.uniform(0.0, 0.4, (count, 1)).astype(np.float32)
    noise = chance.standard_normal((count, real.shape[1]), np.float32) * np.float32(0.012)
    return unit((1 - share) * one + share * other + noise)


def write_vectors(real: Floats, count: int, path: Path) -> Floats:
    """`count` vectors in a mapped file, in half precision as an index keeps them: the real ones,
    then mixtures."""
    made = np.lib.format.open_memmap(path, "w+", np.float16, (count, real.shape[1]))
    given = min(count, len(real))
    made[:given] = real[:given]

    def fill(start: int) -> None:
        made[start : start + BLOCK] = mixtures(real, min(BLOCK, count - start), start)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(fill, range(given, count, BLOCK)))
    made.flush()
    mapped: Floats = np.load(path, mmap_mode="r")
    return mapped


class Peak:
    """The most memory of its own (not mapped files) that this process has while in the block."""

    def __enter__(self) -> Peak:
        self.mb, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.mb = max(self.mb, own_status("RssAnon"))


def build(vectors: Floats, path: Path, full_rows: int) -> None:
    started = time.perf_counter()
    with Peak() as peak:
        note = update(None, path, NONE, np.arange(len(vectors)), vectors, full_rows=full_rows)
    took = time.perf_counter() - started
    size = sum(f.stat().st_size for f in (path, originals_of(path)) if f.exists()) / 1e6
    print(f"\n{len(vectors):,} vectors: built in {took:.1f} s, {size:.0f} MB, ", end="")
    print(f"peak {peak.mb:.0f} MB of its own\n  {note}", flush=True)


def serve(path: Path, questions: Floats) -> str:
    """What a fresh process takes to open the index and to answer the questions."""
    before, started = own_status("RssAnon"), time.perf_counter()
    store = open_store(path)
    opened = time.perf_counter() - started
    for question in questions:
        store.search(question, 10)
    own, mapped = own_status("RssAnon") - before, own_status("RssFile")
    return f"opened in {opened:.2f} s, {own:.0f} MB of its own, {mapped:.0f} MB mapped (shared)"


def search(path: Path, vectors: Floats, questions: Floats) -> None:
    """Without a filter, under filters, and where there are codes with the originals out of the
    page cache, as when they do not fit."""

    def read(rows: Rows) -> Floats:
        return vectors[rows].astype(np.float32)

    chance, store = np.random.default_rng(11), open_store(path)
    print("  filter       p50 ms    p99 ms  recall@10  short")
    ways = [(f"{share:.2%}", share) for share in SHARES]
    if originals_of(path).exists():
        ways.append(("cold", 1.0))
    for name, share in ways:
        count = max(1, round(len(vectors) * share))
        rows = np.sort(chance.choice(len(vectors), count, replace=False))
        allowed = frozen(rows) if share < 1 else None
        store.search(questions[0], 10, allowed)
        if name == "cold":
            store = open_store(path)
            with originals_of(path).open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        one = nearest(store, questions, rows, allowed, read)
        times = f"{one.p50_ms:9.2f}{one.p99_ms:10.2f}"
        print(f"  {name:10}{times}{one.recall:11.4f}{one.short:7}", flush=True)


def change(vectors: Floats, path: Path, full_rows: int) -> None:
    for share in CHANGES:
        count = max(1, round(len(vectors) * share))
        removed = np.sort(np.random.default_rng(3).choice(len(vectors), count, replace=False))
        added = np.arange(len(vectors), len(vectors) + count)
        target = path.with_suffix(".changed")
        new = vectors[removed].astype(np.float32)
        started = time.perf_counter()
        update(path, target, removed, added, new, full_rows=full_rows)
        print(f"  update of {count:>9,} rows: {time.perf_counter() - started:6.2f} s", flush=True)
        target.unlink()
        originals_of(target).unlink(missing_ok=True)


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--vectors", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--full-rows", type=int, default=FULL_ROWS)
    parser.add_argument("--work", type=Path, help="folder for the files; a temporary one if absent")
    given = parser.parse_args()
    texts = [query.text for query in load_queries(given.queries, 200, given.index)]
    with open_index(given.index) as live:
        questions = live.encoder.encode_queries(texts)
    with open_texts(given.index) as store:
        rows = np.array(store.rows(), np.int64)
    real = unit(open_vectors(given.index).vectors(rows))
    print(f"{machine()}\n{len(real):,} real vectors of {real.shape[1]} dimensions", end="")
    print(f", {len(questions)} questions")
    for count in given.vectors:
        with tempfile.TemporaryDirectory(dir=given.work) as work:
            vectors = write_vectors(real, count, Path(work) / "vectors.npy")
            index = Path(work) / "vectors.faiss"
            build(vectors, index, given.full_rows)
            print(f"  {apart(serve, index, questions)}")
            search(index, vectors, questions)
            change(vectors, index, given.full_rows)


if __name__ == "__main__":
    main()
