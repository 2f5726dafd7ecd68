"""How well search ranks: every figure of docs/evaluation.md, from one command.

    python benchmarks/ranking.py COLLECTION --index DIR [--sample N] [--out DIR]

COLLECTION is a folder in BEIR's layout whose corpus DIR indexes. Prints the measures of each mode
without and with the questions' dates, known-item search, the verdict's error rates, and the time
a ranking takes; `--out` gets all values as JSON. `--sample N` takes every Nth
title for known-item search.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.evaluation import (
    Collection,
    Topic,
    evaluate,
    known_item,
    read_collection,
    unanswerable,
)
from semsearch.hits import Query
from semsearch.readers import read_file
from semsearch.searcher import LiveIndex, Searcher
from semsearch.settings import load_settings


def main() -> None:
    """Read the command line, open the index, print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    settings = load_settings({"index_dir": given.index})
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    live = LiveIndex(settings.index_dir, encoder, settings)
    with live.snapshot() as searcher:
        run(searcher, given.collection, given.sample, given.out)
    live.close()


def run(searcher: Searcher, folder: Path, sample: int, out: Path | None) -> None:
    """Print the tables; write all values to `out`."""
    collection = read_collection(folder)
    print(f"time of a ranking: {latency(searcher, collection)}\n", flush=True)
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


def articles(folder: Path) -> Iterator[Article]:
    """The articles of the collection's corpus."""
    for path in sorted(folder.glob("corpus.jsonl*")):
        for read in read_file(path, folder):
            if isinstance(read, Article):
                yield read


def titles(folder: Path) -> list[Topic]:
    """Titles of six words and more as questions for their own articles."""
    return [
        Topic(article.id, article.title, {article.id: 1})
        for article in articles(folder)
        if len(article.title.split()) >= 6 and "..." not in article.title
    ]


def latency(searcher: Searcher, collection: Collection, questions: int = 200) -> str:
    """Wall time of whole searches, ten hits with all that a page shows."""
    times = []
    for topic in collection.topics[:questions]:
        begun = time.perf_counter()
        searcher.search(Query(topic.text))
        times.append(time.perf_counter() - begun)
    median, late = np.percentile(times[10:], [50, 99]) * 1000
    return f"median {median:.1f} ms, p99 {late:.1f} ms over {len(times) - 10} questions"


def progress(done: int, total: int) -> None:
    """A line on standard error now and then."""
    if done % 500 == 0 or done == total:
        print(f"{done}/{total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
