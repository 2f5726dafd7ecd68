"""How does the cost of the whole product grow with its size? Builds, searches and changes indexes.

    python benchmarks/growth.py --index DIR --corpus FILE --queries FILE \\
        [--passages 10000 50000] [--work DIR]

`--index` is an index of the articles in `--corpus`, built with the default model. For each size a
collection is composed (composed.py says of what), built by the real indexer with a stand-in for
the encoder, searched by a real searcher with the real encoder, served by the real server, and
reindexed after one article, 1 % and 10 % of the articles changed, with a plain copy of the same
files next to it.

10,000 passages take half a minute, 50,000 two, and 1,000,000 half an hour and 12 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from common import (
    Rows,
    apart,
    frozen,
    live_files,
    load_queries,
    machine,
    milliseconds,
    nearest,
    open_index,
    open_texts,
    open_vectors,
    options,
    own_status,
    timed,
)
from composed import PER_FILE, Composer, StandIn, write_articles
from load import address, memory, running, workers_of

from semsearch.encoder import load_encoder
from semsearch.hits import Filters, Query
from semsearch.indexer import Options, reindex
from semsearch.settings import load_settings

CHANGES = (0.0, 0.01, 0.1)  # 0: a single article
DATES, AUTHOR = (0.1, 0.01), 0.0001  # shares of the passages that filters let through, about
ASKED_OF_SERVER = 200

# The first two run in processes of their own, so that memory is theirs.


def build(index: Path, real: Path, collection: Path) -> str:
    """Reindex with the stand-in for the encoder; what it took."""
    settings = load_settings({"index_dir": index})
    stand_in = StandIn(load_encoder(settings.model, settings.cache_dir), real)
    before, worked = own_status("VmHWM"), time.process_time()
    summary = reindex(settings, Options(paths=(collection,)), encoder=stand_in)
    stages = ", ".join(f"{name} {took:.1f}" for name, took in summary.stage_seconds.items())
    return (
        f"{summary.seconds:.2f} s ({stages}), processor {time.process_time() - worked:.1f} s, "
        f"peak {own_status('VmHWM'):.0f} MB ({before:.0f} before), "
        f"{summary.passages_embedded:,} of {summary.passages:,} passages encoded, "
        f"{summary.quotes:,} quotes"
    )


def search(index: Path, queries: Path, count: int, began: float) -> str:
    """Ask different questions without a filter and under filters of some widths.

    `began` is when the process was started, by the clock: the first answer counts from there.
    """
    with open_index(index) as live, live.snapshot() as searcher:
        searcher.search(Query("what did the president say about the war"))
        lines = [f"first answer {time.time() - began:.2f} s after the start of the process"]
        lines.append(f"settled in {timed(live.settle):.2f} s")
        lines.append("filter by     share   p50 ms   p99 ms  nearest p50  p99  recall@10  short")
        narrow = list(filters(index))
        asked = load_queries(queries, count * len(narrow), index)
        store, encoder = open_vectors(index), live.encoder
        for n, (name, chosen, rows) in enumerate(narrow):
            some = [replace(query, filters=chosen) for query in asked[n * count :][:count]]
            p50, p99 = milliseconds([timed(partial(searcher.search, one)) for one in some], 50, 99)
            questions = encoder.encode_queries([query.text for query in some])
            near = nearest(store, questions, rows, rows if n else None, store.vectors)
            share = len(rows) / searcher.index.passages
            lines.append(
                f"{name:10}{share:9.4%}{p50:9.1f}{p99:9.1f}{near.p50_ms:13.2f}{near.p99_ms:5.1f}"
                f"{near.recall:11.4f}{near.short:7}"
            )
    return "\n".join(lines)


def filters(index: Path) -> Iterator[tuple[str, Filters, Rows]]:
    """What restricts, and the rows that it lets through: nothing, dates, an author."""
    with open_texts(index) as store:
        columns = store.columns(store.rows())
        authors = list(store.article_values("author"))
    yield "nothing", Filters(), frozen(columns["row"])
    days = np.sort(columns["published"][columns["published"] > 0])
    for share in DATES:
        half, middle = max(1, round(share * len(columns) / 2)), len(days) // 2
        first, last = days[max(0, middle - half)], days[min(len(days) - 1, middle + half)]
        within = (columns["published"] >= first) & (columns["published"] <= last)
        bounds = (date.fromordinal(int(day)) for day in (first, last))
        yield "dates", Filters((), (), (), (), *bounds), frozen(columns["row"][within])
    held = Counter(name for _, name in authors)
    wanted = max(1, round(AUTHOR * len(columns) / 10))  # articles: they have some ten passages
    name = min(sorted(held), key=lambda one: abs(held[one] - wanted))
    theirs = np.isin(columns["article"], [num for num, one in authors if one == name])
    yield "author", Filters(authors=(name,)), frozen(columns["row"][theirs])


# In this process ---------------------------------------------------------------------------------


def sizes(generation: Path) -> str:
    """Of a generation and of each of its parts, in MB, the largest first."""
    parts: Counter[str] = Counter()
    for path in (path for path in generation.rglob("*") if path.is_file()):
        name = path.relative_to(generation).parts[0]
        parts[name.split(".")[0].split("-")[0]] += path.stat().st_size
    listed = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in parts.most_common(6))
    return f"{parts.total() / 1e6:.0f} MB: {listed}"


def copy_s(generation: Path, work: Path) -> float:
    """Seconds for a plain copy of a generation's files that a reindex copies, flushed: not of the
    segments that it links."""
    os.sync()
    started = time.monotonic()
    target = work / "copy"
    shutil.copytree(generation, target, ignore=shutil.ignore_patterns("lexical", "words"))
    for path in (path for path in target.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    took = time.monotonic() - started
    shutil.rmtree(target)
    return took


def edit(collection: Path, number: int, count: int) -> int:
    """Add a sentence to `count` articles, from the start of the last files; how many."""
    changed = 0
    for path in sorted(collection.glob("*.jsonl"), reverse=True):
        if changed >= count:
            break
        lines = path.read_text("utf-8").splitlines()
        for i in range(min(len(lines), count - changed)):
            row = json.loads(lines[i])
            row["text"] += f"\n\nThis sentence was added by edit number {number}."
            lines[i] = json.dumps(row, ensure_ascii=False)
            changed += 1
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return changed


def serve(index: Path, queries: Path) -> str:
    """How soon a fresh server answers, and the memory of its worker after many questions."""
    settings = load_settings({"index_dir": index, "workers": 1})
    paths = [address(query) for query in load_queries(queries, ASKED_OF_SERVER, index)]
    started = time.monotonic()
    with running(settings) as server:
        for n, path in enumerate(paths):
            urlopen(server.url + path).read()  # noqa: S310 -- our own server
            if n == 0:
                first = time.monotonic() - started
        now = memory(workers_of(server)[0])
    return f"first answer in {first:.2f} s, worker {now.resident:.0f} MB, own {now.own:.0f} MB"


def measure(composer: Composer, count: int, work: Path, given: argparse.Namespace) -> None:
    collection, index = work / "collection", work / "index"
    articles = write_articles(composer, count, collection)
    print(f"\n== {articles:,} articles in {-(-articles // PER_FILE)} files")
    print(f"built in {apart(build, index, given.index, collection)}")
    print(f"size {sizes(live_files(index))}", flush=True)
    print(apart(search, index, given.queries, given.count, time.time()))
    print(f"served: {serve(index, given.queries)}")
    print(
        f"a plain copy, flushed, of what a reindex copies: {copy_s(live_files(index), work):.2f} s"
    )
    for number, share in enumerate(CHANGES):
        changed = edit(collection, number, max(1, round(articles * share)))
        again = apart(build, index, given.index, collection)
        print(f"{changed:7,} articles changed: {again}", flush=True)


def main() -> None:
    parser = options(__doc__, index=True, queries=True)
    parser.add_argument("--corpus", type=Path, required=True, help="the articles of the index")
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--count", type=int, default=150, help="questions for each filter")
    parser.add_argument("--work", type=Path, help="folder to work in; default: a temporary one")
    given = parser.parse_args()
    print(machine())
    composer = Composer(given.corpus)
    for count in given.passages:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            measure(composer, count, Path(folder), given)


if __name__ == "__main__":
    main()
