"""How does the cost of the whole product grow with its size? Builds, searches and changes indexes.

    python benchmarks/growth.py --index DIR --corpus FILE --queries FILE \\
        [--passages 10000 50000] [--work DIR] [--figures FILE.json] [--minutes-apart]

`--index` is an index of the articles in `--corpus`, built with the default model. For each size a
collection is composed (composed.py says of what), built by the real indexer with a stand-in for
the encoder, searched by a real searcher with the real encoder, served by the real server, and
reindexed after one article, 1 % and 10 % of the articles changed, with a plain copy of the same
files beside it. `--figures` adds what was found to a file.

10,000 passages take half a minute, 50,000 two, and 1,000,000 half an hour and 12 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from asking import load_queries
from composed import PER_FILE, Composer, write_articles
from load import memory, workers_of
from server import address

from semsearch.settings import load_settings

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from server_process import running

CHILD = Path(__file__).with_name("growth_child.py")
CHANGES = (0.0, 0.01, 0.1)  # 0: a single article
PARTS = (
    "store.sqlite",
    "lexical",
    "words",
    "vectors.*",
    "signatures.npy",
    "column-*.npy",
    "tall*",
)
ASKED_OF_SERVER = 200


def child(*arguments: object) -> dict[str, Any]:
    """What a process of its own found, so that its memory is its own."""
    command = [sys.executable, str(CHILD), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def live(index: Path) -> Path:
    return index / "generations" / (index / "current").read_text().strip()


def size_mb(generation: Path) -> dict[str, float]:
    """Of each part of a generation, in MB."""
    sizes = {}
    for part in PARTS:
        files = [f for found in generation.glob(part) for f in (found, *found.rglob("*"))]
        sizes[part] = sum(f.stat().st_size for f in files if f.is_file()) / 1e6
    return sizes


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


def serve(index: Path, queries: Path) -> dict[str, float]:
    """Seconds to the first answer of a fresh server, and MB of its worker after many."""
    settings = load_settings({"index_dir": index, "workers": 1})
    paths = [address(query) for query in load_queries(queries, ASKED_OF_SERVER, index)]
    started = time.monotonic()
    with running(settings) as server:
        for n, path in enumerate(paths):
            urllib.request.urlopen(server.url + path).read()  # noqa: S310 -- our own server
            if n == 0:
                first = time.monotonic() - started
        worker = memory(workers_of(server.process.pid)[0])
    return {"first_answer_s": first, "resident": worker.resident, "own": worker.own}


def measure(
    composer: Composer, count: int, work: Path, given: argparse.Namespace
) -> dict[str, Any]:
    collection, index = work / "collection", work / "index"
    articles = write_articles(composer, count, collection)
    print(f"\n== {articles:,} articles in {-(-articles // PER_FILE)} files", flush=True)
    built = child("build", index, given.index, collection)
    sizes = size_mb(live(index))
    figures: dict[str, Any] = {"built": built, "size_mb": sizes}
    show_build(built, sizes)
    figures["searched"] = child("search", index, given.queries, given.count, time.time())
    show_search(figures["searched"])
    figures["served"] = serve(index, given.queries)
    print("served: " + ", ".join(f"{k} {v:.1f}" for k, v in figures["served"].items()), flush=True)
    figures["copy_s"] = copy_s(live(index), work)
    print(f"a plain copy, flushed, of all but the lexical part: {figures['copy_s']:.2f} s")
    figures["changes"] = []
    for number, share in enumerate(CHANGES):
        changed = edit(collection, number, max(1, round(articles * share)))
        again = child("build", index, given.index, collection)
        figures["changes"].append({"articles": changed, **again})
        stages = ", ".join(f"{k} {v:.2f}" for k, v in again["stage_seconds"].items())
        print(
            f"{changed:7,} articles changed: {again['seconds']:7.2f} s, processor "
            f"{again['processor_s']:.1f} s, peak {again['peak_mb']:.0f} MB; {stages}",
            flush=True,
        )
    return figures


def show_build(built: dict[str, Any], sizes: dict[str, float]) -> None:
    print(
        f"{built['passages']:,} passages, {built['quotes']:,} quotes; built in "
        f"{built['seconds']:.1f} s, peak {built['peak_mb']:.0f} MB (the stand-in for the encoder "
        f"and imports: {built['before_mb']:.0f})"
    )
    print("stages: " + ", ".join(f"{k} {v:.1f} s" for k, v in built["stage_seconds"].items()))
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    print(f"size: {sum(sizes.values()):.0f} MB: {parts}", flush=True)


def show_search(found: dict[str, Any]) -> None:
    print(
        f"opened in {found['open_s']:.2f} s, first answer {found['first_answer_s']:.2f} s after "
        f"the start of the process, settled in {found['settle_s']:.2f} s, "
        f"memory in MB {found['memory_mb']}"
    )
    print("filter by     share   p50 ms   p99 ms  rows ms  nearest p50  p99  recall@10  short")
    for one in found["filters"]:
        print(
            f"{one['by']:10}{one['share']:9.4%}{one['p50_ms']:9.1f}{one['p99_ms']:9.1f}"
            f"{one['rows_ms']:9.1f}{one['vectors_p50_ms']:13.2f}{one['vectors_p99_ms']:5.1f}"
            f"{one['recall']:11.4f}{one['short']:7}"
        )
    stages = ", ".join(f"{name.strip()} {ms:.2f}" for name, ms in found["stages_ms"].items())
    print(f"stages, p50 ms: {stages}", flush=True)


def remember(path: Path, passages: int, figures: dict[str, Any]) -> None:
    """Put one size's figures into a file of many."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(kept | {str(passages): figures}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, help="an index of the real articles")
    parser.add_argument("--corpus", type=Path, required=True, help="the real articles")
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl (BEIR)")
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--count", type=int, default=150, help="questions for each filter")
    parser.add_argument(
        "--work", type=Path, help="where to put it, kept; a temporary folder if absent"
    )
    parser.add_argument("--figures", type=Path, help="a JSON file to add what was found to")
    given = parser.parse_args()
    composer = Composer(given.corpus)
    for count in given.passages:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            figures = measure(composer, count, Path(folder), given)
        if given.figures:
            remember(given.figures, figures["built"]["passages"], figures)


if __name__ == "__main__":
    main()
