"""Which codes should stand for vectors that do not fit? Compares FAISS's on one set of vectors.

    python benchmarks/vector_codes.py --index DIR --queries FILE [--vectors 100000]

Real vectors first, then mixtures of them as in scale.py, all in the same lists. For each kind of
code: bytes a vector, seconds to train and to add all, milliseconds for a question that passes over
an eighth of the lists, and how many of what the codes propose must be read again so that 99 % of
the true ten (and hundred) neighbours are among them; for real questions and for passages. "shared"
says whether the codes are read from the mapped file, so that processes share them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
from asking import load_queries
from scale import Floats, mixtures, real_vectors

from semsearch.encoder import load_encoder
from semsearch.settings import load_settings

LISTS, ASKED, DEPTHS, SHARE = 256, 150, (10, 100), 0.99
IP = faiss.METRIC_INNER_PRODUCT
SQ = faiss.ScalarQuantizer
Make = Callable[[Any, int], Any]
KINDS: dict[str, Make] = {
    "half precision": lambda c, d: faiss.IndexIVFScalarQuantizer(
        c, d, LISTS, SQ.QT_fp16, IP, False
    ),
    "8 bits a number": lambda c, d: faiss.IndexIVFScalarQuantizer(
        c, d, LISTS, SQ.QT_8bit, IP, False
    ),
    "4 bits a number": lambda c, d: faiss.IndexIVFScalarQuantizer(
        c, d, LISTS, SQ.QT_4bit, IP, True
    ),
    "RaBitQ, 2 bits": lambda c, d: faiss.IndexIVFRaBitQ(c, d, LISTS, IP, True, 2),
    "RaBitQ, 1 bit": lambda c, d: faiss.IndexIVFRaBitQ(c, d, LISTS, IP, True, 1),
    "PQ, 2 numbers in 4 bits": lambda c, d: faiss.IndexIVFPQFastScan(c, d, LISTS, d // 2, 4, IP),
    "PQ, 4 numbers in 4 bits": lambda c, d: faiss.IndexIVFPQFastScan(c, d, LISTS, d // 4, 4, IP),
}


def own_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def is_shared(index: Any, codes_mb: float) -> bool:
    """Whether opening the index mapped costs less memory than its codes take."""
    with tempfile.NamedTemporaryFile() as file:
        faiss.write_index(index, file.name)
        before = own_mb()
        mapped = faiss.read_index(file.name, faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        shared = own_mb() - before < codes_mb / 2
        del mapped
        return shared


def positions(index: Any, asked: Floats, true: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where in the order of the codes each true neighbour stands, all lists looked into."""
    most = min(20_000, index.ntotal)
    index.nprobe = LISTS
    found = index.search(asked, most)[1]
    at = np.full(true.shape, most)
    for query in range(len(asked)):
        where = np.full(index.ntotal, most)
        where[found[query][found[query] >= 0]] = np.arange((found[query] >= 0).sum())
        at[query] = where[true[query]]
    return at


def compare(vectors: Floats, sets: dict[str, Floats]) -> None:
    dim = vectors.shape[1]
    centres = faiss.IndexFlatIP(dim)
    first = faiss.IndexIVFFlat(centres, dim, LISTS, IP)
    first.cp.niter, first.cp.spherical = 6, True
    some = vectors[np.random.default_rng(0).choice(len(vectors), LISTS * 40, replace=False)]
    first.train(some)
    true = {k: np.argsort(-(v @ vectors.T), axis=1)[:, : DEPTHS[-1]] for k, v in sets.items()}
    print(f"{'':26}bytes  train s  add s   p50 ms  shared  read again: {', '.join(sets)}")
    for name, make in KINDS.items():
        index = make(centres, dim)
        started = time.perf_counter()
        index.train(some)
        trained = time.perf_counter()
        index.add(vectors)
        added = time.perf_counter()
        if hasattr(index, "qb"):
            index.qb = 4
        index.nprobe, seconds = LISTS // 8, []
        for question in next(iter(sets.values())):
            began = time.perf_counter()
            index.search(question[None], 150)
            seconds.append(time.perf_counter() - began)
        again = []
        for kind, asked in sets.items():
            at = positions(index, asked, true[kind])
            again.append(", ".join(f"{np.quantile(at[:, :n], SHARE):.0f} for {n}" for n in DEPTHS))
        shared = is_shared(index, len(vectors) * index.code_size / 1e6)
        print(
            f"{name:26}{index.code_size:5}{trained - started:9.1f}{added - trained:7.1f}"
            f"{np.median(seconds) * 1000:9.2f}{'yes' if shared else 'no':>8}  {'; '.join(again)}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--vectors", type=int, default=100_000)
    given = parser.parse_args()
    faiss.omp_set_num_threads(1)
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir)
    texts = [query.text for query in load_queries(given.queries, ASKED, given.index)]
    real = real_vectors(given.index)
    vectors = real[: given.vectors]
    if len(vectors) < given.vectors:
        vectors = np.concatenate([real, mixtures(real, given.vectors - len(real), 1)])
    chosen = np.random.default_rng(1).choice(len(vectors), ASKED, replace=False)
    compare(vectors, {"questions": encoder.encode_queries(texts), "passages": vectors[chosen]})


if __name__ == "__main__":
    main()
