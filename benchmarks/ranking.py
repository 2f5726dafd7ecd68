"""How well search ranks: every figure of the evaluation page, from one command.

    python benchmarks/ranking.py COLLECTION --index DIR [--sample N] [--out DIR]

COLLECTION is a folder in BEIR's layout whose corpus DIR indexes. Prints the measures of each mode
without and with the questions' dates, known-item search, the verdict's error rates, and the time
a ranking takes; `--out` gets all values as JSON. `--sample N` takes every Nth
title for known-item search.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from common import articles, milliseconds, open_index, options, timed

from semsearch.evaluation import Collection, evaluate, known_item, read_collection, unanswerable
from semsearch.hits import Query
from semsearch.searcher import Searcher


def run(searcher: Searcher, folder: Path, sample: int, out: Path | None) -> None:
    """Print the tables; write all values to `out`."""
    collection = read_collection(folder)
    print(f"time of a search: {latency(searcher, collection)}\n", flush=True)
    verdicts = unanswerable(searcher, collection, on_progress=progress)
    print(verdicts.table() + "\n", flush=True)
    titles = known_item(searcher, list(articles(folder))[::sample], on_progress=progress)
    plain = evaluate(searcher, collection, on_progress=progress)
    dated = evaluate(searcher, collection, ["hybrid"], with_dates=True, on_progress=progress)
    for name, report in (("questions", plain), ("known-item", titles)):
        print(f"{name}\n{report.table()}")
        print(report.comparison("hybrid", "dense"))
        print(report.comparison("hybrid", "lexical") + "\n", flush=True)
    print("questions, each on its own day\n" + dated.table())
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, report in (("questions", plain), ("dated", dated), ("known-item", titles)):
            (out / f"{name}.json").write_text(json.dumps(report.as_dict()))


def latency(searcher: Searcher, collection: Collection, questions: int = 200) -> str:
    """Wall time of whole searches, ten hits with all that a page shows; the first ones warm up."""
    asked = collection.topics[:questions]
    times = [timed(partial(searcher.search, Query(topic.text))) for topic in asked]
    median, late = milliseconds(times[len(times) // 20 :], 50, 99)
    return f"median {median:.1f} ms, p99 {late:.1f} ms"


def progress(done: int, total: int) -> None:
    """A line on standard error now and then."""
    if done % 500 == 0 or done == total:
        print(f"{done}/{total}", file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line, open the index, print every table."""
    parser = options(__doc__, index=True)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--sample", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with open_index(given.index) as live, live.snapshot() as searcher:
        run(searcher, given.collection, given.sample, given.out)


if __name__ == "__main__":
    main()
