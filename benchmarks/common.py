"""What the benchmarks share: options, articles, questions, an open index, times, processes."""

from __future__ import annotations

import json
import os
import platform
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.hits import Query
from semsearch.index.generation import IndexFolder
from semsearch.index.store import Store
from semsearch.index.vectors.faiss import FaissStore, open_store
from semsearch.readers import find_files, read_file
from semsearch.searcher import LiveIndex
from semsearch.settings import load_settings
from semsearch.system.cores import cores

__all__ = [
    "Floats",
    "Nearest",
    "Rows",
    "apart",
    "articles",
    "frozen",
    "live_files",
    "load_queries",
    "machine",
    "milliseconds",
    "nearest",
    "open_index",
    "open_texts",
    "open_vectors",
    "options",
    "own_status",
    "timed",
    "unit",
]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Reader = Callable[[Rows], Floats]
Given = ParamSpec("Given")
Found = TypeVar("Found")
K = 10  # hits that recall is counted over
BLOCK = 100_000


def options(doc: str | None, *, index: bool = False, queries: bool = False) -> ArgumentParser:
    """A command line that explains itself, with the options that many have."""
    parser = ArgumentParser(description=doc, formatter_class=RawDescriptionHelpFormatter)
    if index:
        parser.add_argument("--index", type=Path, required=True, help="folder of an index")
    if queries:
        parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    return parser


def machine() -> str:
    """Processor, cores that this process may use, and how busy they are."""
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text("utf-8").splitlines()
        name = next((ln.split(":")[1].strip() for ln in lines if ln.startswith("model name")), name)
    return f"{name}, {cores()} cores, load {os.getloadavg()[0]:.1f}"


# Articles and questions --------------------------------------------------------------------------


def articles(path: Path) -> Iterator[Article]:
    """All articles of a file or folder that the readers can read, in order.

    Of a folder in BEIR's layout, those of its corpus only.
    """
    for file in find_files(sorted(path.glob("corpus.jsonl*")) or [path]):
        if file.skip is None:
            found = read_file(file.path, file.root)
            yield from (one for one in found if isinstance(one, Article))


def load_queries(path: Path, count: int, index: Path) -> list[Query]:
    """At most `count` different questions of a BEIR file, each on the day in its metadata.

    Where there are fewer, titles of the index's articles make up the number.
    """
    asked: dict[str, date | None] = {}
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            day = row.get("metadata", {}).get("date")
            asked.setdefault(row["text"], date.fromisoformat(day[:10]) if day else None)
    if len(asked) < count:
        with open_texts(index) as store:
            asked |= {title: None for _, title in store.titles(count) if title not in asked}
    return [Query(text, now=day) for text, day in list(asked.items())[:count]]


# An index ----------------------------------------------------------------------------------------


def live_files(index: Path) -> Path:
    """The folder of the live generation."""
    folder = IndexFolder(index)
    return folder.generation_path(folder.require_current())


def open_index(index: Path, **settings: object) -> LiveIndex:
    """The index with its encoder, as a server opens it; to be closed."""
    chosen = load_settings({"index_dir": index, **settings})
    encoder = load_encoder(chosen.model, chosen.cache_dir, chosen.encoder_threads)
    return LiveIndex(index, encoder, chosen)


def open_texts(index: Path) -> Store:
    """The articles and passages of the live generation; to be closed."""
    return Store(live_files(index) / "store.sqlite")


def open_vectors(index: Path) -> FaissStore:
    """The vectors of the live generation."""
    return open_store(live_files(index) / "vectors.faiss")


@dataclass(frozen=True)
class Nearest:
    """What asking a store for the K nearest gave: latency, recall@K against an exact pass, and how
    many answers had fewer hits than there are."""

    p50_ms: float
    p99_ms: float
    recall: float
    short: int


# Times and recall --------------------------------------------------------------------------------


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def milliseconds(seconds: Sequence[float], *which: float) -> list[float]:
    """These percentiles of some times, in milliseconds."""
    values: list[float] = (np.percentile(seconds, which) * 1000).tolist()
    return values


def frozen(rows: npt.NDArray[np.integer]) -> Rows:
    """As read-only rows, which a store makes ready once, as it does a searcher's."""
    found = rows.astype(np.int64)
    found.flags.writeable = False
    return found


def unit(vectors: Floats) -> Floats:
    """The same directions at length 1."""
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def nearest(
    store: FaissStore, questions: Floats, rows: Rows, allowed: Rows | None, read: Reader
) -> Nearest:
    """Ask for the K nearest of each question. `rows` are those that may be found, `allowed` says
    so to the store where they are not all; `read` gives exact vectors of rows."""
    lowest, seconds, hits, short = kth_scores(read, questions, rows), [], 0, 0
    expected = min(K, len(rows))
    for question, last in zip(questions, lowest, strict=True):
        started = time.perf_counter()
        _, scores = store.search(question, K, allowed)
        seconds.append(time.perf_counter() - started)
        hits += int((scores >= last - 1e-3).sum())
        short += len(scores) < expected
    p50, p99 = milliseconds(seconds, 50, 99)
    return Nearest(p50, p99, hits / expected / len(questions), short)


def kth_scores(read: Reader, questions: Floats, rows: Rows) -> Floats:
    """For each question the exact score of the K-th best of these rows, or of the last one."""
    best = np.full((len(questions), K), -2, np.float32)
    for start in range(0, len(rows), BLOCK):
        scores = questions @ read(rows[start : start + BLOCK]).T
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :K]
    lowest: Floats = np.where(best == -2, 2, best).min(axis=1)
    return lowest


# Processes ---------------------------------------------------------------------------------------


def apart(work: Callable[Given, Found], *values: Given.args, **named: Given.kwargs) -> Found:
    """What a function returns in a fresh process, whose memory is the function's own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        return one.submit(work, *values, **named).result()


def own_status(name: str) -> float:
    """A line of memory in this process's status as the kernel gives it, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
