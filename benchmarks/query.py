"""How long does a question take, and where does the time go?

    python benchmarks/query.py --index DIR --queries FILE [--count 500] [--threads 1]

Asks each question once, in one process with one user, and prints wall time and processor time of
the whole path (from the typed question to the hits of the first page). No question is asked twice,
so nothing that the searcher remembers helps; where the file has too few, titles of articles are
asked. Then as many further questions are asked under Python's profiler, and the functions of
semsearch in which most time passes are printed, each with what it calls. The words of a question
are looked up on a thread of their own, which the profiler does not see.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from cProfile import Profile
from datetime import date
from pathlib import Path
from types import CodeType

from common import load_queries, machine, milliseconds, open_index, options

import semsearch
from semsearch.hits import Query
from semsearch.searcher import Searcher

SOURCE = Path(semsearch.__file__).parent
SHOWN = 25


def measure(searcher: Searcher, queries: Sequence[Query]) -> tuple[list[float], list[float]]:
    """Wall and processor seconds of each question."""
    wall, processor = [], []
    for query in queries:
        started, worked = time.perf_counter(), time.process_time()
        searcher.search(query)
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - worked)
    return wall, processor


def spent(searcher: Searcher, queries: Sequence[Query]) -> dict[str, float]:
    """Mean milliseconds a question in each function with what it calls, the longest first."""
    with Profile() as profiler:
        for query in queries:
            searcher.search(query)
    found = {
        f"{Path(one.code.co_filename).relative_to(SOURCE)} {one.code.co_qualname}": one.totaltime
        for one in profiler.getstats()
        if isinstance(one.code, CodeType)
        and SOURCE in Path(one.code.co_filename).parents
        and not one.code.co_name.startswith("<")  # a lambda, a comprehension
    }
    longest = sorted(found, key=lambda name: -found[name])
    return {name: 1000 * found[name] / len(queries) for name in longest}


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--threads", type=int, default=0, help="of the encoder; 0: all cores")
    given = parser.parse_args()
    queries = load_queries(given.queries, 2 * given.count, given.index)
    half = len(queries) // 2
    with (
        open_index(given.index, encoder_threads=given.threads) as live,
        live.snapshot() as searcher,
    ):
        searcher.search(Query("warm up", now=date(2022, 1, 1)))
        live.settle()  # as a server does before anybody asks
        wall, processor = measure(searcher, queries[:half])
        print(f"{machine()}\n{searcher.index.passages:,} passages, {half} questions, one user\n")
        print(f"{'':28}{'p50 ms':>10}{'p90 ms':>10}{'p99 ms':>10}")
        for name, seconds in (("wall time", wall), ("processor time", processor)):
            times = "".join(f"{value:10.2f}" for value in milliseconds(seconds, 50, 90, 99))
            print(f"{name:28}{times}")
        print("\nms a question, with what is called, slowed by the profiler")
        for name, value in list(spent(searcher, queries[half:]).items())[:SHOWN]:
            print(f"{value:8.2f}  {name}")


if __name__ == "__main__":
    main()
