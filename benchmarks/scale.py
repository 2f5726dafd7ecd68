"""How do size, time and recall of the vector part grow? Builds and searches millions of vectors.

    python benchmarks/scale.py --index DIR --queries FILE --vectors 50000 200000 1000000
    python benchmarks/scale.py --index DIR --queries FILE --realistic

Real vectors of an index come first; beyond them new ones are made: each is a mixture of a real
vector and a second one, with noise, so that they lie in clusters as news does. Questions are real
ones, through the encoder. For each size it prints what building costs, what serving takes, the
latency and the recall@10 against exact search without a filter and under filters that let 10 %,
1 % and 0.01 % of the rows through, and what an update of 1 row, 1 % and 10 % costs. `short` counts
answers with fewer hits than there are. `--full-rows` says from where on codes are used, to see
them at smaller sizes. `--realistic` compares made vectors with as many real ones instead.

Needs 2 bytes x dimensions x vectors on disk in --work, and twice that again for the indexes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from asking import load_queries, open_index_store

from semsearch.encoder import load_encoder
from semsearch.index.vectors.faiss import FaissStore, open_store, originals_of
from semsearch.index.vectors.writing import FULL_ROWS, update
from semsearch.settings import load_settings

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


def mixtures(real: Floats, count: int, seed: int) -> Floats:
    """Vectors between two real ones each, nearer to the first, with noise."""
    chance = np.random.default_rng(seed)
    one, other = (real[chance.integers(0, len(real), count)] for _ in range(2))
    share = chance.uniform(0.0, 0.4, (count, 1)).astype(np.float32)
    noise = chance.standard_normal((count, real.shape[1]), np.float32) * np.float32(0.012)
    return normal((1 - share) * one + share * other + noise)


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


def filters(count: int) -> Iterator[tuple[float, Rows | None]]:
    chance = np.random.default_rng(11)
    for share in SHARES:
        size = max(1, round(count * share))
        rows = None if share == 1 else np.sort(chance.choice(count, size, replace=False))
        if rows is not None:
            rows.flags.writeable = False  # as a searcher's are: then they are made ready once
        yield share, rows


def truths(vectors: Floats, questions: Floats, allowed: list[Rows | None]) -> list[Floats]:
    """For each filter: the score of the K-th best row (or of the last), for each question."""
    best = [np.full((len(questions), K), -2, np.float32) for _ in allowed]
    for start in range(0, len(vectors), BLOCK):
        scores = questions @ vectors[start : start + BLOCK].astype(np.float32).T
        for n, rows in enumerate(allowed):
            some = scores
            if rows is not None:
                first, last = np.searchsorted(rows, [start, start + BLOCK])
                some = scores[:, rows[first:last] - start]
            both = np.concatenate([best[n], some], axis=1)
            best[n] = -np.partition(-both, K - 1, axis=1)[:, :K]
    return [np.where(one == -2, 2, one).min(axis=1) for one in best]


@dataclass(frozen=True)
class Searched:
    share: float
    p50_ms: float
    p99_ms: float
    recall: float
    short: int


def search(path: Path, vectors: Floats, questions: Floats) -> list[Searched]:
    store, found = open_store(path), []
    shares, allowed = zip(*filters(len(vectors)), strict=True)
    for share, rows, least in zip(
        shares, allowed, truths(vectors, questions, list(allowed)), strict=True
    ):
        expected = K if rows is None else min(K, len(rows))
        store.search(questions[0], K, rows)
        seconds, scores = ask(store, questions, rows)
        hits = sum(int((s >= last - 1e-3).sum()) for s, last in zip(scores, least, strict=True))
        short = sum(len(s) < expected for s in scores)
        p50, p99 = np.percentile(seconds, [50, 99]) * 1000
        found.append(Searched(share, p50, p99, hits / expected / len(questions), short))
    return found


def ask(
    store: FaissStore, questions: Floats, rows: Rows | None
) -> tuple[list[float], list[Floats]]:
    """Seconds and scores of each question."""
    seconds, scores = [], []
    for question in questions:
        started = time.perf_counter()
        scores.append(store.search(question, K, rows)[1])
        seconds.append(time.perf_counter() - started)
    return seconds, scores


def ask_cold(path: Path, questions: Floats) -> None:
    """Where there are codes: with the originals out of the page cache, as when they do not fit."""
    if not originals_of(path).exists():
        return
    with originals_of(path).open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    seconds, _ = ask(open_store(path), questions, None)
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    print(f"  with the originals on disk only: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


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
            lines = Path("/proc/self/status").read_text().splitlines()
            own = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
            self.mb = max(self.mb, own / 1024)


SERVE = """
import sys, time
import numpy as np
from pathlib import Path
from semsearch.index.vectors.faiss import open_store
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


def size_mb(path: Path) -> float:
    files = [path, originals_of(path)]
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6


def build(vectors: Floats, path: Path, full_rows: int) -> dict[str, Any]:
    started = time.perf_counter()
    with Peak() as peak:
        note = update(None, path, NONE, np.arange(len(vectors)), vectors, full_rows=full_rows)
    took = time.perf_counter() - started
    print(
        f"\n{len(vectors):,} vectors: built in {took:.1f} s, {size_mb(path):.0f} MB, peak "
        f"{peak.mb:.0f} MB of its own"
    )
    print(f"  {json.dumps(note)}", flush=True)
    return {"build_s": took, "size_mb": size_mb(path), "peak_mb": peak.mb, "note": note}


def change(vectors: Floats, path: Path, full_rows: int) -> list[dict[str, float]]:
    found = []
    for share in CHANGES:
        count = max(1, round(len(vectors) * share))
        removed = np.sort(np.random.default_rng(3).choice(len(vectors), count, replace=False))
        added = np.arange(len(vectors), len(vectors) + count)
        target = path.with_suffix(".changed")
        new = vectors[removed].astype(np.float32)
        started = time.perf_counter()
        update(path, target, removed, added, new, full_rows=full_rows)
        took = time.perf_counter() - started
        print(f"  update of {count:>9,} rows: {took:6.2f} s", flush=True)
        found.append({"rows": count, "seconds": took})
        target.unlink()
        originals_of(target).unlink(missing_ok=True)
    return found


def measure(
    work: Path, real: Floats, count: int, questions: Floats, given: argparse.Namespace
) -> None:
    vectors = write_vectors(real, count, work / "vectors.npy")
    index = work / "vectors.faiss"
    figures = build(vectors, index, given.full_rows)
    np.save(work / "questions.npy", questions)
    figures["served"] = serve(index, work / "questions.npy")
    print(f"  {figures['served']}")
    print("  filter       p50 ms    p99 ms  recall@10  short")
    figures["searched"] = [asdict(one) for one in search(index, vectors, questions)]
    for one in figures["searched"]:
        name = "none" if one["share"] == 1 else f"{one['share']:.2%}"
        times = f"{one['p50_ms']:9.2f}{one['p99_ms']:10.2f}"
        print(f"  {name:10}{times}{one['recall']:11.4f}{one['short']:7}", flush=True)
    ask_cold(index, questions)
    remember(given.figures, count, figures)
    figures["changes"] = change(vectors, index, given.full_rows)
    remember(given.figures, count, figures)


def remember(path: Path | None, count: int, figures: dict[str, Any]) -> None:
    """Put one size's figures into a file of many."""
    if path is not None:
        kept = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(kept | {str(count): figures}, indent=1) + "\n")


def compare(real: Floats, questions: Floats, work: Path) -> None:
    """Made vectors beside as many real ones: how near the nearest lie, and what lists find."""
    made = mixtures(real, len(real), 5)
    print("nearest ten, mean cosine of the 1st and the 10th; recall@10 in so many of 512 lists")
    for name, vectors in (("real", real), ("made", made)):
        for asker, some in (
            ("questions", questions),
            ("passages", vectors[:: len(vectors) // 200]),
        ):
            scores = np.sort(some @ vectors.T, axis=1)[:, ::-1]
            first = 1 if asker == "passages" else 0  # a passage is nearest to itself
            near = scores[:, first], scores[:, first + K - 1]
            means = ", ".join(f"{one.mean():.3f} (sd {one.std():.3f})" for one in near)
            print(f"  {name}, {asker:9}: {means}", flush=True)
        path = work / name
        note = update(None, path, NONE, np.arange(len(vectors)), vectors, exact_rows=0)
        print(f"  {name}: {json.dumps(note)}")
        for one in search(path, vectors, questions):
            print(f"    {one.share:.2%}: recall@10 {one.recall:.4f}, p50 {one.p50_ms:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--vectors", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--full-rows", type=int, default=FULL_ROWS)
    parser.add_argument("--realistic", action="store_true")
    parser.add_argument("--work", type=Path, help="folder for the files; a temporary one if absent")
    parser.add_argument("--figures", type=Path, help="a JSON file to add what was found to")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir)
    texts = [query.text for query in load_queries(given.queries, 200, given.index)]
    questions = encoder.encode_queries(texts)
    real = real_vectors(given.index)
    print(f"{len(real):,} real vectors of {real.shape[1]} dimensions, {len(questions)} questions")
    if given.realistic:
        with tempfile.TemporaryDirectory(dir=given.work) as work:
            compare(real, questions, Path(work))
        return
    for count in given.vectors:
        with tempfile.TemporaryDirectory(dir=given.work) as work:
            measure(Path(work), real, count, questions, given)


if __name__ == "__main__":
    main()
