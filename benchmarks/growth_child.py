"""The processes of growth.py: each measures one thing and prints it as JSON on its last line."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from asking import load_queries
from composed import StandIn
from load import memory
from query import measure_stages, stages

import semsearch.indexer as indexer
from semsearch.encoder import Encoder, load_encoder
from semsearch.hits import Filters, Query
from semsearch.searcher import LiveIndex, Searcher
from semsearch.settings import load_settings

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
K = 10
BLOCK = 50_000
TARGETS = (0.1, 0.01, 0.0001)


def build(index: Path, real_index: Path, collection: Path) -> dict[str, Any]:
    """Reindex with the stand-in for the encoder; peak memory in MB."""
    settings = load_settings({"index_dir": index})
    stand_in = StandIn(load_encoder(settings.model, settings.cache_dir), real_index)
    indexer.load_encoder = lambda *_: stand_in  # type: ignore[attr-defined]
    before, started, worked = peak_mb(), time.monotonic(), time.process_time()
    summary = indexer.reindex(settings, indexer.Options(paths=(collection,)))
    return {
        "seconds": time.monotonic() - started,
        "processor_s": time.process_time() - worked,
        "before_mb": before,
        "peak_mb": peak_mb(),
        **{
            name: getattr(summary, name)
            for name in ("stage_seconds", "articles", "passages", "passages_embedded", "quotes")
        },
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def search(index: Path, queries: Path, count: int, began: float) -> dict[str, Any]:
    """Ask different questions without a filter and with filters of some widths.

    `began` is when the process was started: the first answer counts from there.
    """
    settings = load_settings({"index_dir": index})
    asked = load_queries(queries, (2 + len(TARGETS)) * count, index)
    encoder = load_encoder(settings.model, settings.cache_dir)
    opened = time.monotonic()
    live = LiveIndex(index, encoder, settings)
    with live.snapshot() as searcher:
        found: dict[str, Any] = {"open_s": time.monotonic() - opened}
        searcher.search(asked[0])
        found["first_answer_s"] = time.time() - began
        settling = time.monotonic()
        live.settle()
        found["settle_s"] = time.monotonic() - settling
        found["filters"] = [
            measured(searcher, encoder, asked[1 + n * count :][:count], filters)
            for n, filters in enumerate([Filters(), *narrow(searcher)])
        ]
        found["stages_ms"] = by_stage(searcher, encoder, asked[-count:])
        now = memory(int(Path("/proc/self").readlink().name))
        found["memory_mb"] = {"resident": now.resident, "own": now.own}
    live.close()
    return found


def measured(
    searcher: Searcher, encoder: Encoder, queries: Sequence[Query], filters: Filters
) -> dict[str, Any]:
    """Latency of whole searches, and recall of the vector part, under one filter."""
    parts = searcher._parts
    allowed = parts.allowed(filters, (), ())
    width = searcher.index.passages if allowed is None else len(allowed)
    asked = [replace(query, filters=filters) for query in queries]
    seconds = [timed(partial(searcher.search, query)) for query in asked]
    parts.allowed.cache_clear()
    finding = timed(lambda: parts.allowed(filters, (), ()))
    questions = encoder.encode_queries([query.text for query in queries])
    rows = np.asarray(parts._columns["row"]) if allowed is None else allowed
    least = least_of_best(parts.vectors.vectors, questions, rows)
    nearest, hits, short = [], 0, 0
    expected = min(K, width)
    for question, last in zip(questions, least, strict=True):
        started = time.perf_counter()
        _, scores = parts.vectors.search(question, K, allowed)
        nearest.append(time.perf_counter() - started)
        hits += int((scores >= last - 1e-3).sum())
        short += len(scores) < expected
    return {
        "share": width / searcher.index.passages,
        "by": "dates" if filters.published_from else "author" if filters.authors else "nothing",
        "p50_ms": percentile(seconds, 50),
        "p99_ms": percentile(seconds, 99),
        "rows_ms": finding * 1000,
        "vectors_p50_ms": percentile(nearest, 50),
        "vectors_p99_ms": percentile(nearest, 99),
        "recall": hits / expected / len(questions),
        "short": short,
    }


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def percentile(seconds: Sequence[float], which: float) -> float:
    return float(np.percentile(seconds, which)) * 1000


def narrow(searcher: Searcher) -> list[Filters]:
    """Filters that let about the TARGETS of the passages through: dates, then an author."""
    parts = searcher._parts
    days = np.sort(np.asarray(parts._columns["published"]))
    days = days[days > 0]
    middle = len(days) // 2
    found = []
    for target in TARGETS:
        half = max(1, round(target * searcher.index.passages / 2))
        first, last = days[max(0, middle - half)], days[min(len(days) - 1, middle + half)]
        found.append(
            Filters(published_from=date.fromordinal(first), published_to=date.fromordinal(last))
        )
    wanted = max(1, round(TARGETS[-1] * searcher.index.passages))
    articles = max(1, wanted // 10)
    store = parts.store
    author = store._rows(
        "SELECT name FROM authors GROUP BY name ORDER BY abs(count(*) - ?), name LIMIT 1",
        [articles],
    )
    return [*found[:-1], Filters(authors=(author[0][0],)) if author else found[-1]]


def least_of_best(vectors: Callable[[Rows], Floats], questions: Floats, rows: Rows) -> Floats:
    """The score of the K-th best of these rows (or of the last one), for each question."""
    best = np.full((len(questions), K), -2, np.float32)
    for start in range(0, len(rows), BLOCK):
        scores = questions @ vectors(rows[start : start + BLOCK]).T
        best = -np.partition(-np.concatenate([best, scores], axis=1), K - 1, axis=1)[:, :K]
    least: Floats = np.where(best == -2, 2, best).min(axis=1)
    return least


def by_stage(searcher: Searcher, encoder: Encoder, queries: Sequence[Query]) -> dict[str, float]:
    """The median of each stage of a search, in ms."""
    clock = measure_stages(searcher, encoder, queries)
    names = (name for name, _, _ in stages(searcher, encoder))
    return {name: percentile([one[name] for one in clock.questions], 50) for name in names}


def main() -> None:
    task, index, *rest = sys.argv[1:]
    if task == "build":
        found = build(Path(index), Path(rest[0]), Path(rest[1]))
    else:
        found = search(Path(index), Path(rest[0]), int(rest[1]), float(rest[2]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
