"""How long does a question take, and where does the time go?

    python benchmarks/query.py --index DIR --queries FILE [--count 500] [--threads 1]

Asks each question once, in one process with one user, and prints wall time and processor time of
the whole path (from the typed question to the hits of the first page), then, with as many further
questions, of each stage. No question is asked twice, so nothing that the searcher remembers helps;
where the file has too few, titles of articles are asked. Stages overlap: "retrieve" holds those
that are indented below it.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from asking import load_queries, percentiles

from semsearch.encoder import Encoder, load_encoder
from semsearch.hits import Query
from semsearch.searcher import LiveIndex, Searcher, retrieve
from semsearch.searcher import searcher as searcher_module
from semsearch.settings import load_settings

HEADER = f"{'':28}{'p50 ms':>8}  {'p90 ms':>8}  {'p99 ms':>8}"
# (name to print, object that holds it, its attribute); the searcher's own are found at run time.
Stage = tuple[str, Any, str]


class Clock:
    """Adds up, per question, the wall time spent in each stage."""

    def __init__(self) -> None:
        self.questions: list[dict[str, float]] = []

    def watch(self, stage: Stage) -> None:
        name, holder, attribute = stage
        setattr(holder, attribute, self._timed(name, getattr(holder, attribute)))

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.questions[-1][name] += time.perf_counter() - started

        return timed


def stages(searcher: Searcher, encoder: Encoder) -> list[Stage]:
    parts = searcher._parts
    return [
        ("read the question", searcher_module, "make_plan"),
        ("encode it", encoder, "encode_queries"),
        ("retrieve", searcher_module, "retrieve"),
        ("  vectors: nearest", parts.vectors, "search"),
        ("  vectors: scores", parts.vectors, "scores"),
        ("  words: best", parts.lexical, "search"),
        ("  words: scores", parts.lexical, "scores"),
        ("  words: whole articles", parts.lexical, "article_scores"),
        ("  read the head", retrieve, "read_head"),
        ("  collapse duplicates", retrieve, "collapse"),
        ("count facets", searcher._parts, "facets"),
        ("spelling", searcher._speller, "correct"),
        ("make hits", searcher_module, "present"),
    ]


def measure(searcher: Searcher, queries: Sequence[Query]) -> tuple[list[float], list[float]]:
    """Wall and processor seconds of each question."""
    wall, processor = [], []
    for query in queries:
        started, worked = time.perf_counter(), time.process_time()
        searcher.search(query)
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    return wall, processor


def measure_stages(searcher: Searcher, encoder: Encoder, queries: Sequence[Query]) -> Clock:
    clock = Clock()
    watched = stages(searcher, encoder)
    for stage in watched:
        clock.watch(stage)
    for query in queries:
        clock.questions.append(defaultdict(float))
        searcher.search(query)
    return clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--threads", type=int, default=0, help="of the encoder; 0: all cores")
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index, "encoder_threads": given.threads})
    queries = load_queries(given.queries, 2 * given.count, given.index)
    half = len(queries) // 2
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    live = LiveIndex(settings.index_dir, encoder, settings)
    with live.snapshot() as searcher:
        searcher.search(Query("warm up", now=date(2022, 1, 1)))
        live.settle()  # as a server does before anybody asks
        wall, processor = measure(searcher, queries[:half])
        print(f"{searcher.index.passages:,} passages, {half} questions, one user\n")
        print(HEADER)
        print(f"{'wall time':28}{percentiles(wall)}")
        print(f"{'processor time':28}{percentiles(processor)}")
        print("\nStages, wall time")
        clock = measure_stages(searcher, encoder, queries[half:])
        for name, _, _ in stages(searcher, encoder):
            print(f"{name:28}{percentiles([one[name] for one in clock.questions])}")
    live.close()


if __name__ == "__main__":
    main()
